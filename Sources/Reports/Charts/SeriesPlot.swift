/// Series in a plot: what line charts, parameter curves, rank plots and cumulative curves have in common.
struct SeriesPlot {
    enum Style { case line, lineAndPoints, errorBars, area }

    /// What the description calls the chart: `Line chart`
    var kind: String
    var series: [Series]
    var x: Axis
    var y: Axis
    var style: Style
    var fromZero = false
    var marks: [Mark] = []
    var xTicks: [Tick]?
    var xRange: (low: Double, high: Double)?
    /// How description and table write a value of x; nil: as the axis does
    var xText: ((Double) -> String)?
    var height = 340.0
    var gridsBothWays = false
    /// The last stretch of each line is drawn broken: its period is not over.
    var lastIsOpen = false
    /// A point singled out by a ring
    var ring: Series.Point?
    var reference: [Series.Point] = []

    private static let labelGap = 16.0
    private static let longestName = 190.0

    /// - Parameters:
    ///   - remark: follows the description, which says the range of each series.
    ///   - notes: follow those that every plot of series needs.
    ///   - data: nil for the series as they are drawn.
    func chart(_ title: String, remark: String = "", notes: [String?] = [], data: Table? = nil) -> Chart {
        let size = Markup.fontSize
        var xExtent = Extent()
        var yExtent = Extent()
        var left = 0
        for point in series.flatMap(\.points) {
            guard point.isDrawable(x: x, y: y) else {
                left += 1
                continue
            }
            xExtent.include(point.x)
            yExtent.include(point.y)
            if let interval = point.interval(on: y) {
                yExtent.include(interval.low)
                yExtent.include(interval.high)
            }
        }
        let isNamed = series.count > 1
        let nameRoom = isNamed ? min(series.map { TextWidth.of($0.name, size: size) }.max() ?? 0, Self.longestName) : 0
        var xSide = Plot.Side(x, around: xExtent, room: style == .errorBars ? 0.05 : style == .area ? 0 : 0.015)
        if let xRange { (xSide.low, xSide.high) = xRange }
        if let xTicks { xSide.ticks = xTicks }
        let ySide = Plot.Side(y, covering: yExtent, fromZero: fromZero)
        let plot = Plot(
            x: xSide,
            y: ySide,
            height: height,
            // Names are set bold, which is a little wider than the table of widths says.
            endRoom: isNamed ? 1.08 * nameRoom + 26 : 22,
            marks: marks,
            gridsBothWays: gridsBothWays
        )

        var body = Markup()
        plot.drawBack(into: &body)
        if reference.count > 1 {
            body.polyline([reference.map { plot.position($0.x, $0.y) }], class: "reference")
        }
        plot.drawMarks(into: &body)
        for index in series.indices { draw(index, in: plot, into: &body) }
        if let ring {
            let centre = plot.position(ring.x, ring.y)
            body.ring(x: centre.x, y: centre.y)
        }
        if isNamed { drawNames(in: plot, width: nameRoom, into: &body) }
        if xExtent.isEmpty { plot.drawNothing(into: &body) }

        let needsPositive = x.scale == .logarithmic || y.scale == .logarithmic
        let reason =
            needsPositive ? "not finite, or not above zero and so without a place on a logarithmic axis" : "not finite"
        let isTruncated = y.scale == .linear && !xExtent.isEmpty && (ySide.low > 0 || ySide.high < 0)
        return Chart(
            title,
            height: plot.height,
            description: series.described(as: kind, x: x, y: y, xText: xText ?? x.format.text) + remark,
            notes: [
                leftOut(left, reason, one: "point", many: "points"),
                isTruncated ? "The vertical axis does not begin at zero." : nil,
            ] + notes,
            data: data ?? Table(series: series, x: x, y: y, xText: xText),
            body: body
        )
    }

    /// Neighbours that can be drawn; a point left out breaks the line.
    private func runs(_ points: [Series.Point]) -> [[Series.Point]] {
        points.split { !$0.isDrawable(x: x, y: y) }.map(Array.init)
    }

    private func draw(_ index: Int, in plot: Plot, into body: inout Markup) {
        func position(_ point: Series.Point) -> (x: Double, y: Double) { plot.position(point.x, point.y) }
        let tone = "s\(index % Palette.seriesCount)"
        let runs = runs(series[index].points)
        // Where every point has an interval and there are many, a band reads better than bars.
        for run in runs where style != .errorBars && run.count > 1 {
            let intervals = run.compactMap { $0.interval(on: y) }
            guard intervals.count == run.count else { continue }
            let upper = zip(run, intervals).map { plot.position($0.x, $1.high) }
            let lower = zip(run, intervals).map { plot.position($0.x, $1.low) }
            body.area(upper + lower.reversed(), class: "band \(tone)")
        }
        for run in runs where style == .area && run.count > 1 {
            let line = run.map { plot.position($0.x, $0.y) }
            let (left, right) = ((line[0].x, plot.bottom), (line[line.count - 1].x, plot.bottom))
            body.area([left] + line + [right], class: "band \(tone)")
        }
        var lines = runs
        var open: [[Series.Point]] = []
        if lastIsOpen, let last = lines.last, last.count > 1 {
            open = [Array(last.suffix(2))]
            lines[lines.count - 1].removeLast()
        }
        body.polyline(lines.map { $0.map(position) }, class: "line \(tone)")
        body.polyline(open.map { $0.map(position) }, class: "line \(tone) open")

        let drawn = runs.flatMap(\.self)
        let single = runs.filter { $0.count == 1 }.flatMap(\.self)
        let marked = style == .line || style == .area ? single : drawn
        for point in marked {
            let (cx, cy) = position(point)
            if style == .errorBars, let interval = point.interval(on: y) {
                let (low, high) = (plot.y.position(interval.low), plot.y.position(interval.high))
                body.segment(cx, low, cx, high, class: "error \(tone)")
                body.segment(cx - 4, low, cx + 4, low, class: "error \(tone)")
                body.segment(cx - 4, high, cx + 4, high, class: "error \(tone)")
            }
            let name = series.count > 1 ? "\(series[index].name), " : ""
            body.marker(
                index,
                x: cx,
                y: cy,
                tooltip: "\(name)\(x.title) \(x.format.text(point.x)): \(y.format.text(point.y))"
            )
        }
        if marked.isEmpty, series.count > 1, let last = drawn.last {
            body.marker(index, x: position(last).x, y: position(last).y)
        }
    }

    /// Names stand beside the ends of their lines, moved apart where they would meet.
    private func drawNames(in plot: Plot, width: Double, into body: inout Markup) {
        var ends: [(index: Int, x: Double, y: Double)] = []
        for (index, one) in series.enumerated() {
            guard let last = one.points.last(where: { $0.isDrawable(x: x, y: y) }) else { continue }
            ends.append((index, plot.x.position(last.x), plot.y.position(last.y)))
        }
        // Lines that end in one point have their names in the order of the lines before it.
        let target = ends.map { end in
            let heights = series[end.index].points.filter { $0.isDrawable(x: x, y: y) }.map { plot.y.position($0.y) }
            return end.y + 1e-4 * heights.reduce(0, +) / Double(heights.count)
        }
        let heights = LabelPlacement.spread(target, gap: Self.labelGap, within: plot.top...plot.bottom)
        for (end, height) in zip(ends, heights) {
            let start = plot.right + 22
            if abs(height - end.y) > 4 || end.x < plot.right - 30 {
                body.segment(end.x + 7, end.y, start - 4, height, class: "leader")
            }
            body.label(
                series[end.index].name,
                x: start,
                y: height + 4,
                width: width + 0.5,
                class: "name s\(end.index % Palette.seriesCount)"
            )
        }
    }
}
