import RecEngine
package import RecPipeline
package import Reports
import Shop
import TextFormats

/// Which model is best, by how much, why, and at what cost. Every sentence follows from numbers.
package struct EvaluationPage {
    /// Judged on products new to the customer, and with repeats allowed; empty where too few customers could be judged.
    let runs: [EvaluationRun]
    /// Length of the lists that models are compared by.
    let top: Int
    /// What a batch made of the figures; nil for a page that decides nothing.
    private let choice: ModelChoice?
    private let colophon: Colophon

    /// Judges the models of a request.
    /// - Throws: ``OfflineEvaluation/NothingToJudge`` when neither way has anything to judge.
    package init(_ request: ReportRequest, progress: ReportRequest.Progress) async throws {
        var failure: (any Error)?
        var runs: [EvaluationRun] = []
        for (targets, start) in [(Evaluator.Options.Targets.newItems, 0.0), (.allItems, 0.5)] {
            do {
                runs.append(try await EvaluationRun(request, targets: targets) { progress($0, start + $1 / 2) })
            } catch  where isTooLittle(error) {
                failure = error
            }
        }
        if runs.isEmpty, let failure { throw failure }
        self.runs = runs
        top = request.top
        choice = nil
        colophon = request.colophon
    }

    /// What a batch has judged and chosen.
    package init(_ choice: ModelChoice, jobID: String, version: String) {
        runs = choice.report.map { [EvaluationRun($0)] } ?? []
        top = choice.report?.top ?? 10
        self.choice = choice
        colophon = Colophon(
            madeAt: Int64(choice.judgedAt),
            data: "the shop's database, \(Wording.count(choice.events, "event"))",
            version: version,
            settings: [Fact("Job", jobID)]
        )
    }

    package var page: Page {
        let findings = runs.isEmpty ? [] : [method] + runs.map(section) + [chosen, losing, caveats]
        return Page(
            title: "Which model recommends best",
            summary: choice?.verdict ?? summary,
            sections: (choice.map { [decision($0)] } ?? []) + findings,
            colophon: colophon
        )
    }

    /// The page as a file.
    package var html: String { page.html() }

    private func decision(_ choice: ModelChoice) -> Section {
        Section("The decision") {
            choice.verdict
            Block.facts([
                Fact("Chosen", choice.chosen.name),
                Fact("Judged because", choice.reason),
                Fact("Candidates", Wording.list(choice.candidates.map(\.name))),
                Fact("Events there were", NumberText.integer(choice.events)),
            ])
            if runs.isEmpty {
                "\(choice.chosen.name) spelled out, every option:"
                Block.facts(ConfigurationFacts.facts(choice.chosen))
            }
        }
    }

    private var summary: String {
        let sentences = runs.compactMap { run -> String? in
            guard let best = run.ranking.first else { return nil }
            let value = Wording.decimals(run.ndcg(best), 3)
            guard run.isDiscovery else { return "With repeats allowed it is \(best.model): \(value)." }
            let baseline =
                run.baseline.map { ", against \(Wording.decimals(run.ndcg($0), 3)) for a list of best-sellers" } ?? ""
            return "For products new to the customer \(best.model) is best: nDCG@\(top) \(value)\(baseline)."
        }
        return sentences.joined(separator: " ")
    }

    private var method: Section {
        Section("How models were judged") {
            if let split = runs.first?.report.split {
                "Each model learns from one part of the events and makes a list of \(top) for every customer; the other "
                    + "part says what these customers went on to meet. All \(NumberText.integer(split.items)) products are "
                    + "ranked, not a sample. \(Wording.ndcg(top))"
                Block.facts([
                    Fact("Split", split.description),
                    Fact("Events learned from", NumberText.integer(split.trainEvents)),
                    Fact("Events judged by", NumberText.integer(split.testEvents)),
                    Fact(
                        "Customers, products",
                        "\(NumberText.integer(split.users)), \(NumberText.integer(split.items))"
                    ),
                ])
                targets
                if split.trainsOnTheFuture {
                    Block.warning(
                        "This split trains on the future: models learn from events later than those they predict. Figures are "
                            + "too kind and the order of models may differ. Judge with --split temporal:0.8 before deciding "
                            + "anything."
                    )
                }
            }
        }
    }

    private var targets: Block {
        func row(_ name: String, _ value: (Evaluator.TargetSummary) -> Int) -> Table.Row {
            Table.Row([.text(name)] + runs.map { .count(value($0.report.split.targets)) })
        }
        return .table(
            title: "What became of the part judged by",
            columns: ["Pairs of customer and product"]
                + runs.map { $0.isDiscovery ? "New products" : "Repeats allowed" },
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

    private func section(_ run: EvaluationRun) -> Section {
        Section(run.isDiscovery ? "Products new to the customer" : "Repeats allowed") {
            run.isDiscovery
                ? "Lists leave out what the customer has met, and only products new to them count: discovery."
                : "Lists may repeat what the customer has met, and every product counts: what will be in the next orders, known "
                    + "or not. Figures are higher because habits are easy to predict, and cannot be set against those of new "
                    + "products."
            accuracy(run)
            differences(run)
            tradeOff(run)
            activity(run)
        }
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
        // Of a stored report single customers are not known.
        guard !models.isEmpty else { return [] }
        return ActivityFigure(users: run.users, days: run.days, models: models, top: top).blocks
    }
}

/// The comparison in charts and tables.
extension EvaluationPage {
    @BlockBuilder private func accuracy(_ run: EvaluationRun) -> [Block] {
        let metrics: [(Metric, Table.Column)] = [
            (.precision, "Precision"), (.recall, "Recall"), (.averagePrecision, "MAP"), (.hitRate, "Hit rate"),
            (.reciprocalRank, "MRR"),
        ]
        Block.figure(
            .bars(
                title: "nDCG@\(top) of all models",
                bars: run.ranking.map {
                    Chart.Bar($0.model, run.ndcg($0), run.interval($0), highlight: run.highlight($0))
                },
                axis: Axis(
                    "nDCG@\(top), mean over \(Wording.count(run.judged, "customer"))",
                    format: .decimals(3)
                ),
                barTitle: "Model"
            ),
            caption:
                "Longer is better. Lines are 95% bootstrap intervals over customers: other customers of the same kind would "
                + "give a value in there. Models are judged on the same customers, so two may differ surely though their "
                + "intervals overlap; the differences below say so."
        )
        Block.table(
            title: "How right the lists are",
            columns: ["Model", .bars("nDCG@\(top)")] + metrics.map(\.1),
            rows: run.ranking.map { row in
                let ndcg = run.interval(row).map { Table.Cell.estimate($0, .decimals(3)) } ?? .missing
                return Table.Row(
                    [.text(row.model), ndcg] + metrics.map { .number(row.value($0.0, at: top), .decimals(3)) },
                    highlight: run.highlight(row)
                )
            }
        )
        Block.table(
            title: "What the lists are like, and what they cost",
            columns: [
                "Model", "Coverage", "Gini", "Novelty (bits)", "Diversity", "Fit (s)", "Lists (s)", "Memory (MB)",
            ],
            rows: run.ranking.map { row in
                let lists = row.lists["\(top)"]
                return Table.Row(
                    [
                        .text(row.model), .optional(lists?.catalogueCoverage, .percent(places: 1)),
                        .optional(lists?.gini, .decimals(2)), .optional(lists?.novelty, .decimals(1)),
                        .optional(lists?.diversity, .decimals(2)), .number(row.fitSeconds, .decimals(2)),
                        .number(row.recommendSeconds, .decimals(2)), .number(row.peakMB, .decimals(0)),
                    ],
                    highlight: run.highlight(row)
                )
            }
        )
        "Coverage is the share of the catalogue in at least one list; Gini how unequally positions in lists are distributed; novelty, how "
            + "few customers know a listed product, one bit more for half as many; diversity, how unlike the products of a "
            + "list are by what is written about them. Lists are those of all customers. Memory is the most that the whole "
            + "program had held by then, the data and earlier models included."
        for row in run.report.models {
            if let remark = row.remark { Block.note("\(row.model): \(remark).") }
        }
    }

    private func differences(_ run: EvaluationRun) -> [Block] {
        let others = run.ranking.compactMap { row in row.comparison.map { (row.model, $0.difference, $0.pValue) } }
        guard let best = run.report.best, !others.isEmpty else { return [] }
        return [
            .figure(
                .bars(
                    title: "How far the others are behind \(best)",
                    bars: others.map { model, difference, _ in Chart.Bar(model, difference.mean, difference) },
                    axis: Axis("Difference of nDCG@\(top)", format: .decimals(3)),
                    barTitle: "Model",
                    isSorted: false
                ),
                caption:
                    "The difference for each customer, averaged. Where the line reaches zero, the model may as well be as "
                    + "good as \(best)."
            ),
            .table(
                title: "The same in figures",
                columns: ["Model", "Difference", "p, adjusted", .leading("In words")],
                rows: others.map { model, difference, pValue in
                    Table.Row([
                        .text(model), .estimate(difference, .decimals(4)), .number(pValue, .decimals(4)),
                        .text(pValue < 0.05 ? "worse" : "cannot be told apart"),
                    ])
                }
            ),
            .paragraph(
                "p is how often chance alone would make a difference as large (paired randomisation test over customers), "
                    + "adjusted for the number of models (Holm): below 0.05 is called worse."
            ),
        ]
    }

    @BlockBuilder private func tradeOff(_ run: EvaluationRun) -> [Block] {
        let rows = run.ranking.compactMap { row in row.lists["\(top)"].map { (row: row, lists: $0) } }
        let chart = { (title: String, axis: Axis, value: (ListMetrics) -> Double) in
            Chart.scatter(
                title: title,
                points: rows.map {
                    Chart.Point($0.row.model, value($0.lists), run.ndcg($0.row), highlight: run.highlight($0.row))
                },
                x: axis,
                y: Axis("nDCG@\(top)", format: .decimals(3)),
                pointTitle: "Model"
            )
        }
        if rows.count > 1 {
            Block.figure(
                chart(
                    "Accuracy against coverage",
                    Axis("Share of the catalogue in lists", format: .percent()),
                    \.catalogueCoverage
                ),
                caption: coverage(run)
            )
            Block.figure(
                chart("Accuracy against novelty", Axis("Novelty", unit: "bits", format: .decimals(1)), \.novelty),
                caption:
                    "To the right, products that fewer customers know: one bit more is half as many. Right lists of known "
                    + "products sell what would have sold anyway; how much novelty is worth is the shop's choice."
            )
        }
    }

    /// The best model of those that show more of the catalogue.
    private func coverage(_ run: EvaluationRun) -> String {
        let text = "Up and to the right is better: right, and not the same few products for everybody."
        func covers(_ row: EvaluationReport.Row) -> Double { row.lists["\(top)"]?.catalogueCoverage ?? 0 }
        guard let best = run.ranking.first, let other = run.ranking.first(where: { covers($0) > covers(best) }) else {
            return text + " No model shows more of the catalogue than the best does."
        }
        return text
            + " Of the models that show more than \(best.model)'s \(Wording.percent(covers(best))), the most accurate is "
            + "\(other.model): \(Wording.percent(covers(other))), for \(Wording.decimals(run.ndcg(best) - run.ndcg(other))) of nDCG."
    }
}
