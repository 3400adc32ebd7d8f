import RecEngine

extension EvaluationReport {
    /// For people: one line a model, in the order in which they were asked for, the best marked.
    package func table() -> String {
        let kind = targets == .newItems ? "on products new to them" : "repeats allowed"
        var lines = [
            source,
            "\(split.description): \(split.trainEvents) and \(split.testEvents) events",
            "\(split.usersJudged) customers judged, \(kind); all \(split.items) products ranked; "
                + "in brackets the 95 % bootstrap interval over customers",
        ]
        if split.trainsOnTheFuture {
            lines.append("this split trains on the future: figures are too kind, and the order of models may differ")
        }
        var rows = [
            [
                "model", "nDCG@\(top)", "", "precision", "recall", "MAP", "hit rate", "coverage", "vs best", "p",
                "fit s", "lists s", "peak MB",
            ]
        ]
        rows += models.map(cells)
        let widths = rows[0].indices.map { column in rows.map(\.[column].count).max() ?? 0 }
        for row in rows {
            let padded = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + space : space + row[column]
            }
            lines.append(padded.joined(separator: "  "))
        }
        for row in models { if let note = row.note { lines.append("\(row.model): \(note)") } }
        return lines.joined(separator: "\n")
    }

    private func cells(_ row: Row) -> [String] {
        func value(_ metric: Metric) -> String { FixedText.text(row.value(metric, at: top), 4) }
        let interval = row.metrics[Row.key(.ndcg, top)]
        return [
            row.model == best ? row.model + " *" : row.model,
            value(.ndcg),
            interval.map { "(\(FixedText.text($0.lower, 4))–\(FixedText.text($0.upper, 4)))" } ?? "",
            value(.precision), value(.recall), value(.averagePrecision), value(.hitRate),
            FixedText.text(row.lists["\(top)"]?.catalogueCoverage ?? 0, 3),
            row.comparison.map { FixedText.text($0.difference.mean, 4) } ?? "",
            row.comparison.map { FixedText.text($0.pValue, 4) } ?? "",
            FixedText.text(row.fitSeconds, 3), FixedText.text(row.recommendSeconds, 3), FixedText.text(row.peakMB, 0),
        ]
    }
}

/// Numbers with so many digits behind the point, the same on every machine.
package enum FixedText {
    package static func text(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "–" }
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled != 0 ? "−" : ""
        guard digits > 0 else { return sign + "\(scaled)" }
        let fraction = String(scaled % scale)
        return sign + "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
