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
        let path = runs.filter { $0.count > 1 }.map { run in
            "M" + run.map { "\(pixels($0.x)) \(pixels($0.y))" }.joined(separator: "L")
        }
        guard !path.isEmpty else { return }
        empty("path", ["d": path.joined(), "class": name])
    }

    /// The mark of series `index`: a shape of its own, since colour alone must not tell series apart.
    mutating func marker(_ index: Int, x: Double, y: Double, size: Double = 4, tooltip: String? = nil) {
        let name = "mark s\(index % Palette.seriesCount)"
        let path: String? =
            switch index % Palette.seriesCount {
            case 1: polygon([(-1, -1), (1, -1), (1, 1), (-1, 1)], x, y, size * 0.9)
            case 2: polygon([(0, -1.2), (1.15, 0.85), (-1.15, 0.85)], x, y, size)
            case 3: polygon([(0, -1.35), (1.35, 0), (0, 1.35), (-1.35, 0)], x, y, size)
            case 4: polygon([(-1.15, -0.85), (1.15, -0.85), (0, 1.2)], x, y, size)
            case 5:
                polygon(
                    [
                        (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2),
                        (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4),
                    ],
                    x,
                    y,
                    size
                )
            default: nil
            }
        let write: (inout Markup) -> Void = { markup in
            if let tooltip { markup.element("title", text: tooltip) }
        }
        if let path {
            element("path", ["d": path, "class": name], write)
        } else {
            element("circle", ["cx": pixels(x), "cy": pixels(y), "r": pixels(size), "class": name], write)
        }
    }

    private func polygon(_ corners: [(Double, Double)], _ x: Double, _ y: Double, _ size: Double) -> String {
        "M" + corners.map { "\(pixels(x + $0.0 * size)) \(pixels(y + $0.1 * size))" }.joined(separator: "L") + "Z"
    }
}
