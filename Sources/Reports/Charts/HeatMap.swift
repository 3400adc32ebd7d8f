import TextFormats

/// A number for each pair of a row and a column, as shade and as figure.
package struct HeatMap: Chart, Equatable {
    package var title: String
    var rows: [String]
    var columns: [String]
    /// One array for each row, with a value for each column. What is not finite stays empty.
    var values: [[Double]]
    var rowTitle: String
    var columnTitle: String
    /// What the values are; its format is that of tooltips and table.
    var measure: Axis

    package init(
        title: String,
        rows: [String],
        columns: [String],
        values: [[Double]],
        rowTitle: String,
        columnTitle: String,
        measure: Axis
    ) {
        precondition(
            values.count == rows.count && values.allSatisfy { $0.count == columns.count },
            "a value for each row and column"
        )
        self.title = title
        self.rows = rows
        self.columns = columns
        self.values = values
        self.rowTitle = rowTitle
        self.columnTitle = columnTitle
        self.measure = measure
    }

    /// Seven rows from Monday, 24 columns from midnight.
    package static func hoursOfWeek(title: String, values: [[Double]], measure: Axis) -> HeatMap {
        HeatMap(
            title: title,
            rows: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
            columns: (0..<24).map { $0.padded(to: 2) },
            values: values,
            rowTitle: "Weekday",
            columnTitle: "Hour of the day",
            measure: measure
        )
    }

    package func drawing() -> Drawing {
        let size = Markup.fontSize
        let labelRoom = min(rows.map { TextWidth.of($0, size: size) }.max() ?? 0, 180)
        let left = labelRoom + 10
        let cell = min(64, (Drawing.fullWidth - left) / Double(max(1, columns.count)))
        let cellHeight = 30.0
        let top = 44.0
        let bottom = top + Double(rows.count) * cellHeight
        let height = bottom + 56
        let drawable = values.joined().filter(\.isDrawable)
        let greatest = drawable.max() ?? 0
        let least = min(0, drawable.min() ?? 0)
        /// The shade: 0 … rampCount − 1
        func step(_ value: Double) -> Int {
            guard greatest > least else { return 0 }
            return min(Palette.rampCount - 1, Int((value - least) / (greatest - least) * Double(Palette.rampCount)))
        }

        var body = Markup()
        body.label(columnTitle, x: left, y: 14, width: Drawing.fullWidth - left, class: "axis-title")
        let scale = Scale(
            low: 0,
            high: Double(max(1, columns.count)),
            start: left,
            end: left + cell * Double(max(1, columns.count))
        )
        let heads = columns.enumerated().map {
            Tick(
                value: Double($0.offset) + 0.5,
                label: ClippedText($0.element, width: max(cell - 4, 14), size: size).shown
            )
        }
        for head in Ticks.thinned(heads, on: scale, size: size, gap: 2) {
            body.label(head.label, x: scale.position(head.value), y: top - 8, anchor: .middle, class: "tick")
        }
        for (row, name) in rows.enumerated() {
            let y = top + Double(row) * cellHeight
            body.label(name, x: left - 8, y: y + 19.5, anchor: .end, width: labelRoom + 0.5, class: "bar-label")
            for (column, value) in values[row].enumerated() where value.isDrawable {
                let shade = step(value)
                let x = left + Double(column) * cell
                body.rectangle(
                    x: x + 0.75,
                    y: y + 0.75,
                    width: cell - 1.5,
                    height: cellHeight - 1.5,
                    class: "h\(shade)",
                    tooltip: "\(name), \(columns[column]): \(measure.format.text(value))"
                )
                let text = Self.figure(value, format: measure.format)
                if TextWidth.of(text, size: 10) <= cell - 1 {
                    body.label(text, x: x + cell / 2, y: y + 18.5, anchor: .middle, class: "cell t\(shade)")
                }
            }
        }
        drawKey(left: left, y: bottom + 20, least: least, greatest: greatest, into: &body)
        if drawable.isEmpty { body.label("No data", x: left, y: top + 20, class: "annotation") }

        let count = rows.count * columns.count
        return Drawing(
            width: Drawing.fullWidth,
            height: height,
            description: description,
            notes: [leftOut(count - drawable.count, "not a finite number, shown as an empty cell")].compactMap(\.self),
            data: table,
            body: body.result
        )
    }

    /// As short as a cell needs it; the tooltip and the table have every digit.
    private static func figure(_ value: Double, format: ValueFormat) -> String {
        if case .percent = format { return NumberText.percent(value) }
        return NumberText.short(value)
    }

    private func drawKey(left: Double, y: Double, least: Double, greatest: Double, into body: inout Markup) {
        let low = measure.format.text(least)
        let start = left + TextWidth.of(low, size: Markup.fontSize) + 8
        body.label(low, x: left, y: y + 11, class: "tick")
        for shade in 0..<Palette.rampCount {
            body.rectangle(x: start + Double(shade) * 24, y: y, width: 24, height: 14, class: "h\(shade)")
        }
        let end = start + Double(Palette.rampCount) * 24 + 8
        body.label(measure.format.text(greatest), x: end, y: y + 11, class: "tick")
        let after = end + TextWidth.of(measure.format.text(greatest), size: Markup.fontSize) + 16
        body.label(measure.caption, x: after, y: y + 11, width: Drawing.fullWidth - after, class: "axis-title")
    }

    private var description: String {
        var best: (value: Double, row: Int, column: Int)?
        for (row, line) in values.enumerated() {
            for (column, value) in line.enumerated() where value.isDrawable {
                if value > best?.value ?? -.infinity { best = (value, row, column) }
            }
        }
        let text = "Heat map of \(measure.caption) by \(rowTitle) and \(columnTitle)"
        guard let best else { return text + ", without data." }
        return text
            + ". The greatest value, \(measure.format.text(best.value)), is at \(rows[best.row]), "
            + "\(columns[best.column])."
    }

    private var table: Table {
        Table(
            columns: [Table.Column(rowTitle)] + columns.map { Table.Column($0, alignment: .trailing) },
            rows: zip(rows, values).map { name, line in
                Table.Row([.text(name)] + line.map { $0.isFinite ? .number($0, measure.format) : .missing })
            }
        )
    }
}
