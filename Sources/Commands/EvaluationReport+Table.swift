import RecEngine
import RecPipeline
import Reports

extension EvaluationReport {
    /// For people: one line a model, in the order in which they were asked for, the best marked.
    func table() -> String {
        let kind = targets == .newItems ? "on products new to them" : "repeats allowed"
        var lines = [
            source,
            "\(split.description): \(split.trainEvents) and \(split.testEvents) events",
            "\(split.usersJudged) customers judged, \(kind); all \(split.items) products ranked; "
                + "in brackets the 95 % bootstrap interval over customers",
            "targets: \(targetRule)"
                + (split.targets.notPositive > 0
                    ? " (\(NumberText.integer(split.targets.notPositive)) customer-product pairs left out)" : ""),
        ]
        if split.trainsOnTheFuture {
            lines.append("this split trains on the future: figures are too kind, and the order of models may differ")
        }
        var rows = [
            [
                "model", "nDCG@\(top)", "", "precision", "recall", "MAP", "hit rate", "coverage", "vs best", "p",
                "fit s", "lists s", "MB so far",
            ]
        ]
        rows += models.map(cells)
        lines += PlainTable.lines(rows)
        for row in models { if let note = row.remark { lines.append("\(row.model): \(note)") } }
        if let newcomers { lines += self.lines(of: newcomers) }
        lines.append("peak memory of the whole run: \(NumberText.decimal(peakMB, places: 0)) MB")
        return lines.joined(separator: "\n")
    }

    private func lines(of newcomers: Newcomers) -> [String] {
        let customers = "\(NumberText.integer(newcomers.customers)) customers without history, judged apart"
        let told =
            newcomers.knowsCategory
            ? "; preferences: the category of the first product each then met, which is no target" : ""
        let rows = newcomers.rows.map { row in
            func value(_ metric: Metric) -> String {
                NumberText.decimal(row.metrics[Row.key(metric, top)]?.mean ?? 0, places: 4)
            }
            let interval = row.metrics[Row.key(.ndcg, top)]
            return [
                row.source, value(.ndcg),
                interval.map {
                    "(\(NumberText.decimal($0.lower, places: 4))–\(NumberText.decimal($0.upper, places: 4)))"
                } ?? "",
                value(.precision), value(.recall), value(.averagePrecision), value(.hitRate),
            ]
        }
        let header = ["newcomers", "nDCG@\(top)", "", "precision", "recall", "MAP", "hit rate"]
        return [customers + told] + PlainTable.lines([header] + rows)
    }

    private func cells(_ row: Row) -> [String] {
        guard row.error == nil else {
            return [row.model, "not fitted"] + [String](repeating: "", count: 11)
        }
        func value(_ metric: Metric) -> String { NumberText.decimal(row.value(metric, at: top), places: 4) }
        let interval = row.metrics[Row.key(.ndcg, top)]
        return [
            row.model == best ? row.model + " *" : row.model,
            value(.ndcg),
            interval.map { "(\(NumberText.decimal($0.lower, places: 4))–\(NumberText.decimal($0.upper, places: 4)))" }
                ?? "",
            value(.precision), value(.recall), value(.averagePrecision), value(.hitRate),
            NumberText.decimal(row.lists["\(top)"]?.catalogueCoverage ?? 0, places: 3),
            row.comparison.map { NumberText.decimal($0.difference.mean, places: 4) } ?? "",
            row.comparison.map { NumberText.decimal($0.pValue, places: 4) } ?? "",
            NumberText.decimal(row.fitSeconds, places: 3), NumberText.decimal(row.recommendSeconds, places: 3),
            NumberText.decimal(row.peakMB, places: 0),
        ]
    }
}
