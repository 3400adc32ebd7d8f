import RecPipeline
import Reports
import Shop

extension ImportResult {
    /// The summary that an import ends with.
    /// - Parameter isWritten: false for an import that was refused: then there is nothing to say about the database.
    func report(isWritten: Bool) -> String {
        var lines: [String] = []
        if let products { lines += section("products file", products) }
        if let users { lines += section("users file", users) }
        lines += section(products == nil ? "file" : "interactions file", interactions)
        guard isWritten else { return lines.joined(separator: "\n") }
        lines.append("database")
        lines.append(row("events added", load.interactionsAdded))
        lines.append(row("events that were there before", load.duplicates))
        lines.append(row("products added", load.productsAdded))
        if load.productsWithoutPrice > 0 {
            lines.append(row("of these without a price (stored as 0.00)", load.productsWithoutPrice))
        }
        lines.append(row("products changed", load.productsUpdated))
        lines.append(row("users added", load.usersAdded))
        return lines.joined(separator: "\n")
    }

    private func section(_ title: String, _ summary: ImportSummary) -> [String] {
        var lines = [title, row("rows read", summary.rowsRead), row("kept", summary.kept)]
        for reason in LeftOutReason.allCases {
            guard let count = summary.leftOut[reason] else { continue }
            lines.append(row("left out: \(reason.label)", count))
            if let examples = summary.examples[reason], !examples.isEmpty {
                lines.append("    such as \(examples.joined(separator: ", "))")
            }
        }
        lines.append(row("malformed", summary.malformed))
        lines += summary.notes.map { "  note: \($0)" }
        return lines
    }

    private func row(_ label: String, _ count: Int) -> String {
        let number = NumberText.integer(count)
        return "  " + label + String(repeating: " ", count: max(1, 70 - label.count - number.count)) + number
    }
}
