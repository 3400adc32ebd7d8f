import RecEngine
import RecPipeline
import Reports

/// The comparison in charts and tables.
extension EvaluationPage {
    func accuracy(_ run: EvaluationRun) -> [Block] {
        let top = request.top
        let metrics: [(Metric, String)] = [
            (.precision, "Precision"), (.recall, "Recall"), (.averagePrecision, "MAP"), (.hitRate, "Hit rate"),
            (.reciprocalRank, "MRR"),
        ]
        return [
            .figure(
                Figure(
                    BarChart(
                        title: "nDCG@\(top) of all models",
                        bars: run.ranking.map { row in
                            let interval = run.interval(row)
                            return BarChart.Bar(
                                row.model,
                                run.ndcg(row),
                                low: interval?.lower,
                                high: interval?.upper,
                                highlight: row.model == run.report.best ? "best" : nil
                            )
                        },
                        axis: Axis(
                            "nDCG@\(top), mean over \(Wording.count(run.users.count, "customer"))",
                            format: .decimals(3)
                        ),
                        barTitle: "Model"
                    ),
                    caption:
                        "Longer is better. Lines are 95% bootstrap intervals over customers: other customers of the same kind "
                        + "would give a value in there. Models are judged on the same customers, so two may differ surely though "
                        + "their intervals overlap; the differences below say so."
                )
            ),
            .table(
                Table(
                    title: "How right the lists are",
                    columns: [Table.Column("Model"), Table.Column("nDCG@\(top)", bars: true)]
                        + metrics.map { Table.Column($0.1) },
                    rows: run.ranking.map { row in
                        let ndcg: Table.Cell =
                            run.interval(row).map {
                                .estimate($0.mean, low: $0.lower, high: $0.upper, .decimals(3))
                            } ?? .missing
                        return Table.Row(
                            [.text(row.model), ndcg]
                                + metrics.map { .number(row.value($0.0, at: top), .decimals(3)) },
                            highlight: row.model == run.report.best ? "best" : nil
                        )
                    }
                )
            ),
            .table(
                Table(
                    title: "What the lists are like, and what they cost",
                    columns: [
                        Table.Column("Model"), Table.Column("Coverage"), Table.Column("Gini"),
                        Table.Column("Novelty (bits)"), Table.Column("Diversity"), Table.Column("Fit (s)"),
                        Table.Column("Lists (s)"), Table.Column("Memory (MB)"),
                    ],
                    rows: run.ranking.map { row in
                        let lists = row.lists["\(top)"]
                        return Table.Row(
                            [
                                .text(row.model), Self.cell(lists?.catalogueCoverage, .percent(places: 1)),
                                Self.cell(lists?.gini, .decimals(2)),
                                Self.cell(lists?.novelty, .decimals(1)), Self.cell(lists?.diversity, .decimals(2)),
                                .number(row.fitSeconds, .decimals(2)), .number(row.recommendSeconds, .decimals(2)),
                                .number(row.peakMB, .decimals(0)),
                            ],
                            highlight: row.model == run.report.best ? "best" : nil
                        )
                    }
                )
            ),
            .paragraph(
                "Coverage is the share of the catalogue in at least one list; Gini how unequally places are distributed; novelty, how "
                    + "few customers know a listed product, one bit more for half as many; diversity, how unlike the products of a "
                    + "list are by what is written about them. Lists are those of all customers. Memory is the most that the whole program "
                    + "had held by then, the data and earlier models included."
            ),
        ] + run.report.models.compactMap { row in row.remark.map { .note("\(row.model): \($0).") } }
    }

    private static func cell(_ value: Double?, _ format: ValueFormat) -> Table.Cell {
        value.map { .number($0, format) } ?? .missing
    }

    func differences(_ run: EvaluationRun) -> [Block] {
        let others = run.ranking.filter { $0.comparison != nil }
        guard let best = run.report.best, !others.isEmpty else { return [] }
        return [
            .figure(
                Figure(
                    BarChart(
                        title: "How far the others are behind \(best)",
                        bars: others.map { row in
                            let difference = row.comparison?.difference
                            return BarChart.Bar(
                                row.model,
                                difference?.mean ?? .nan,
                                low: difference?.lower,
                                high: difference?.upper
                            )
                        },
                        axis: Axis("Difference of nDCG@\(request.top)", format: .decimals(3)),
                        barTitle: "Model",
                        order: .asGiven
                    ),
                    caption:
                        "The difference for each customer, averaged. Where the line reaches zero, the model may as well be as "
                        + "good as \(best)."
                )
            ),
            .table(
                Table(
                    title: "The same in figures",
                    columns: [
                        Table.Column("Model"), Table.Column("Difference"), Table.Column("p, adjusted"),
                        Table.Column("In words", alignment: .leading),
                    ],
                    rows: others.compactMap { row in
                        row.comparison.map { comparison in
                            let difference = comparison.difference
                            return Table.Row([
                                .text(row.model),
                                .estimate(
                                    difference.mean,
                                    low: difference.lower,
                                    high: difference.upper,
                                    .decimals(4)
                                ),
                                .number(comparison.pValue, .decimals(4)),
                                .text(comparison.pValue < 0.05 ? "worse" : "cannot be told apart"),
                            ])
                        }
                    }
                )
            ),
            .paragraph(
                "p is how often chance alone would make a difference as large (paired randomisation test over customers), adjusted "
                    + "for the number of models (Holm): below 0.05 is called worse."
            ),
        ]
    }

    func tradeOff(_ run: EvaluationRun) -> [Block] {
        let rows = run.ranking.filter { $0.lists["\(request.top)"] != nil }
        guard rows.count > 1 else { return [] }
        func chart(_ title: String, _ axis: Axis, _ value: (ListMetrics) -> Double) -> Scatter {
            Scatter(
                title: title,
                points: rows.compactMap { row in
                    row.lists["\(request.top)"].map {
                        Scatter.Point(
                            row.model,
                            value($0),
                            run.ndcg(row),
                            highlight: row.model == run.report.best ? "best" : nil
                        )
                    }
                },
                x: axis,
                y: Axis("nDCG@\(request.top)", format: .decimals(3)),
                pointTitle: "Model"
            )
        }
        return [
            .figure(
                Figure(
                    chart(
                        "Accuracy against coverage",
                        Axis("Share of the catalogue in lists", format: .percent()),
                        \.catalogueCoverage
                    ),
                    caption: coverage(run)
                )
            ),
            .figure(
                Figure(
                    chart("Accuracy against novelty", Axis("Novelty", unit: "bits", format: .decimals(1)), \.novelty),
                    caption:
                        "To the right, products that fewer customers know: one bit more is half as many. Right lists of known "
                        + "products sell what would have sold anyway; how much novelty is worth is the shop's choice."
                )
            ),
        ]
    }

    /// The best model of those that show more of the catalogue.
    private func coverage(_ run: EvaluationRun) -> String {
        let text = "Up and to the right is better: right, and not the same few products for everybody."
        func covers(_ row: EvaluationReport.Row) -> Double { row.lists["\(request.top)"]?.catalogueCoverage ?? 0 }
        guard let best = run.ranking.first,
            let other = run.ranking.dropFirst().first(where: { covers($0) > covers(best) })
        else { return text + " No model shows more of the catalogue than the best does." }
        return text
            + " Of the models that show more than \(best.model)'s \(Wording.percent(covers(best))), the most accurate is "
            + "\(other.model): \(Wording.percent(covers(other))), for \(Wording.decimals(run.ndcg(best) - run.ndcg(other))) of nDCG."
    }
}
