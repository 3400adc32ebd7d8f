extension Table {
    /// Longer texts are cut here and have the whole in their title.
    static let longestText = 80

    func write(into markup: inout Markup) {
        let alignments = columns.indices.map(alignment)
        let greatest = columns.indices.map { column in
            rows.compactMap { $0.cells[column].value }.max() ?? 0
        }
        // A table wider than the page scrolls by itself; it takes the focus so that the keyboard can scroll it.
        markup.element("div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": title ?? "Table"]) {
            $0.element("table") { markup in
                if let title { markup.element("caption", text: title) }
                markup.element("thead") {
                    $0.element("tr") { markup in
                        for (column, alignment) in zip(columns, alignments) {
                            markup.element("th", ["scope": "col", "class": alignment.cssClass], text: column.title)
                        }
                    }
                }
                markup.element("tbody") { markup in
                    for row in rows {
                        markup.element("tr", ["class": row.highlight == nil ? nil : "highlight"]) { markup in
                            for (index, cell) in row.cells.enumerated() {
                                write(
                                    cell,
                                    highlight: index == 0 ? row.highlight : nil,
                                    alignment: alignments[index],
                                    greatest: columns[index].bars ? greatest[index] : nil,
                                    isHeading: index == 0,
                                    into: &markup
                                )
                            }
                        }
                        markup.line()
                    }
                }
            }
        }
        markup.line()
    }

    private func write(
        _ cell: Cell,
        highlight: String?,
        alignment: Alignment,
        greatest: Double?,
        isHeading: Bool,
        into markup: inout Markup
    ) {
        let text = ClippedText(cell.text, characters: Self.longestText)
        let scope = isHeading ? "row" : nil
        let attributes: Markup.Attributes = ["scope": scope, "class": alignment.cssClass, "title": text.full]
        markup.element(isHeading ? "th" : "td", attributes) { markup in
            markup.element("bdi", text: text.shown)
            if let highlight {
                markup.raw(" ")
                markup.element("span", ["class": "tag"], text: highlight)
            }
            if let greatest, greatest > 0, let value = cell.value {
                let width = NumberText.decimal(max(0, value / greatest) * 100, places: 1)
                markup.element("span", ["class": "bar", "aria-hidden": "true"]) {
                    $0.element("span", ["style": "width:\(width)%"], text: "")
                }
            }
        }
    }

    private func alignment(of column: Int) -> Alignment {
        if let alignment = columns[column].alignment { return alignment }
        return rows.contains { $0.cells[column].isText } || rows.isEmpty ? .leading : .trailing
    }
}

extension Table.Alignment {
    var cssClass: String? { self == .trailing ? "end" : nil }
}
