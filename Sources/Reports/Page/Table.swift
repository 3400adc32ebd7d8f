/// A table of figures.
package struct Table: Sendable, Equatable {
    /// Where a column's text stands; numbers trail.
    enum Alignment: Sendable, Equatable { case leading, trailing }

    /// A column's head. A string is one whose numbers stand at the end and whose texts stand at the start.
    package struct Column: Sendable, Equatable, ExpressibleByStringInterpolation {
        var title: String
        var alignment: Alignment?
        var hasBars: Bool

        init(_ title: String, alignment: Alignment? = nil, hasBars: Bool = false) {
            (self.title, self.alignment, self.hasBars) = (title, alignment, hasBars)
        }

        package init(stringLiteral title: String) { self.init(title) }

        /// With the value of each cell as a bar beneath it; the longest is the greatest of the column.
        package static func bars(_ title: String) -> Column { Column(title, hasBars: true) }
        /// With everything at the start.
        package static func leading(_ title: String) -> Column { Column(title, alignment: .leading) }
        /// With everything at the end.
        static func trailing(_ title: String) -> Column { Column(title, alignment: .trailing) }
    }

    /// What a cell shows; numbers keep their value, so that they can be formatted and drawn.
    package enum Cell: Sendable, Equatable {
        case text(String)
        case count(Int)
        case number(Double, ValueFormat = .number)
        /// An estimate with the ends of its confidence interval.
        case estimate(Double, low: Double, high: Double, ValueFormat = .number)
        case missing

        /// A number where there is one.
        package static func optional(_ value: Double?, _ format: ValueFormat) -> Cell {
            value.map { .number($0, format) } ?? .missing
        }
    }

    /// One line; `highlight` singles it out, in this word.
    package struct Row: Sendable, Equatable {
        var cells: [Cell]
        /// Singles the row out, in this word: `chosen`, `best`.
        var highlight: String?

        package init(_ cells: [Cell], highlight: String? = nil) {
            (self.cells, self.highlight) = (cells, highlight)
        }
    }

    var title: String?
    var columns: [Column]
    var rows: [Row]

    /// Every row has a cell for each column.
    package init(title: String? = nil, columns: [Column], rows: [Row]) {
        precondition(rows.allSatisfy { $0.cells.count == columns.count }, "a row of another length than the header")
        self.title = title
        self.columns = columns
        self.rows = rows
    }
}

extension Table.Cell {
    /// What a bar shows; nil for text and where there is no number.
    var value: Double? {
        switch self {
        case .count(let value): Double(value)
        case .number(let value, _), .estimate(let value, _, _, _): value.isDrawable ? value : nil
        case .text, .missing: nil
        }
    }

    var isText: Bool {
        if case .text = self { true } else { false }
    }

    var text: String {
        switch self {
        case .text(let text): text
        case .count(let value): NumberText.integer(value)
        case .number(let value, let format): format.text(value)
        case .estimate(let value, let low, let high, let format):
            "\(format.text(value)) (\(format.text(low)) to \(format.text(high)))"
        case .missing: NumberText.missing
        }
    }
}

extension Table {
    /// Longer texts are cut here; the `title` of their element has all of them.
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
                            for column in columns.indices {
                                write(row, column, alignments[column], greatest[column], into: &markup)
                            }
                        }
                        markup.line()
                    }
                }
            }
        }
        markup.line()
    }

    /// The first cell is the row's heading.
    private func write(
        _ row: Row,
        _ column: Int,
        _ alignment: Alignment,
        _ greatest: Double,
        into markup: inout Markup
    ) {
        let (cell, isHeading) = (row.cells[column], column == 0)
        let text = ClippedText(cell.text, characters: Self.longestText)
        let scope = isHeading ? "row" : nil
        let attributes: Markup.Attributes = ["scope": scope, "class": alignment.cssClass, "title": text.full]
        markup.element(isHeading ? "th" : "td", attributes) { markup in
            markup.element("bdi", text: text.shown)
            if isHeading, let highlight = row.highlight {
                markup.raw(" ")
                markup.element("span", ["class": "tag"], text: highlight)
            }
            if columns[column].hasBars, let value = cell.value { markup.bar(value, of: greatest) }
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
