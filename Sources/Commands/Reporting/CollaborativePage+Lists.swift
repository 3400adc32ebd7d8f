import RecEngine
import RecPipeline
import Reports

/// A model judged on the tuning slice, with what its lists show.
struct ComparedModel: Sendable {
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
    func compare(_ sweep: ParameterSweep, progress: ReportRequest.Progress) async throws -> [ComparedModel] {
        let entries = try request.entries(Self.compared)
            .filter { features != nil || !$0.configuration.needsFeatures }
        var models: [ComparedModel] = []
        for (place, entry) in entries.enumerated() {
            progress("lists of \(entry.name)", Double(place) / Double(entries.count))
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
            var exposure = [Double](repeating: 0, count: request.events.log.itemCount)
            for item in lists.items { exposure[Int(item.item)] += 1 }
            models.append(
                ComparedModel(
                    name: entry.name,
                    interval: sweep.point(0, judged).ndcg,
                    lists: judged.result.lists,
                    exposure: exposure,
                    seconds: judged.fitSeconds,
                    note: judged.fitted.note
                )
            )
        }
        return models
    }

    func comparison(_ judged: [ComparedModel]) -> Section {
        let best = judged.max { ($0.ndcg, $1.name) < ($1.ndcg, $0.name) }
        let rows = judged.sorted { ($1.ndcg, $0.name) < ($0.ndcg, $1.name) }.map { model in
            Table.Row(
                [
                    .text(model.name),
                    .estimate(model.ndcg, low: model.interval.lower, high: model.interval.upper, .decimals(3)),
                    .number(model.lists.catalogueCoverage, .percent(places: 1)),
                    .number(model.lists.gini, .decimals(2)),
                    .number(model.lists.popularity, .percent(places: 1)), .number(model.lists.novelty, .decimals(1)),
                    .number(model.seconds, .decimals(2)),
                ],
                highlight: model.name == best?.name ? "best" : nil
            )
        }
        var blocks: [Block] = [
            .paragraph(
                "A model may be right and still show everybody the same. Coverage is the share of the catalogue that is in at "
                    + "least one list; Gini says how unequally the places are dealt out (0: evenly, 1: to one product); known to "
                    + "is the share of customers who have met a listed product; novelty is the same in bits, the higher the less "
                    + "known."
            ),
            .table(
                Table(
                    title: "Models on the tuning slice",
                    columns: [
                        Table.Column("Model"), Table.Column("nDCG@\(request.top)", bars: true),
                        Table.Column("Coverage"),
                        Table.Column("Gini"), Table.Column("Known to"), Table.Column("Novelty (bits)"),
                        Table.Column("Fit (s)"),
                    ],
                    rows: rows
                )
            ),
        ]
        blocks += judged.compactMap { model in model.note.map { .note("\(model.name): \($0).") } }
        let shown = judged.sorted { ($1.ndcg, $0.name) < ($0.ndcg, $1.name) }.prefix(4)
        if !shown.isEmpty {
            var counts = [Double](repeating: 0, count: request.events.log.itemCount)
            for item in request.events.log.items { counts[Int(item)] += 1 }
            blocks.append(
                .figure(
                    Figure(
                        CumulativeShare(
                            title: "How places in lists are dealt out",
                            counts: [.init("Events", counts)] + shown.map { .init($0.name, $0.exposure) },
                            items: "products",
                            shareTitle: "Share of places, or of events"
                        ),
                        caption:
                            "One line for what customers did and one for each of the best models' lists of all customers. A "
                            + "line above that of the events makes best-sellers sell better still; one below it sends customers "
                            + "to the long tail."
                    )
                )
            )
        }
        return Section("What the lists show", blocks)
    }

    /// Models for the examples: three kinds of similarity, and the best of those judged.
    func exampleEntries(_ judged: [ComparedModel]) throws -> [LineUp.Entry] {
        var names = Self.examples
        if let best = judged.max(by: { $0.ndcg < $1.ndcg }), !names.contains(best.name) { names.append(best.name) }
        return try request.lineUp.selecting(names)
    }
}
