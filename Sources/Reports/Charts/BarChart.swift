extension Chart {
    /// One bar, with the ends of its interval where there is one.
    package struct Bar: Sendable {
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
            (self.label, self.value, self.low, self.high, self.highlight) = (label, value, low, high, highlight)
        }

        /// Both ends, where both can be drawn.
        var interval: (low: Double, high: Double)? {
            guard let low, let high, low.isDrawable, high.isDrawable else { return nil }
            return (min(low, high), max(low, high))
        }
    }

    /// Named values side by side, each with its confidence interval where there is one.
    /// - Parameters:
    ///   - barTitle: what the bars are: `Model`.
    ///   - isSorted: by falling value, equal ones in the order given; otherwise all in the order given.
    ///   - limit: most bars that are drawn, at least 1 (precondition); all are in the table.
    package static func bars(
        title: String,
        bars: [Bar],
        axis: Axis,
        barTitle: String,
        isSorted: Bool = true,
        limit: Int = 30
    ) -> Chart {
        precondition(limit > 0, "a bar chart without bars")
        var all = bars.filter(\.value.isDrawable)
        // The standard library's sort is stable.
        if isSorted { all.sort { $0.value > $1.value } }
        let shown = Array(all.prefix(limit))
        let (height, body) = drawing(shown, axis: axis)
        return Chart(
            title,
            height: height,
            description: description(all, axis: axis),
            notes: [
                leftOut(bars.count - all.count, "not a finite number", one: "bar", many: "bars"),
                all.count > limit
                    ? "The first \(limit) of \(NumberText.integer(all.count)) are drawn; the table has all." : nil,
                shown.contains { $0.interval != nil } ? "Thin lines are confidence intervals." : nil,
            ],
            data: Table(
                columns: [.init(barTitle), .init(axis.caption)],
                rows: all.map { bar in
                    let value: Table.Cell =
                        bar.interval.map { .estimate(bar.value, low: $0.low, high: $0.high, axis.format) }
                        ?? .number(bar.value, axis.format)
                    return Table.Row([.text(bar.label), value], highlight: bar.highlight)
                }
            ),
            body: body
        )
    }

    private static func drawing(_ bars: [Bar], axis: Axis) -> (height: Double, body: Markup) {
        let rowHeight = 30.0
        let size = Markup.fontSize
        let labelRoom = min(bars.map { TextWidth.of($0.label, size: size) }.max() ?? 60, 230)
        // Highlight and value, as written at the end of the row.
        let figures = bars.map { bar in (bar.highlight.map { "\($0) · " } ?? "") + axis.format.text(bar.value) }
        let figureRoom = figures.map { TextWidth.of($0, size: size) }.max() ?? 0
        let ends = bars.flatMap { [$0.value, $0.low, $0.high] }.compactMap(\.self)
        let side = Plot.Side(axis, around: Extent([0] + ends), room: 0, about: 5)
        let scale = Scale(low: side.low, high: side.high, start: labelRoom + 12, end: width - figureRoom - 16)
        let top = 8.0
        let bottom = top + Double(max(1, bars.count)) * rowHeight
        let height = bottom + 44

        var body = Markup()
        for tick in Ticks.thinned(side.ticks, on: scale, size: size) {
            let position = scale.position(tick.value)
            body.segment(position, top, position, bottom, class: "grid")
            body.label(tick.label, x: position, y: bottom + 18, anchor: .middle, class: "tick")
        }
        for (row, bar) in bars.enumerated() {
            let middle = top + (Double(row) + 0.5) * rowHeight
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
            body.label(figures[row], x: width, y: middle + 4.5, anchor: .end, class: emphasis)
        }
        body.segment(scale.position(0), top, scale.position(0), bottom, class: "axis")
        let centre = (scale.start + scale.end) / 2
        body.label(
            axis.caption,
            x: centre,
            y: height - 6,
            anchor: .middle,
            width: scale.end - scale.start + 2 * min(labelRoom, figureRoom),
            class: "axis-title"
        )
        if bars.isEmpty { body.label("No data", x: centre, y: (top + bottom) / 2 + 4, anchor: .middle) }
        return (height, body)
    }

    private static func description(_ bars: [Bar], axis: Axis) -> String {
        guard let first = bars.first, let last = bars.last else { return "Bar chart without data." }
        var text = "Bar chart of \(NumberText.integer(bars.count)) values, from \(first.label) with "
        text += "\(axis.format.text(first.value)) to \(last.label) with \(axis.format.text(last.value))."
        for bar in bars {
            if let highlight = bar.highlight { text += " \(highlight): \(bar.label)." }
        }
        return text
    }
}
