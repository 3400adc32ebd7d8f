/// A named sequence of points, in the order of x.
package struct Series: Sendable, Equatable {
    /// One point, with the ends of its interval where there is one.
    package struct Point: Sendable, Equatable {
        var x: Double
        var y: Double
        /// Ends of a confidence interval of y
        var low: Double?
        var high: Double?

        package init(_ x: Double, _ y: Double, low: Double? = nil, high: Double? = nil) {
            (self.x, self.y, self.low, self.high) = (x, y, low, high)
        }
    }

    var name: String
    var points: [Point]

    package init(_ name: String, _ points: [Point]) {
        (self.name, self.points) = (name, points)
    }
}

extension Series.Point {
    func isDrawable(x: Axis, y yAxis: Axis) -> Bool { x.draws(self.x) && yAxis.draws(y) }

    func interval(on axis: Axis) -> (low: Double, high: Double)? {
        guard let low, let high, axis.draws(low), axis.draws(high) else { return nil }
        return (min(low, high), max(low, high))
    }
}

extension Table {
    /// One row for each x, one column for each series. Of more than 200 rows 200 are written: evenly chosen, the last
    /// among them.
    init(series: [Series], x: Axis, y: Axis, xText: ((Double) -> String)? = nil) {
        let limit = 200
        var xs = Set(series.flatMap(\.points).map(\.x).filter { !$0.isNaN }).sorted()
        var cells: [[Double: Cell]] = Array(repeating: [:], count: series.count)
        for (index, one) in series.enumerated() {
            for point in one.points where !point.x.isNaN {
                cells[index][point.x] =
                    point.interval(on: y).map { .estimate(point.y, low: $0.low, high: $0.high, y.format) }
                    ?? .number(point.y, y.format)
            }
        }
        if xs.count > limit {
            let last = xs.count - 1
            xs = (0..<limit).map { xs[$0 * last / (limit - 1)] }
        }
        self.init(
            columns: [.trailing(x.caption)] + series.map { .trailing(series.count == 1 ? y.caption : $0.name) },
            rows: xs.map { value in
                Row([xText.map { .text($0(value)) } ?? .number(value, x.format)] + cells.map { $0[value] ?? .missing })
            }
        )
    }
}

extension [Series] {
    /// Names, ranges and last values in a sentence each.
    func described(as kind: String, x: Axis, y: Axis, xText: (Double) -> String) -> String {
        let all = flatMap(\.points).filter { $0.isDrawable(x: x, y: y) }
        let range = Extent(all.map(\.x))
        guard !range.isEmpty else { return "\(kind) without data." }
        var text = "\(kind) of \(y.caption) by \(x.caption), from \(xText(range.low)) to \(xText(range.high))."
        for one in self {
            let points = one.points.filter { $0.isDrawable(x: x, y: y) }
            let values = Extent(points.map(\.y))
            guard let last = points.last else { continue }
            text += " \(one.name): from \(y.format.text(values.low)) to \(y.format.text(values.high)), "
            text += "at the end \(y.format.text(last.y))."
        }
        return text
    }
}
