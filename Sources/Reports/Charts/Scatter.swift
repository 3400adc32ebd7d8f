/// Named points over two measures: what one gains in one costs in the other.
package struct Scatter: Chart, Equatable {
    /// One labelled point; `highlight` is the group that it is coloured and listed under.
    package struct Point: Sendable, Equatable {
        var label: String
        var x: Double
        var y: Double
        /// Singles the point out, in this word: `chosen`.
        var highlight: String?

        package init(_ label: String, _ x: Double, _ y: Double, highlight: String? = nil) {
            self.label = label
            self.x = x
            self.y = y
            self.highlight = highlight
        }
    }

    package var title: String
    var points: [Point]
    var x: Axis
    var y: Axis
    /// What the points are: `Model`
    var pointTitle: String

    /// - Parameter pointTitle: what the points are: `Model`.
    package init(title: String, points: [Point], x: Axis, y: Axis, pointTitle: String) {
        self.title = title
        self.points = points
        self.x = x
        self.y = y
        self.pointTitle = pointTitle
    }

    package func drawing() -> Drawing {
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
        let places = drawn.map { (x: plot.x.position($0.x), y: plot.y.position($0.y)) }
        for (point, place) in zip(drawn, places) {
            if point.highlight != nil {
                body.empty("circle", ["cx": pixels(place.x), "cy": pixels(place.y), "r": "8.5", "class": "ring"])
            }
            body.marker(
                0,
                x: place.x,
                y: place.y,
                tooltip: "\(point.label), \(x.title) \(x.format.text(point.x)), \(y.title) \(y.format.text(point.y))"
            )
        }
        let labels = drawn.map { point in point.label + (point.highlight.map { " (\($0))" } ?? "") }
        let boxes = Self.boxes(labels, at: places, in: plot)
        for (label, (box, place)) in zip(labels, zip(boxes, places)) {
            guard let box else { continue }
            if let end = box.leader(from: place) { body.segment(place.x, place.y, end.x, end.y, class: "leader") }
            body.label(label, x: box.left, y: box.top + 12, class: "annotation")
        }
        if drawn.isEmpty { plot.drawNothing(into: &body) }
        let unnamed = boxes.count { $0 == nil }
        return Drawing(
            width: plot.width,
            height: plot.height,
            description: description(drawn),
            notes: [
                leftOut(points.count - drawn.count, "without a number on both axes", one: "point", many: "points"),
                unnamed == 0
                    ? nil
                    : "\(unnamed == 1 ? "A point has" : "\(unnamed) points have") no room for a name; it is in the data.",
            ].compactMap(\.self),
            data: Table(
                columns: [
                    Table.Column(pointTitle), Table.Column(x.caption, alignment: .trailing),
                    Table.Column(y.caption, alignment: .trailing),
                ],
                rows: points.map {
                    Table.Row(
                        [.text($0.label), Self.cell($0.x, x.format), Self.cell($0.y, y.format)],
                        highlight: $0.highlight
                    )
                }
            ),
            body: body.result
        )
    }

    private static func cell(_ value: Double, _ format: ValueFormat) -> Table.Cell {
        value.isFinite ? .number(value, format) : .missing
    }

    private func description(_ drawn: [Point]) -> String {
        guard !drawn.isEmpty else { return "Points without data." }
        return "Points by \(x.title) and \(y.title)."
            + drawn.prefix(20).map { " \($0.label): \(x.format.text($0.x)), \(y.format.text($0.y))." }.joined()
    }

    struct Box: Equatable {
        var left: Double
        var top: Double
        var width: Double
        var height = 16.0

        /// Where a line from a point that is not beside the box ends; nil for one that is.
        func leader(from place: (x: Double, y: Double)) -> (x: Double, y: Double)? {
            guard abs(top + 8 - place.y) > 24 else { return nil }
            return (left > place.x ? left - 2 : left + width + 2, top + 8)
        }

        func meets(_ other: Box) -> Bool {
            left < other.left + other.width && other.left < left + width && top < other.top + other.height
                && other.top < top + height
        }
    }

    /// A place for each label beside its point, such that it covers no point and no other label; nil where there is none.
    ///
    /// One after the other takes the first free place beside its point, or a little further off at the end of a line. Labels that
    /// have the fewest choices would be better served first, but a score of points leaves room enough.
    static func boxes(_ labels: [String], at places: [(x: Double, y: Double)], in plot: Plot) -> [Box?] {
        let marks = places.map { Box(left: $0.x - 6, top: $0.y - 6, width: 12, height: 12) }
        var taken: [Box] = []
        return zip(labels, places).enumerated().map { index, pair in
            let (label, place) = pair
            let width = TextWidth.of(label, size: Markup.fontSize)
            // A ring around a point that is singled out takes room.
            let (right, left, middle) = (place.x + 13, place.x - 13 - width, place.x - width / 2)
            let near = [
                (right, 0.0), (left, 0.0), (middle, -19.0), (middle, 18.0), (right, -12.0), (right, 12.0),
                (left, -12.0),
                (left, 12.0),
            ]
            let far = [34.0, 52.0].flatMap { rise in
                [(right + 8, -rise), (left - 8, -rise), (right + 8, rise), (left - 8, rise)]
            }
            let offers = (near + far).map { Box(left: $0.0, top: place.y - 8 + $0.1, width: width) }
            let free = offers.first { box in
                box.left >= plot.left && box.left + box.width <= Drawing.fullWidth && box.top >= plot.top - 8
                    && box.top + box.height <= plot.bottom - 1
                    && !taken.contains { $0.meets(box) }
                    && !marks.enumerated().contains { $0.offset != index && $0.element.meets(box) }
            }
            if let free { taken.append(free) }
            return free
        }
    }
}
