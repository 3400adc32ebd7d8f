extension Chart {
    /// One labelled point.
    package struct Point: Sendable {
        var label: String
        var x: Double
        var y: Double
        /// Singles the point out, in this word: `chosen`.
        var highlight: String?

        package init(_ label: String, _ x: Double, _ y: Double, highlight: String? = nil) {
            (self.label, self.x, self.y, self.highlight) = (label, x, y, highlight)
        }
    }

    /// Named points over two measures: what one gains in one costs in the other.
    /// - Parameter pointTitle: what the points are: `Model`.
    package static func scatter(title: String, points: [Point], x: Axis, y: Axis, pointTitle: String) -> Chart {
        let drawn = points.filter { x.draws($0.x) && y.draws($0.y) }
        let plot = Plot(
            x: Plot.Side(x, around: Extent(drawn.map(\.x)), room: 0.06),
            y: Plot.Side(y, covering: Extent(drawn.map(\.y)), fromZero: true),
            height: 430,
            endRoom: 24,
            gridsBothWays: true
        )
        var body = Markup()
        plot.drawBack(into: &body)
        let positions = drawn.map { plot.position($0.x, $0.y) }
        for (point, position) in zip(drawn, positions) {
            if point.highlight != nil { body.ring(x: position.x, y: position.y) }
            body.marker(
                0,
                x: position.x,
                y: position.y,
                tooltip: "\(point.label), \(x.title) \(x.format.text(point.x)), \(y.title) \(y.format.text(point.y))"
            )
        }
        let labels = drawn.map { point in point.label + (point.highlight.map { " (\($0))" } ?? "") }
        let boxes = LabelPlacement.boxes(labels, at: positions, in: plot)
        for (label, (box, position)) in zip(labels, zip(boxes, positions)) {
            guard let box else { continue }
            if let end = box.leader(from: position) {
                body.segment(position.x, position.y, end.x, end.y, class: "leader")
            }
            body.label(label, x: box.left, y: box.top + 12, class: "annotation")
        }
        if drawn.isEmpty { plot.drawNothing(into: &body) }
        let unnamed = boxes.count { $0 == nil }
        let described = drawn.prefix(20).map { " \($0.label): \(x.format.text($0.x)), \(y.format.text($0.y))." }
        return Chart(
            title,
            height: plot.height,
            description: drawn.isEmpty
                ? "Points without data." : "Points by \(x.title) and \(y.title).\(described.joined())",
            notes: [
                leftOut(points.count - drawn.count, "without a number on both axes", one: "point", many: "points"),
                unnamed == 0
                    ? nil
                    : "\(unnamed == 1 ? "A point has" : "\(unnamed) points have") no room for a name; it is in the data.",
            ],
            data: Table(
                columns: [.init(pointTitle), .trailing(x.caption), .trailing(y.caption)],
                rows: points.map {
                    Table.Row(
                        [.text($0.label), .number($0.x, x.format), .number($0.y, y.format)],
                        highlight: $0.highlight
                    )
                }
            ),
            body: body
        )
    }
}
