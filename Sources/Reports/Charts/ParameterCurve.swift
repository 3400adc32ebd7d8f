/// How a measure depends on a parameter: the values tried, each with its interval, and the best of them.
package struct ParameterCurve: Chart, Equatable {
    /// Which point is marked as the best.
    package struct Best: Sendable, Equatable {
        var series: Int
        var point: Int

        package init(series: Int = 0, point: Int) {
            self.series = series
            self.point = point
        }
    }

    package var title: String
    var series: [Series]
    var x: Axis
    var y: Axis
    /// Nil: the point with the greatest finite y, the first of equals.
    var best: Best?
    /// What the marked point is called: `best`, `chosen`
    var bestName: String

    package init(
        title: String,
        series: [Series],
        x: Axis,
        y: Axis,
        best: Best? = nil,
        bestName: String = "best"
    ) {
        if let best {
            precondition(
                series.indices.contains(best.series) && series[best.series].points.indices.contains(best.point),
                "the best point is none of the points"
            )
        }
        self.title = title
        self.series = series
        self.x = x
        self.y = y
        self.best = best
        self.bestName = bestName
    }

    private var marked: Best? {
        if let best {
            return series[best.series].points[best.point].isDrawable(x: x, y: y) ? best : nil
        }
        var found: Best?
        for (index, one) in series.enumerated() {
            for (position, point) in one.points.enumerated() where point.isDrawable(x: x, y: y) {
                if let best = found, series[best.series].points[best.point].y >= point.y { continue }
                found = Best(series: index, point: position)
            }
        }
        return found
    }

    package func drawing() -> Drawing {
        let best = marked
        let point = best.map { series[$0.series].points[$0.point] }
        let name = best.map { series.count > 1 ? "\(series[$0.series].name), " : "" } ?? ""
        let sentence = point.map { "\(bestName): \(name)\(x.title) \(x.format.text($0.x)), \(y.format.text($0.y))" }
        let plot = SeriesPlot(
            series: series,
            x: x,
            y: y,
            style: .errorBars,
            marks: point.flatMap { point in sentence.map { [Mark(point.x, $0)] } } ?? [],
            xTicks: testedTicks,
            ring: best.flatMap { best in point.map { (best.series, $0) } }
        ).draw()
        let hasIntervals = series.flatMap(\.points).contains { $0.interval(on: y) != nil }
        var table = Table(series: series, x: x, y: y)
        if let point {
            // Rows are cut to a limit only where there are hundreds; the best row may be among those cut.
            let label = Table.Cell.number(point.x, x.format)
            if let row = table.rows.firstIndex(where: { $0.cells[0] == label }) { table.rows[row].highlight = bestName }
        }
        return Drawing(
            width: plot.width,
            height: plot.height,
            description: series.described(as: "Curve", x: x, y: y, xText: x.format.text)
                + (sentence.map { " \($0)." } ?? ""),
            notes: plot.notes + (hasIntervals ? ["Vertical lines at the points are confidence intervals."] : []),
            data: table,
            body: plot.body
        )
    }

    /// The values that were tried, where they are few: a reader looks for those.
    private var testedTicks: [Tick]? {
        let tried = Set(series.flatMap(\.points).map(\.x).filter(x.draws)).sorted()
        guard (2...12).contains(tried.count) else { return nil }
        return tried.map { Tick(value: $0, label: x.format.text($0)) }
    }
}
