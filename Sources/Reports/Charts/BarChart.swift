/// Named values side by side, each with its confidence interval where there is one.
package struct BarChart: Chart, Equatable {
    /// One bar, with the ends of its interval where there is one.
    package struct Bar: Sendable, Equatable {
        var label: String
        var value: Double
        var low: Double?
        var high: Double?
        /// Singles the bar out, in this word: `chosen`.
        var highlight: String?

        package init(
            _ label: String,
            _ value: Double,
            low: Double? = nil,
            high: Double? = nil,
            highlight: String? = nil
        ) {
            self.label = label
            self.value = value
            self.low = low
            self.high = high
            self.highlight = highlight
        }
    }

    /// By falling value, or as the bars were given.
    package enum Order: Sendable, Equatable { case descending, asGiven }

    package var title: String
    var bars: [Bar]
    var axis: Axis
    /// What the bars are: `Model`
    var barTitle: String
    var order: Order
    /// Bars beyond it are counted in a note and stand in the table.
    var limit: Int

    /// - Parameter limit: most bars that are drawn, at least 1 (precondition).
    package init(
        title: String,
        bars: [Bar],
        axis: Axis,
        barTitle: String,
        order: Order = .descending,
        limit: Int = 30
    ) {
        precondition(limit > 0, "a bar chart without bars")
        self.title = title
        self.bars = bars
        self.axis = axis
        self.barTitle = barTitle
        self.order = order
        self.limit = limit
    }

    private static let rowHeight = 30.0
    private static let longestLabel = 230.0

    package func drawing() -> Drawing {
        var axis = axis
        axis.scale = .linear
        let drawable = bars.filter(\.value.isDrawable)
        let sorted =
            switch order {
            // Equal values keep the order they came in.
            case .descending:
                drawable.enumerated().sorted { ($0.element.value, -$0.offset) > ($1.element.value, -$1.offset) }
                    .map(\.element)
            case .asGiven: drawable
            }
        let shown = Array(sorted.prefix(limit))

        let size = Markup.fontSize
        let labelRoom = min(shown.map { TextWidth.of($0.label, size: size) }.max() ?? 60, Self.longestLabel)
        let figures = shown.map { figure($0) }
        let figureRoom = figures.map { TextWidth.of($0, size: size) }.max() ?? 0
        var extent = Extent([0])
        for bar in shown {
            for value in [bar.value, bar.low, bar.high] { value.map { extent.include($0) } }
        }
        let side = Plot.Side(axis, around: extent, room: 0, about: 5)
        let scale = Scale(
            low: side.low,
            high: side.high,
            start: labelRoom + 12,
            end: Drawing.fullWidth - figureRoom - 16
        )
        let top = 8.0
        let bottom = top + Double(max(1, shown.count)) * Self.rowHeight
        let height = bottom + 44

        var body = Markup()
        for tick in Ticks.thinned(side.ticks, on: scale, size: size) {
            let position = scale.position(tick.value)
            body.segment(position, top, position, bottom, class: "grid")
            body.label(tick.label, x: position, y: bottom + 18, anchor: .middle, class: "tick")
        }
        for (row, bar) in shown.enumerated() {
            let middle = top + (Double(row) + 0.5) * Self.rowHeight
            let zero = scale.position(0)
            let end = scale.position(bar.value)
            let emphasis = bar.highlight == nil ? "bar-label" : "bar-label strong"
            body.label(
                bar.label,
                x: scale.start - 10,
                y: middle + 4.5,
                anchor: .end,
                width: labelRoom + 0.5,
                class: emphasis
            )
            body.rectangle(
                x: min(zero, end),
                y: middle - 9,
                width: abs(end - zero),
                height: 18,
                class: bar.highlight == nil ? "fill soft" : "fill s0",
                tooltip: "\(bar.label): \(figures[row])"
            )
            if let interval = bar.interval {
                let (from, to) = (scale.position(interval.low), scale.position(interval.high))
                for name in ["whisker-halo", "whisker"] {
                    body.segment(from, middle, to, middle, class: name)
                    body.segment(from, middle - 5, from, middle + 5, class: name)
                    body.segment(to, middle - 5, to, middle + 5, class: name)
                }
            }
            body.label(figures[row], x: Drawing.fullWidth, y: middle + 4.5, anchor: .end, class: emphasis)
        }
        body.segment(scale.position(0), top, scale.position(0), bottom, class: "axis")
        body.label(
            axis.caption,
            x: (scale.start + scale.end) / 2,
            y: height - 6,
            anchor: .middle,
            width: scale.end - scale.start + 2 * min(labelRoom, figureRoom),
            class: "axis-title"
        )
        if shown.isEmpty {
            body.label("No data", x: (scale.start + scale.end) / 2, y: (top + bottom) / 2 + 4, anchor: .middle)
        }
        let notes = [
            leftOut(bars.count - drawable.count, "not a finite number", one: "bar", many: "bars"),
            sorted.count > limit
                ? "The first \(limit) of \(NumberText.integer(sorted.count)) are drawn; the table has all." : nil,
            shown.contains { $0.interval != nil } ? "Thin lines are confidence intervals." : nil,
        ]
        return Drawing(
            width: Drawing.fullWidth,
            height: height,
            description: description(sorted),
            notes: notes.compactMap(\.self),
            data: table(sorted),
            body: body.result
        )
    }

    /// Value and tag, as they stand at the end of the row.
    private func figure(_ bar: Bar) -> String {
        (bar.highlight.map { "\($0) · " } ?? "") + axis.format.text(bar.value)
    }

    private func description(_ sorted: [Bar]) -> String {
        guard let first = sorted.first, let last = sorted.last else { return "Bar chart without data." }
        var text = "Bar chart of \(NumberText.integer(sorted.count)) values, from \(first.label) with "
        text += "\(axis.format.text(first.value)) to \(last.label) with \(axis.format.text(last.value))."
        for bar in sorted {
            if let highlight = bar.highlight { text += " \(highlight): \(bar.label)." }
        }
        return text
    }

    private func table(_ sorted: [Bar]) -> Table {
        Table(
            columns: [Table.Column(barTitle), Table.Column(axis.caption)],
            rows: sorted.map { bar in
                let value: Table.Cell =
                    bar.interval.map { .estimate(bar.value, low: $0.low, high: $0.high, axis.format) }
                    ?? .number(bar.value, axis.format)
                return Table.Row([.text(bar.label), value], highlight: bar.highlight)
            }
        )
    }
}

extension BarChart.Bar {
    /// Both ends, where both can be drawn.
    var interval: (low: Double, high: Double)? {
        guard let low, let high, low.isDrawable, high.isDrawable else { return nil }
        return (min(low, high), max(low, high))
    }
}
