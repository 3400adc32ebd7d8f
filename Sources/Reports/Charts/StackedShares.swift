/// Parts of a whole, one bar of full width for each row.
package struct StackedShares: Chart, Equatable {
    /// One bar: the value of each part.
    package struct Row: Sendable, Equatable {
        var label: String
        /// One for each part; shares are taken of their sum.
        var values: [Double]

        package init(_ label: String, _ values: [Double]) {
            self.label = label
            self.values = values
        }
    }

    package var title: String
    var parts: [String]
    var rows: [Row]
    var rowTitle: String
    var format: ValueFormat

    /// At most six parts: more shades nobody tells apart. Put the rest together as `other`.
    package init(title: String, parts: [String], rows: [Row], rowTitle: String, format: ValueFormat = .number) {
        precondition((1...Palette.seriesCount).contains(parts.count), "1 to \(Palette.seriesCount) parts")
        precondition(rows.allSatisfy { $0.values.count == parts.count }, "a value for each part")
        self.title = title
        self.parts = parts
        self.rows = rows
        self.rowTitle = rowTitle
        self.format = format
    }

    private func shares(_ row: Row) -> [Double]? {
        let values = row.values.map { $0.isDrawable && $0 > 0 ? $0 : 0 }
        let total = values.reduce(0, +)
        return total > 0 ? values.map { $0 / total } : nil
    }

    package func drawing() -> Drawing {
        let size = Markup.fontSize
        let labelRoom = min(rows.map { TextWidth.of($0.label, size: size) }.max() ?? 0, 200)
        let left = labelRoom > 0 ? labelRoom + 12 : 0
        let span = Drawing.fullWidth - left
        var body = Markup()

        // The key runs in lines above the bars, in the order of the parts.
        var (x, y) = (left, 12.0)
        for (index, part) in parts.enumerated() {
            let name = ClippedText(part, width: 220, size: size)
            let width = 20 + TextWidth.of(name.shown, size: size)
            if x > left, x + width > Drawing.fullWidth {
                x = left
                y += 20
            }
            body.marker(index, x: x + 6, y: y - 4, size: 4.5)
            body.label(part, x: x + 17, y: y, width: 220, class: "name s\(index)")
            x += width + 18
        }
        let top = y + 16
        let rowHeight = 40.0
        for (row, entry) in rows.enumerated() {
            let start = top + Double(row) * rowHeight
            body.label(
                entry.label,
                x: left - 10,
                y: start + 20,
                anchor: .end,
                width: labelRoom + 0.5,
                class: "bar-label"
            )
            guard let shares = shares(entry) else {
                body.label("No data", x: left, y: start + 20, class: "annotation")
                continue
            }
            var position = left
            for (index, share) in shares.enumerated() where share > 0 {
                let width = share * span
                body.rectangle(
                    x: position + 0.75,
                    y: start,
                    width: max(0.5, width - 1.5),
                    height: 30,
                    class: "fill s\(index)",
                    tooltip: "\(entry.label.isEmpty ? "" : "\(entry.label), ")\(parts[index]): "
                        + "\(NumberText.percent(share, places: 1)) (\(format.text(entry.values[index])))"
                )
                let text = NumberText.percent(share, places: share < 0.0995 ? 1 : 0)
                // The mark repeats that of the key where there is room, so that the part is known without its colour.
                let textWidth = TextWidth.of(text, size: size)
                if width >= textWidth + 30 {
                    body.element("g", ["class": "on-fill"]) {
                        $0.marker(index, x: position + 13, y: start + 15, size: 4)
                    }
                    body.label(text, x: position + 22, y: start + 19.5, class: "on-fill")
                } else if width >= textWidth + 6 {
                    body.label(text, x: position + width / 2, y: start + 19.5, anchor: .middle, class: "on-fill")
                }
                position += width
            }
        }
        let unusable = rows.flatMap(\.values).filter { !$0.isDrawable || $0 < 0 }.count
        return Drawing(
            width: Drawing.fullWidth,
            height: top + Double(max(1, rows.count)) * rowHeight - 4,
            description: description,
            notes: [leftOut(unusable, "not finite, or below zero")].compactMap(\.self),
            data: table,
            body: body.result
        )
    }

    private var description: String {
        guard !rows.isEmpty else { return "Shares without data." }
        return "Shares of \(parts.joined(separator: ", "))."
            + rows.prefix(12).map { row in
                let shares = shares(row)?.map { NumberText.percent($0, places: 1) }.joined(separator: ", ")
                return " \(row.label.isEmpty ? "All" : row.label): \(shares ?? "no data")."
            }.joined()
    }

    private var table: Table {
        Table(
            columns: [Table.Column(rowTitle)]
                + parts.flatMap {
                    [Table.Column($0, alignment: .trailing), Table.Column("\($0), share", alignment: .trailing)]
                },
            rows: rows.map { row in
                let shares = shares(row)
                return Table.Row(
                    [.text(row.label)]
                        + row.values.enumerated().flatMap { index, value -> [Table.Cell] in
                            [
                                value.isFinite ? .number(value, format) : .missing,
                                shares.map { .number($0[index], .percent(places: 1)) } ?? .missing,
                            ]
                        }
                )
            }
        )
    }
}
