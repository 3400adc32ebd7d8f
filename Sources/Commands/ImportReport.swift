import RecPipeline
import Reports
import Shop

/// The summary that an import ends with.
struct ImportReport {
    private let result: ImportResult

    init(_ result: ImportResult) {
        self.result = result
    }

    var text: String {
        var lines: [String] = []
        if let products = result.products { lines += section("products file", products) }
        lines += section(result.products == nil ? "file" : "interactions file", result.interactions)
        let load = result.load
        lines.append("database")
        lines.append(row("events added", load.interactionsAdded))
        lines.append(row("events that were there before", load.duplicates))
        lines.append(row("products added", load.productsAdded))
        lines.append(row("products changed", load.productsUpdated))
        lines.append(row("users added", load.usersAdded))
        return lines.joined(separator: "\n")
    }

    private func section(_ title: String, _ summary: ImportSummary) -> [String] {
        var lines = [title, row("rows read", summary.rowsRead), row("kept", summary.kept)]
        for reason in LeftOutReason.allCases {
            if let count = summary.leftOut[reason] { lines.append(row("left out: \(reason.label)", count)) }
        }
        lines.append(row("malformed", summary.malformed))
        return lines
    }

    private func row(_ label: String, _ count: Int) -> String {
        let number = NumberText.integer(count)
        return "  " + label + String(repeating: " ", count: max(1, 70 - label.count - number.count)) + number
    }
}
