/// How often values of each size occur.
package struct Histogram: Chart, Equatable {
    /// Where one bin ends and the next begins.
    package enum Bins: Sendable, Equatable {
        /// About `count` bins of equal, round width; never narrower than one where all values are whole.
        case linear(count: Int = 30)
        /// Equal widths on a logarithmic axis, for measures such as prices.
        case logarithmic(perDecade: Int = 5)
        /// 1, 2–3, 4–7, 8–15 …: for counts, whose small values a logarithmic division would tear apart.
        case doubling
    }

    package var title: String
    var values: [Double]
    /// Its scale is that of the bins.
    var axis: Axis
    /// What is counted: `Customers`
    var counted: String
    var bins: Bins
    var marks: [Mark]
    /// Values above it are counted in a note instead of drawn, so that a few giants do not press all others into one
    /// bin.
    var upTo: Double?

    package init(
        title: String,
        values: [Double],
        axis: Axis,
        counted: String,
        bins: Bins = .linear(),
        marks: [Mark] = [],
        upTo: Double? = nil
    ) {
        self.title = title
        self.values = values
        self.axis = axis
        self.counted = counted
        self.bins = bins
        self.marks = marks
        self.upTo = upTo
    }

    package func drawing() -> Drawing {
        var axis = axis
        axis.scale = bins.scale
        let finite = values.filter(\.isDrawable)
        let placed = finite.filter { axis.draws($0) }
        let shown = upTo.map { limit in placed.filter { $0 <= limit } } ?? placed
        let division = BinDivision(shown, bins: bins)

        let xSide = Plot.Side(
            caption: axis.caption,
            ticks: division.ticks(format: axis.format),
            low: division.low,
            high: division.high,
            kind: axis.scale
        )
        let counts = Extent(division.counts.map(Double.init))
        let ySide = Plot.Side(Axis(counted), covering: counts, fromZero: true, wholeNumbers: true)
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
        let table = Table(
            columns: [
                Table.Column(axis.caption, alignment: .trailing), Table.Column(counted, bars: true),
                Table.Column("Share"),
            ],
            rows: division.counts.enumerated().map { index, count in
                Table.Row([
                    .text(division.name(index, format: axis.format)), .count(count),
                    .number(Double(count) / Double(total), .percent(places: 1)),
                ])
            }
        )
        let notes = [
            leftOut(values.count - finite.count, "not a finite number"),
            leftOut(finite.count - placed.count, "not above zero, so without a place on a logarithmic axis"),
            leftOut(placed.count - shown.count, "above \(axis.format.text(upTo ?? 0))"),
        ]
        return Drawing(
            width: plot.width,
            height: plot.height,
            description: description(of: shown, division: division, format: axis.format),
            notes: notes.compactMap(\.self),
            data: table,
            body: body.result
        )
    }

    private func description(of shown: [Double], division: BinDivision, format: ValueFormat) -> String {
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

extension Histogram.Bins {
    var scale: Axis.Scale {
        switch self {
        case .linear: .linear
        case .logarithmic, .doubling: .logarithmic
        }
    }
}
