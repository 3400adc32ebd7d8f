/// A line across a plot at a value of its horizontal axis, named above it: a median, a chosen parameter.
package struct Mark: Sendable, Equatable {
    var value: Double
    var label: String

    package init(_ value: Double, _ label: String) {
        (self.value, self.label) = (value, label)
    }
}

/// The rectangle that values are drawn in, with its two axes, grid and the names of marks above it.
struct Plot {
    private(set) var height: Double
    private(set) var x: Scale
    private(set) var y: Scale
    private var xTicks: [Tick]
    private var yTicks: [Tick]
    private var xCaption: String
    private var yCaption: String
    private var marks: [(mark: Mark, centre: Double, row: Int)] = []
    private var gridsBothWays: Bool

    var left: Double { x.start }
    var right: Double { x.end }
    var top: Double { y.end }
    var bottom: Double { y.start }

    /// One axis with the range it covers.
    struct Side {
        var caption: String
        var ticks: [Tick]
        var low: Double
        var high: Double
        var kind: Axis.Scale = .linear
    }

    /// `endRoom` is kept free right of the plot, for labels of series.
    init(
        x xSide: Side,
        y ySide: Side,
        height: Double = 340,
        endRoom: Double = 16,
        marks: [Mark] = [],
        gridsBothWays: Bool = false
    ) {
        let size = Markup.fontSize
        let labelRoom = ySide.ticks.map { TextWidth.of($0.label, size: size) }.max() ?? 0
        let left = labelRoom + 12
        // Half of a label under the right end stands beyond it.
        let lastRoom = xSide.ticks.last.map { TextWidth.of($0.label, size: size) / 2 + 2 } ?? 0
        let right = Chart.width - max(endRoom, lastRoom)
        x = Scale(low: xSide.low, high: xSide.high, start: left, end: right, kind: xSide.kind)

        // Names of marks stand in rows between the title of the axis and the plot, each as near above its line as it
        // can.
        let visible = marks.filter { [x] in $0.value.isDrawable && x.contains($0.value) }
        let boxes = visible.map { [x] mark in
            let half = TextWidth.of(mark.label, size: size) / 2
            let centre = min(max(x.position(mark.value), half), Chart.width - half)
            return (start: centre - half, end: centre + half)
        }
        let rows = LabelPlacement.rows(boxes)
        for (index, mark) in visible.enumerated() {
            self.marks.append((mark, (boxes[index].start + boxes[index].end) / 2, rows[index]))
        }
        let markRoom = Double((rows.max() ?? -1) + 1) * Self.rowHeight
        let top = 30 + (markRoom > 0 ? markRoom + 6 : 0)
        self.height = height + markRoom
        y = Scale(low: ySide.low, high: ySide.high, start: self.height - 48, end: top, kind: ySide.kind)
        xTicks = Ticks.thinned(xSide.ticks, on: x, size: size)
        yTicks = ySide.ticks
        xCaption = xSide.caption
        yCaption = ySide.caption
        self.gridsBothWays = gridsBothWays
    }

    private static let rowHeight = 17.0

    func position(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (self.x.position(x), self.y.position(y)) }

    /// What lies behind the data.
    func drawBack(into markup: inout Markup) {
        markup.label(yCaption, x: 0, y: 14, width: Chart.width, class: "axis-title")
        for tick in yTicks {
            let position = y.position(tick.value)
            markup.segment(left, position, right, position, class: "grid")
            markup.label(tick.label, x: left - 8, y: position + 4, anchor: .end, class: "tick")
        }
        for tick in xTicks {
            let position = x.position(tick.value)
            if gridsBothWays {
                markup.segment(position, top, position, bottom, class: "grid")
            }
            markup.segment(position, bottom, position, bottom + 5, class: "axis")
            markup.label(tick.label, x: position, y: bottom + 19, anchor: .middle, class: "tick")
        }
        markup.segment(left, bottom, right, bottom, class: "axis")
        if y.kind == .linear, y.low < 0, y.high > 0 {
            markup.segment(left, y.position(0), right, y.position(0), class: "axis")
        }
        markup.label(
            xCaption,
            x: (left + right) / 2,
            y: height - 8,
            anchor: .middle,
            width: Chart.width,
            class: "axis-title"
        )
    }

    /// Lines and names of marks, over the data.
    func drawMarks(into markup: inout Markup) {
        for (mark, centre, row) in marks {
            let position = x.position(mark.value)
            let baseline = top - 10 - Double(row) * Self.rowHeight
            markup.segment(position, baseline + 4, position, bottom, class: "marker-halo")
            markup.segment(position, baseline + 4, position, bottom, class: "marker-line")
            markup.label(mark.label, x: centre, y: baseline, anchor: .middle, class: "annotation")
        }
    }

    /// Says that there is no data.
    func drawNothing(into markup: inout Markup) {
        markup.label("No data", x: (left + right) / 2, y: (top + bottom) / 2, anchor: .middle, class: "annotation")
    }
}

extension Plot.Side {
    /// An axis of values, widened to round ends. `fromZero` makes it begin (or end) at zero.
    init(_ axis: Axis, covering extent: Extent, fromZero: Bool, about count: Int = 6, integersOnly: Bool = false) {
        var extent = extent
        if fromZero, axis.scale == .linear { extent.include(0) }
        var (low, high) = extent.drawable(on: axis.scale)
        let ticks: [Tick]
        switch axis.scale {
        case .linear:
            ticks = Ticks.covering(
                from: low,
                to: high,
                about: count,
                format: axis.format,
                integersOnly: integersOnly
            )
            low = ticks.first?.value ?? low
            high = ticks.last?.value ?? high
        case .logarithmic:
            (low, high) = Self.roundEnds(low, high)
            ticks = Ticks.logarithmic(from: low, to: high, format: axis.format)
        }
        self.init(caption: axis.caption, ticks: ticks, low: low, high: high, kind: axis.scale)
    }

    /// An axis that ends where the values end, with a little room beyond.
    init(_ axis: Axis, around extent: Extent, room: Double = 0.02, about count: Int = 7) {
        var (low, high) = extent.drawable(on: axis.scale)
        let ticks: [Tick]
        switch axis.scale {
        case .linear:
            let margin = (high - low) * room
            low -= margin
            high += margin
            ticks = Ticks.linear(from: low, to: high, about: count, format: axis.format)
        case .logarithmic:
            let factor = Decade.exponential((Decade.logarithm(high) - Decade.logarithm(low)) * room)
            low /= factor
            high *= factor
            ticks = Ticks.logarithmic(from: low, to: high, format: axis.format)
        }
        self.init(caption: axis.caption, ticks: ticks, low: low, high: high, kind: axis.scale)
    }

    /// The next of 1, 2, 5 × 10ⁿ below and above.
    private static func roundEnds(_ low: Double, _ high: Double) -> (Double, Double) {
        let below = Decade.power(Decade.exponent(of: low))
        let start = below * (low >= 5 * below ? 5 : low >= 2 * below ? 2 : 1)
        let under = Decade.power(Decade.exponent(of: high))
        let end = under * (high <= under ? 1 : high <= 2 * under ? 2 : high <= 5 * under ? 5 : 10)
        return (start, max(end, start * 2))
    }
}
