import RecPipeline
import Reports
import Shop

/// The summary that an import ends with.
struct ImportReport {
    private let result: ImportResult
    private let isWritten: Bool

    /// - Parameter isWritten: false for an import that was refused; the database has then nothing to tell.
    init(_ result: ImportResult, isWritten: Bool) {
        self.result = result
        self.isWritten = isWritten
    }

    var text: String {
        var lines: [String] = []
        if let products = result.products { lines += section("products file", products) }
        if let users = result.users { lines += section("users file", users) }
        lines += section(result.products == nil ? "file" : "interactions file", result.interactions)
        guard isWritten else { return lines.joined(separator: "\n") }
        let load = result.load
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
