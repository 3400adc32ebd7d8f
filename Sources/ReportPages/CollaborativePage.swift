import RecEngine
import RecPipeline
package import Reports

/// What can be learned from who met what: parameter curves, products alike, lists with their reasons, whom lists favour.
package struct CollaborativePage {
    let request: ReportRequest
    let features: ProductFeatures?

    static let compared = ["popularity", "user_knn", "item_knn", "rp3beta", "als", "ease", "ease_demand"]
    static let examples = ["item_knn", "ease", "als"]

    package init(_ request: ReportRequest) {
        self.request = request
        features = request.events.features()
    }

    package func page(progress: ReportRequest.Progress) async throws -> Page {
        var sections: [Section] = []
        var summary = "What other customers' \(request.eventNoun) say about a customer's next one."
        var judged: [ComparedModel] = []
        do {
            let sweep = try request.sweep()
            sections.append(idea(sweep.introduction))
            sections.append(try await curves(sweep) { progress($0, $1 * 0.7) })
            judged = try await compare(sweep) { progress($0, 0.7 + $1 * 0.2) }
            sections.append(comparison(judged))
            if let best = judged.max(by: { $0.ndcg < $1.ndcg }) {
                summary +=
                    " On the tuning slice \(best.name) predicts it best, with an nDCG@\(request.top) of "
                    + "\(Wording.decimals(best.ndcg, 3))."
            }
        } catch  where isTooLittle(error) {
            sections.append(idea([tooLittle(error)]))
        }
        var fitted = FittedModels(request, features: features)
        try await fitted.fit(exampleEntries(judged)) { progress($0, 0.9 + $1 * 0.1) }
        sections.append(alike(fitted))
        sections.append(customers(fitted, judged))
        return Page(
            title: "What customers have in common",
            summary: summary,
            sections: sections,
            colophon: request.colophon
        )
    }

    private func idea(_ blocks: [Block]) -> Section {
        Section("How to read this page") {
            "Collaborative models know nothing of products but who met them. Two products are alike when the same customers "
                + "meet both; two customers are alike when they meet the same products. item_knn scores a product by the "
                + "customer's own products that are like it, user_knn by the customers who are like them. EASE learns all "
                + "similarities of products at once, so that what one product explains is not counted twice. ALS describes "
                + "each customer and product by a few dozen hidden traits."
            Wording.ndcg(request.top)
            blocks
        }
    }

    private func curves(_ sweep: ParameterSweep, progress: ReportRequest.Progress) async throws -> Section {
        let studies = try self.studies()
        let all = Double(studies.reduce(0) { $0 + $1.tried.count })
        var done = 0.0
        var blocks: [Block] = []
        for study in studies {
            let (before, own) = (done, Double(study.tried.count))
            do {
                blocks.append(try await study.run(sweep) { progress($0, (before + $1 * own) / all) })
            } catch let error as FitError where error != .cancelled {
                blocks.append(.warning("\(study.title): \(study.model.name) could not be fitted: \(error)."))
            }
            done += own
        }
        return Section("How settings matter") {
            "Each figure changes one option and leaves the others as they are in use. A flat curve is good news: the setting "
                + "needs no care. A best value at an end of the axis means that values beyond it may be better."
            blocks
        }
    }

    private func studies() throws -> [ParameterStudy] {
        let count = Axis("Neighbours", scale: .logarithmic)
        return [
            ParameterStudy(
                model: try request.entry("user_knn"),
                parameter: "neighbours",
                title: "Neighbours of user_knn",
                axis: count,
                values: [10, 25, 50, 100, 200, 400, 800],
                meaning: "How many of the most similar customers speak for one. Few are noisy, many are just everybody."
            ),
            ParameterStudy(
                model: try request.entry("item_knn"),
                parameter: "neighbours",
                title: "Neighbours of item_knn",
                axis: count,
                values: [10, 25, 50, 100, 200, 400],
                meaning: "How many similar products are kept for each product. More cost memory and time."
            ),
            ParameterStudy(
                model: try request.entry("item_knn"),
                parameter: "half_life_days",
                title: "How fast item_knn forgets",
                axis: Axis("Half-life", unit: "days", scale: .logarithmic),
                values: [7, 15, 30, 60, 120, 240],
                meaning:
                    "After this many days one of the customer's products counts half. Short suits passing wants, long suits "
                    + "lasting tastes; the level line is without forgetting.",
                zeroName: "no forgetting"
            ),
            ParameterStudy(
                model: try request.entry("ease"),
                parameter: "regularization",
                title: "Regularization of EASE",
                axis: Axis("Regularization λ", scale: .logarithmic),
                values: [30, 100, 300, 600, 1_200, 3_000],
                meaning:
                    "How strongly weights are held back. Too little and the model learns chance, too much and it learns "
                    + "nothing but best-sellers."
            ),
            ParameterStudy(
                model: try request.entry("als"),
                parameter: "factors",
                title: "Factors of ALS",
                axis: Axis("Factors", scale: .logarithmic),
                values: [8, 16, 32, 64, 128],
                meaning:
                    "How many hidden traits describe a customer. Each costs time; beyond what the data supports they "
                    + "describe chance."
            ),
        ]
    }
}

/// Products that the models find alike, and customers with their lists and the reasons.
extension CollaborativePage {
    private func alike(_ fitted: FittedModels) -> Section {
        var shown = fitted
        shown.models.removeAll { !Self.examples.contains($0.name) }
        return Section("Products alike") {
            "For the products with the most events, those that each model finds most alike. Read them as a shopkeeper: a list "
                + "that makes sense can be shown on the product's page as it is. What several models name is the surest."
            for note in fitted.notes { Block.note(note) }
            for item in request.bestSellers(8) { shown.alike(item, in: request.events) }
        }
    }

    private func customers(_ fitted: FittedModels, _ judged: [ComparedModel]) -> Section {
        let customers = chosenCustomers
        // The best model whose scores are sums over the history: of others nobody can say why.
        let order = judged.sorted { $0.ndcg > $1.ndcg }.map(\.name) + Self.examples
        let found = order.lazy.compactMap { name in fitted[name].map { (name, $0) } }.first { _, model in
            customers.contains { !explained($0, model, fitted).allSatisfy(\.parts.isEmpty) }
        }
        return Section("A customer's list, and why") {
            if let (name, model) = found {
                "Lists that \(name) would make today, from all events. The score of a product is a sum over the customer's own "
                    + "history, so the reasons are arithmetic: each share is that product's part of the score."
                for customer in customers {
                    history(of: customer, fitted)
                    list(explained(customer, model, fitted))
                }
            } else {
                Block.note("No list could be made: the data is too little.")
            }
        }
    }

    /// One customer with as many products as the typical one of those with five or more, and one with more than nine in
    /// ten have.
    private var chosenCustomers: [Int32] {
        let profiles = ProfileTable(request.events.log.withoutReplacedRows())
        let order = (0..<profiles.count).filter { profiles[$0].count >= 5 }
            .sorted { (profiles[$0].count, $0) < (profiles[$1].count, $1) }
        let usable =
            order.isEmpty
            ? (0..<profiles.count).filter { !profiles[$0].isEmpty }.sorted { profiles[$0].count < profiles[$1].count }
            : order
        guard !usable.isEmpty else { return [] }
        let ranks: Set = [usable.count / 2, usable.count * 9 / 10]
        return ranks.sorted().map { Int32(usable[$0]) }
    }

    private func explained(_ customer: Int32, _ model: any Recommender, _ fitted: FittedModels) -> [Explanation] {
        let profile = fitted.training.profiles[Int(customer)]
        return model.recommend(profile, selection: Selection(count: min(8, request.top)))
            .map { model.explain($0.item, profile: profile) }
    }

    private func history(of customer: Int32, _ fitted: FittedModels) -> Block {
        let profile = fitted.training.profiles[Int(customer)]
        let latest = profile.entries.sorted { ($1.time, $0.item) < ($0.time, $1.item) }.prefix(8)
        let end = request.events.log.times.max() ?? 0
        let shown = latest.count < profile.count ? ", the latest \(latest.count)" : ""
        return .table(
            title:
                "Customer \(request.events.userIDs[Int(customer)]): \(Wording.count(profile.count, "product"))\(shown)",
            columns: ["Product", "Days before the last event", "Weight"],
            rows: latest.map {
                Table.Row([
                    .text(request.events.name(of: $0.item)), .number((end - $0.time) / 86_400, .decimals(0)),
                    .number(Double($0.weight)),
                ])
            }
        )
    }

    private func list(_ explanations: [Explanation]) -> Block {
        .table(
            title: "Recommended to this customer",
            columns: ["Product", "Score", .leading("Because of"), "Share", .leading("And of"), "Share"],
            rows: explanations.map { explanation in
                let score = Double(explanation.item.score)
                let parts = explanation.parts.filter { $0.contribution > 0 && score > 0 }
                func reason(_ position: Int) -> [Table.Cell] {
                    guard parts.indices.contains(position) else { return [.missing, .missing] }
                    let share = min(1, Double(parts[position].contribution) / score)
                    return [.text(request.events.name(of: parts[position].item)), .number(share, .percent())]
                }
                return Table.Row(
                    [.text(request.events.name(of: explanation.item.item)), .number(score, .decimals(3))] + reason(0)
                        + reason(1)
                )
            }
        )
    }
}

/// A model judged on the tuning slice, with what its lists show.
struct ComparedModel {
    var name: String
    var interval: ConfidenceInterval
    var lists: ListMetrics
    /// How often each product is in the lists.
    var exposure: [Double]
    var seconds: Double
    var note: String?

    var ndcg: Double { interval.mean }
}

/// What lists show: how much of the catalogue, and how well known it is.
extension CollaborativePage {
    private func compare(_ sweep: ParameterSweep, progress: ReportRequest.Progress) async throws -> [ComparedModel] {
        let entries = try request.entries(Self.compared)
            .filter { features != nil || !$0.configuration.needsFeatures }
        var models: [ComparedModel] = []
        for (position, entry) in entries.enumerated() {
            progress("lists of \(entry.name)", Double(position) / Double(entries.count))
            let judged: ParameterSweep.Judged
            do {
                judged = try await sweep.judge(entry.configuration)
            } catch let error as FitError where error != .cancelled {
                continue
            }
            let lists = try await judged.fitted.model.recommendAll(
                sweep.evaluator.profiles,
                selection: Selection(count: sweep.top)
            )
            models.append(
                ComparedModel(
                    name: entry.name,
                    interval: sweep.point(0, judged).ndcg,
                    lists: judged.result.lists,
                    exposure: request.counts(lists.items.lazy.map(\.item)).map(Double.init),
                    seconds: judged.fitSeconds,
                    note: judged.fitted.note
                )
            )
        }
        return models
    }

    private func comparison(_ judged: [ComparedModel]) -> Section {
        let ranking = judged.sorted { ($1.ndcg, $0.name) < ($0.ndcg, $1.name) }
        return Section("What the lists show") {
            "A model may be right and still show everybody the same. Coverage is the share of the catalogue that is in at least "
                + "one list; Gini says how unequally the positions are distributed (0: evenly, 1: to one product); known to is the "
                + "share of customers who have met a listed product; novelty is the same in bits, the higher the less known."
            Block.table(
                title: "Models on the tuning slice",
                columns: [
                    "Model", .bars("nDCG@\(request.top)"), "Coverage", "Gini", "Known to", "Novelty (bits)", "Fit (s)",
                ],
                rows: ranking.map { model in
                    Table.Row(
                        [
                            .text(model.name), .estimate(model.interval, .decimals(3)),
                            .number(model.lists.catalogueCoverage, .percent(places: 1)),
                            .number(model.lists.gini, .decimals(2)),
                            .number(model.lists.popularity, .percent(places: 1)),
                            .number(model.lists.novelty, .decimals(1)), .number(model.seconds, .decimals(2)),
                        ],
                        highlight: model.name == ranking[0].name ? "best" : nil
                    )
                }
            )
            for model in judged {
                if let note = model.note { Block.note("\(model.name): \(note).") }
            }
            if !ranking.isEmpty {
                let counts = request.counts(request.events.log.items).map(Double.init)
                Block.figure(
                    .cumulativeShare(
                        title: "How positions in lists are distributed",
                        counts: [("Events", counts)] + ranking.prefix(4).map { ($0.name, $0.exposure) },
                        items: "products",
                        shareTitle: "Share of positions, or of events"
                    ),
                    caption:
                        "One line for what customers did and one for each of the best models' lists of all customers. A "
                        + "line above that of the events makes best-sellers sell better still; one below it sends customers to "
                        + "the long tail."
                )
            }
        }
    }

    /// Models for the examples: three kinds of similarity, and the best of those judged.
    private func exampleEntries(_ judged: [ComparedModel]) throws -> [LineUp.Entry] {
        var names = Self.examples
        if let best = judged.max(by: { $0.ndcg < $1.ndcg }), !names.contains(best.name) { names.append(best.name) }
        return try request.lineUp.selecting(names)
    }
}
