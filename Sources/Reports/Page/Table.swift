/// A table of figures.
package struct Table: Sendable, Equatable {
    package enum Alignment: Sendable, Equatable { case leading, trailing }

    package struct Column: Sendable, Equatable {
        package var title: String
        /// Nil: numbers stand at the end, text at the start.
        package var alignment: Alignment?
        /// Draws the value of each cell as a bar beneath it; the longest is the greatest of the column.
        package var bars: Bool

        package init(_ title: String, alignment: Alignment? = nil, bars: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.bars = bars
        }
    }

    package enum Cell: Sendable, Equatable {
        case text(String)
        case count(Int)
        case number(Double, ValueFormat = .number)
        /// An estimate with the ends of its confidence interval.
        case estimate(Double, low: Double, high: Double, ValueFormat = .number)
        case missing
    }

    package struct Row: Sendable, Equatable {
        package var cells: [Cell]
        /// Singles the row out, in this word: `chosen`, `best`.
        package var highlight: String?

        package init(_ cells: [Cell], highlight: String? = nil) {
            self.cells = cells
            self.highlight = highlight
        }
    }

    package var title: String?
    package var columns: [Column]
    package var rows: [Row]

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
