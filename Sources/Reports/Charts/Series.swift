/// A named sequence of points, in the order of x.
package struct Series: Sendable, Equatable {
    package struct Point: Sendable, Equatable {
        package var x: Double
        package var y: Double
        /// Ends of a confidence interval of y
        package var low: Double?
        package var high: Double?

        package init(_ x: Double, _ y: Double, low: Double? = nil, high: Double? = nil) {
            self.x = x
            self.y = y
            self.low = low
            self.high = high
        }
    }

    package var name: String
    package var points: [Point]

    package init(_ name: String, _ points: [Point]) {
        self.name = name
        self.points = points
    }

    package init(_ name: String, x: [Double], y: [Double]) {
        precondition(x.count == y.count, "a y for each x")
        self.init(name, zip(x, y).map { Point($0, $1) })
    }
}

extension Series.Point {
    func isDrawable(x: Axis, y yAxis: Axis) -> Bool { x.draws(self.x) && yAxis.draws(y) }

    func interval(on axis: Axis) -> (low: Double, high: Double)? {
        guard let low, let high, axis.draws(low), axis.draws(high) else { return nil }
        return (min(low, high), max(low, high))
    }
}
