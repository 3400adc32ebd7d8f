import RecEngine
import RecPipeline
import Reports

/// Which model is best, by how much, why, and at what cost.
struct EvaluationPage {
    let request: ReportRequest
    /// At least one of the two is there.
    let new: EvaluationRun?
    let repeats: EvaluationRun?

    /// - Throws: ``OfflineEvaluation/NothingToJudge`` when neither way has anything to judge.
    init(_ request: ReportRequest, progress: ReportRequest.Progress) async throws {
        self.request = request
        var failure: (any Error)?
        func run(_ targets: Evaluator.Options.Targets, from start: Double) async throws -> EvaluationRun? {
            do {
                return try await EvaluationRun(request, targets: targets) { progress($0, start + $1 / 2) }
            } catch  where isTooLittle(error) {
                failure = error
                return nil
            }
        }
        new = try await run(.newItems, from: 0)
        repeats = try await run(.allItems, from: 0.5)
        if new == nil, repeats == nil, let failure { throw failure }
    }

    var page: Page {
        var sections = [method]
        sections += new.map { [section("Products new to the customer", $0, isFirst: true)] } ?? []
        sections += repeats.map { [section("Repeats allowed", $0, isFirst: new == nil)] } ?? []
        return Page(
            title: "Which model recommends best",
            summary: summary,
            sections: sections + [chosen, losing, caveats],
            colophon: request.colophon
        )
    }

    private var summary: String {
        var parts: [String] = []
        if let new, let best = new.ranking.first {
            let baseline =
                new.baseline.map { ", against \(Wording.decimals(new.ndcg($0), 3)) for a list of best-sellers" } ?? ""
            parts.append(
                "For products new to the customer \(best.model) is best: nDCG@\(request.top) \(Wording.decimals(new.ndcg(best), 3))"
                    + "\(baseline)."
            )
        }
        if let repeats, let best = repeats.ranking.first {
            parts.append("With repeats allowed it is \(best.model): \(Wording.decimals(repeats.ndcg(best), 3)).")
        }
        return parts.joined(separator: " ")
    }

    private var method: Section {
        let runs = [new, repeats].compactMap(\.self)
        guard let report = runs.first?.report else { return Section("How models were judged", []) }
        let split = report.split
        var blocks: [Block] = [
            .paragraph(
                "Each model learns from one part of the events and makes a list of \(request.top) for every customer; the other "
                    + "part says what these customers went on to meet. All \(NumberText.integer(split.items)) products are "
                    + "ranked, not a sample. \(Wording.ndcg(request.top))"
            ),
            .facts([
                Fact("Split", split.description),
                Fact("Events learned from", NumberText.integer(split.trainEvents)),
                Fact("Events judged by", NumberText.integer(split.testEvents)),
                Fact("Customers, products", "\(NumberText.integer(split.users)), \(NumberText.integer(split.items))"),
            ]),
            .table(targets(runs)),
        ]
        if split.trainsOnTheFuture {
            blocks.append(
                .warning(
                    "This split trains on the future: models learn from events later than those they predict. Figures are too "
                        + "kind and the order of models may differ. Judge with --split temporal:0.8 before deciding anything."
                )
            )
        }
        return Section("How models were judged", blocks)
    }

    private func targets(_ runs: [EvaluationRun]) -> Table {
        func row(_ name: String, _ value: (Evaluator.TargetSummary) -> Int) -> Table.Row {
            Table.Row([.text(name)] + runs.map { .count(value($0.report.split.targets)) })
        }
        return Table(
            title: "What became of the part judged by",
            columns: [Table.Column("Pairs of customer and product")]
                + runs.map { Table.Column($0.report.targets == .newItems ? "New products" : "Repeats allowed") },
            rows: [
                row("In all", \.pairs), row("To be predicted", \.targets),
                row("Left out: customer not known before", \.unknownUserPairs),
                row("Left out: product met by nobody before", \.unknownItems),
                row("Left out: customer had met the product before", \.metBefore),
                row("Left out: not a wish, such as a bad rating", \.notPositive),
                row("Customers judged", \.judgedUsers),
            ]
        )
    }

    private func section(_ heading: String, _ run: EvaluationRun, isFirst: Bool) -> Section {
        let intro =
            run.report.targets == .newItems
            ? "Lists leave out what the customer has met, and only products new to them count: discovery."
            : "Lists may repeat what the customer has met, and every product counts: what will be in the next orders, known or "
                + "not. Figures are higher because habits are easy to predict, and cannot be set against those of new products."
        var blocks: [Block] = [.paragraph(intro)]
        blocks += accuracy(run) + differences(run)
        blocks += tradeOff(run)
        blocks += activity(run)
        return Section(heading, blocks)
    }

    private func activity(_ run: EvaluationRun) -> [Block] {
        var names = run.ranking.prefix(2).map(\.model)
        for name in ["user_knn", "item_knn", "content", "own_history", run.baseline?.model ?? "popularity"]
        where run.results[name] != nil && !names.contains(name) && names.count < 5 {
            names.append(name)
        }
        let models = names.compactMap { name in
            run.results[name].map { (name: name, values: $0.cutoffs[0].values(of: .ndcg)) }
        }
        return ActivityFigure(users: run.users, days: run.days, models: models, top: request.top).blocks
    }
}
