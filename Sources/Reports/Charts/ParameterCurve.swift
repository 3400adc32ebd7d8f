extension Chart {
    /// How a measure depends on a parameter: the values tried, each with its interval. The best value of the first
    /// series, the first of equals, is marked.
    /// - Parameter bestName: what the marked point is called: `best`, `chosen`.
    package static func parameterCurve(
        title: String,
        series: [Series],
        x: Axis,
        y: Axis,
        bestName: String = "best"
    ) -> Chart {
        let drawable = series.first?.points.filter { $0.isDrawable(x: x, y: y) } ?? []
        let best = drawable.max { $0.y < $1.y }
        let name = series.count > 1 ? "\(series[0].name), " : ""
        let mark = best.map {
            Mark($0.x, "\(bestName): \(name)\(x.title) \(x.format.text($0.x)), \(y.format.text($0.y))")
        }
        let hasIntervals = series.flatMap(\.points).contains { $0.interval(on: y) != nil }
        var table = Table(series: series, x: x, y: y)
        // Rows are cut to a limit only where there are hundreds; the best row may be among those cut.
        if let best, let row = table.rows.firstIndex(where: { $0.cells[0] == .number(best.x, x.format) }) {
            table.rows[row].highlight = bestName
        }
        // The values that were tried, where they are few: a reader looks for those.
        let tried = Set(series.flatMap(\.points).map(\.x).filter(x.draws)).sorted()
        let ticks = tried.map { Tick(value: $0, label: x.format.text($0)) }
        return SeriesPlot(
            kind: "Curve",
            series: series,
            x: x,
            y: y,
            style: .errorBars,
            marks: mark.map { [$0] } ?? [],
            xTicks: (2...12).contains(tried.count) ? ticks : nil,
            ring: best
        ).chart(
            title,
            remark: mark.map { " \($0.label)." } ?? "",
            notes: [hasIntervals ? "Vertical lines at the points are confidence intervals." : nil],
            data: table
        )
    }
}
