extension Chart {
    /// Where one bin of a histogram ends and the next begins.
    package enum Bins: Sendable {
        /// About `count` bins of equal, round width; never narrower than one where all values are integers.
        case linear(count: Int = 30)
        /// Equal widths on a logarithmic axis, for measures such as prices.
        case logarithmic(perDecade: Int = 5)
        /// 1, 2–3, 4–7, 8–15 …: for counts, whose small values a logarithmic division would tear apart.
        case doubling

        var scale: Axis.Scale {
            switch self {
            case .linear: .linear
            case .logarithmic, .doubling: .logarithmic
            }
        }
    }

    /// How often values of each size occur.
    /// - Parameters:
    ///   - axis: of the values; its scale is that of the bins.
    ///   - counted: what is counted: `Customers`.
    ///   - upTo: values above it are counted in a note instead of drawn, so that a few giants do not press all others
    ///     into one bin.
    package static func histogram(
        title: String,
        values: [Double],
        axis: Axis,
        counted: String,
        bins: Bins = .linear(),
        marks: [Mark] = [],
        upTo: Double? = nil
    ) -> Chart {
        var axis = axis
        axis.scale = bins.scale
        let finite = values.filter(\.isDrawable)
        let drawable = finite.filter { axis.draws($0) }
        let shown = upTo.map { limit in drawable.filter { $0 <= limit } } ?? drawable
        let division = BinDivision(shown, bins: bins)

        let xSide = Plot.Side(
            caption: axis.caption,
            ticks: division.ticks(format: axis.format),
            low: division.low,
            high: division.high,
            kind: axis.scale
        )
        let counts = Extent(division.counts.map(Double.init))
        let ySide = Plot.Side(Axis(counted), covering: counts, fromZero: true, integersOnly: true)
        let plot = Plot(x: xSide, y: ySide, marks: marks)
        var body = Markup()
        plot.drawBack(into: &body)
        for (index, count) in division.counts.enumerated() where count > 0 {
            let start = plot.x.position(division.edges[index])
            let end = plot.x.position(division.edges[index + 1])
            let gap = end - start > 4 ? 1.0 : 0
            // A bin with one value among thousands still shows.
            let height = max(1, plot.bottom - plot.y.position(Double(count)))
            body.rectangle(
                x: start + gap / 2,
                y: plot.bottom - height,
                width: end - start - gap,
                height: height,
                class: "fill s0",
                tooltip: "\(division.name(index, format: axis.format)): \(NumberText.integer(count))"
            )
        }
        plot.drawMarks(into: &body)
        if shown.isEmpty { plot.drawNothing(into: &body) }

        let total = max(1, shown.count)
        return Chart(
            title,
            height: plot.height,
            description: description(of: shown, division: division, format: axis.format, marks: marks),
            notes: [
                leftOut(values.count - finite.count, "not a finite number"),
                leftOut(finite.count - drawable.count, "not above zero, so without a place on a logarithmic axis"),
                leftOut(drawable.count - shown.count, "above \(axis.format.text(upTo ?? 0))"),
            ],
            data: Table(
                columns: [.trailing(axis.caption), .bars(counted), "Share"],
                rows: division.counts.enumerated().map { index, count in
                    Table.Row([
                        .text(division.name(index, format: axis.format)), .count(count),
                        .number(Double(count) / Double(total), .percent(places: 1)),
                    ])
                }
            ),
            body: body
        )
    }

    private static func description(
        of shown: [Double],
        division: BinDivision,
        format: ValueFormat,
        marks: [Mark]
    ) -> String {
        guard !shown.isEmpty else { return "Histogram without data." }
        let sorted = shown.sorted()
        let tallest = division.counts.enumerated().max { ($0.element, -$0.offset) < ($1.element, -$1.offset) }
        var text =
            "Histogram of \(NumberText.integer(shown.count)) values from \(format.text(sorted[0])) to "
            + "\(format.text(sorted[sorted.count - 1])), median \(format.text(sorted[sorted.count / 2]))."
        if let tallest {
            text += " The fullest bin is \(division.name(tallest.offset, format: format)) with "
            text += "\(NumberText.integer(tallest.element))."
        }
        for mark in marks where mark.value.isDrawable { text += " Marked: \(mark.label)." }
        return text
    }
}
