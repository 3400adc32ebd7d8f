import FoundationEssentials
import RecPipeline
import Reports
import Shop
import TextFormats

extension ListExplanation {
    /// For people: one line a position, one column a step of the list.
    func table() -> String {
        let kind = trace.kind.rawValue
        var lines = [
            "\(kind) of \(userID), as it is made now with model \(modelVersion) (\(algorithm)), generation \(generation)"
        ]
        if let isServed, let servedSince {
            lines.append(
                "what is served was made at \(Timestamp.text(servedSince)): "
                    + (isServed ? "this list" : "another list")
            )
        }
        guard !trace[.list].items.isEmpty else {
            return (lines + ["the customer's history gives no list; popular products are shown"])
                .joined(separator: "\n")
        }
        let counts = ListTrace.Step.allCases.map { "\($0.rawValue) (\(trace[$0].items.count))" }
        var rows = [["#"] + counts]
        let depth = max(trace[.rules].items.count, trace[.list].items.count)
        for position in 0..<depth {
            rows.append(["\(position + 1)"] + ListTrace.Step.allCases.map { cell(trace[$0], position) })
        }
        return (lines + PlainTable.lines(rows, leading: Set(1..<rows[0].count))).joined(separator: "\n")
    }

    private func cell(_ stage: ListTrace.Stage, _ position: Int) -> String {
        guard stage.items.indices.contains(position) else { return "" }
        let item = stage.items[position]
        let product = catalogue.position(ofKey: item.product).map { catalogue.products[$0].productID }
        return "\(product ?? "product \(item.product)") \(NumberText.decimal(Double(item.score), places: 4))"
    }
}
