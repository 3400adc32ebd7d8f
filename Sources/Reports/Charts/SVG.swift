/// Shapes and texts of a chart. Colours are classes only, so that the style sheet decides them for each mode.
extension Markup {
    /// Size of every text in a chart, in units of the drawing.
    static let fontSize = 12.5

    enum Anchor: String { case start, middle, end }

    /// A text whose baseline is at `y`, cut to `width` where one is given.
    mutating func label(
        _ text: String,
        x: Double,
        y: Double,
        anchor: Anchor = .start,
        width: Double? = nil,
        class name: String? = nil
    ) {
        let clipped = width.map { ClippedText(text, width: $0, size: Self.fontSize) }
        element(
            "text",
            ["x": pixels(x), "y": pixels(y), "text-anchor": anchor == .start ? nil : anchor.rawValue, "class": name]
        ) { markup in
            markup.text(clipped?.shown ?? text)
            if let full = clipped?.full { markup.element("title", text: full) }
        }
    }

    mutating func segment(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) {
        empty("line", ["x1": pixels(x1), "y1": pixels(y1), "x2": pixels(x2), "y2": pixels(y2), "class": name])
    }

    /// A rectangle with an optional tooltip.
    mutating func rectangle(
        x: Double,
        y: Double,
        width: Double,
        height: Double,
        class name: String,
        tooltip: String? = nil
    ) {
        let attributes: Attributes = [
            "x": pixels(x), "y": pixels(y), "width": pixels(max(0, width)), "height": pixels(max(0, height)),
            "class": name,
        ]
        if let tooltip {
            element("rect", attributes) { $0.element("title", text: tooltip) }
        } else {
            empty("rect", attributes)
        }
    }

    /// A line through the points; each run of neighbours is drawn on its own.
    mutating func polyline(_ runs: [[(x: Double, y: Double)]], class name: String) {
        let path = runs.filter { $0.count > 1 }.map(Self.path)
        guard !path.isEmpty else { return }
        empty("path", ["d": path.joined(), "class": name])
    }

    mutating func area(_ corners: [(x: Double, y: Double)], class name: String) {
        empty("path", ["d": Self.path(corners) + "Z", "class": name])
    }

    /// Singles out what is drawn at a point.
    mutating func ring(x: Double, y: Double) {
        empty("circle", ["cx": pixels(x), "cy": pixels(y), "r": "8.5", "class": "ring"])
    }

    private static func path(_ points: [(x: Double, y: Double)]) -> String {
        "M" + points.map { "\(pixels($0.x)) \(pixels($0.y))" }.joined(separator: "L")
    }

    /// The mark of series `index`: a shape of its own, since colour alone must not tell series apart.
    mutating func marker(_ index: Int, x: Double, y: Double, size: Double = 4, tooltip: String? = nil) {
        let name = "mark s\(index % Palette.seriesCount)"
        let (corners, scale): ([(x: Double, y: Double)], Double) =
            switch index % Palette.seriesCount {
            case 1: ([(-1, -1), (1, -1), (1, 1), (-1, 1)], size * 0.9)
            case 2: ([(0, -1.2), (1.15, 0.85), (-1.15, 0.85)], size)
            case 3: ([(0, -1.35), (1.35, 0), (0, 1.35), (-1.35, 0)], size)
            case 4: ([(-1.15, -0.85), (1.15, -0.85), (0, 1.2)], size)
            case 5:
                (
                    [
                        (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2),
                        (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4),
                    ], size
                )
            default: ([], size)
            }
        let write: (inout Markup) -> Void = { markup in
            if let tooltip { markup.element("title", text: tooltip) }
        }
        if corners.isEmpty {
            element("circle", ["cx": pixels(x), "cy": pixels(y), "r": pixels(size), "class": name], write)
        } else {
            let path = Self.path(corners.map { (x + $0.x * scale, y + $0.y * scale) }) + "Z"
            element("path", ["d": path, "class": name], write)
        }
    }
}
