import RecEngine
import RecPipeline
import Reports

/// What can be learned from who met what: parameter curves, products alike, lists with their reasons, whom lists favour.
struct CollaborativePage {
    let request: ReportRequest
    let features: ProductFeatures?

    static let compared = ["popularity", "user_knn", "item_knn", "rp3beta", "als", "ease", "ease_demand"]
    static let examples = ["item_knn", "ease", "als"]

    init(_ request: ReportRequest) {
        self.request = request
        features = request.events.features()
    }

    func page(progress: ReportRequest.Progress) async throws -> Page {
        var sections: [Section] = []
        var summary = "What other customers' \(request.deeds) say about a customer's next one."
        var judged: [ComparedModel] = []
        do {
            let sweep = try ParameterSweep(
                request.events,
                split: request.split,
                options: .init(cutoffs: [request.top])
            )
            sections.append(idea(sweep.introduction))
            sections.append(try await curves(sweep) { progress($0, $1 * 0.7) })
            judged = try await compare(sweep) { progress($0, 0.7 + $1 * 0.2) }
            sections.append(comparison(judged))
            if let best = judged.max(by: { $0.ndcg < $1.ndcg }) {
                summary +=
                    " On the tuning slice \(best.name) foretells it best, with an nDCG@\(request.top) of "
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
        Section(
            "How to read this page",
            [
                .paragraph(
                    "Collaborative models know nothing of products but who met them. Two products are alike when the same "
                        + "customers meet both; two customers are alike when they meet the same products. item_knn scores a "
                        + "product by the customer's own products that are like it, user_knn by the customers who are like them. "
                        + "EASE learns all similarities of products at once, so that what one product explains is not counted "
                        + "twice. ALS describes each customer and product by a few dozen hidden traits."
                ),
                .paragraph(Wording.ndcg(request.top)),
            ] + blocks
        )
    }

    private func curves(_ sweep: ParameterSweep, progress: ReportRequest.Progress) async throws -> Section {
        let studies = try self.studies()
        let all = Double(studies.reduce(0) { $0 + $1.tried.count })
        var done = 0.0
        var blocks: [Block] = []
        for study in studies {
            let (before, own) = (done, Double(study.tried.count))
            do {
                blocks += try await study.run(sweep) { progress($0, (before + $1 * own) / all) }
            } catch let error as FitError where error != .cancelled {
                blocks.append(.warning("\(study.title): \(study.model.name) could not be fitted: \(error)."))
            }
            done += own
        }
        return Section(
            "How settings matter",
            [
                .paragraph(
                    "Each figure changes one option and leaves the others as they are in use. A flat curve is good news: the "
                        + "setting needs no care. A best value at an end of the axis means that values beyond it may be better."
                )
            ] + blocks
        )
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
