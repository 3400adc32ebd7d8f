/// How much of everything the first items have: a Lorenz curve from the head. The diagonal is where all have the same.
package struct CumulativeShare: Chart, Equatable {
    package var title: String
    var counts: [RankFrequency.Counts]
    /// What is ranked, in the plural: `products`
    var items: String
    /// What is shared out: `Share of purchases`
    var shareTitle: String
    /// The head whose share is marked.
    var head: Double

    /// - Parameters:
    ///   - items: what is counted, in the plural: `products`.
    ///   - shareTitle: title of the vertical axis.
    ///   - head: the part of the items whose share is said in words.
    package init(title: String, counts: [RankFrequency.Counts], items: String, shareTitle: String, head: Double = 0.2) {
        precondition(head > 0 && head < 1, "a head between nothing and all")
        self.title = title
        self.counts = counts
        self.items = items
        self.shareTitle = shareTitle
        self.head = head
    }

    package func drawing() -> Drawing {
        let curves = counts.map { Curve($0.values) }
        let x = Axis("Share of \(items), most frequent first", format: .percent())
        let y = Axis(shareTitle, format: .percent(places: 1))
        let series = zip(counts, curves).map { counts, curve in
            Series(counts.name, (curve.total > 0 ? Array(0...200) : []).map { curve.point(Double($0) / 200) })
        }
        var marks: [Mark] = []
        if curves.contains(where: { $0.total > 0 }) {
            let shares = zip(counts, curves).map { counts, curve in
                let share = NumberText.percent(curve.share(head))
                return curves.count == 1 ? share : "\(counts.name) \(share)"
            }
            marks = [Mark(head, "first \(NumberText.percent(head)) of \(items): \(shares.joined(separator: ", "))")]
        }
        var drawnY = y
        drawnY.format = .percent()
        let plot = SeriesPlot(
            series: series,
            x: x,
            y: drawnY,
            style: curves.count == 1 ? .area : .line,
            fromZero: true,
            marks: marks,
            xTicks: (0...5).map { Tick(value: Double($0) / 5, label: NumberText.percent(Double($0) / 5)) },
            xRange: (0, 1),
            height: 400,
            reference: [Series.Point(0, 0), Series.Point(1, 1)]
        ).draw()
        let omitted = curves.map(\.omitted).reduce(0, +)
        let ginis = zip(counts, curves).compactMap { counts, curve in
            curve.gini.map { "\(counts.name) \(NumberText.decimal($0, places: 2))" }
        }
        let steps = [0.01, 0.02, 0.05] + (1...10).map { Double($0) / 10 }
        let tabled = zip(counts, curves).map { counts, curve in
            Series(counts.name, curve.total > 0 ? steps.map(curve.point) : [])
        }
        return Drawing(
            width: plot.width,
            height: plot.height,
            description: series.described(as: "Cumulative curve", x: x, y: y, xText: x.format.text)
                + marks.map { " Marked: \($0.label)." }.joined(),
            notes: [
                leftOut(omitted, "not finite, or below zero"),
                "The broken diagonal is an equal share for all.",
                ginis.isEmpty ? nil : "Gini coefficient: \(ginis.joined(separator: ", ")).",
            ].compactMap(\.self),
            data: Table(series: tabled, x: x, y: y),
            body: plot.body
        )
    }
}

/// Sums of the sorted values.
private struct Curve {
    let sums: [Double]
    let omitted: Int
    var total: Double { sums[sums.count - 1] }

    init(_ values: [Double]) {
        let sorted = values.filter { $0.isDrawable && $0 >= 0 }.sorted(by: >)
        omitted = values.count - sorted.count
        var sums = [0.0]
        sums.reserveCapacity(sorted.count + 1)
        for value in sorted { sums.append(sums[sums.count - 1] + value) }
        self.sums = sums
    }

    /// Share of the total that the first `part` of the items have; within an item it grows evenly.
    func share(_ part: Double) -> Double {
        guard total > 0 else { return 0 }
        let position = part * Double(sums.count - 1)
        let index = min(Int(position), sums.count - 2)
        return (sums[index] + (position - Double(index)) * (sums[index + 1] - sums[index])) / total
    }

    func point(_ part: Double) -> Series.Point { Series.Point(part, share(part)) }

    /// Twice the area between curve and diagonal, by trapezoids.
    var gini: Double? {
        guard total > 0 else { return nil }
        var area = 0.0
        for index in 1..<sums.count { area += (sums[index] + sums[index - 1]) / 2 }
        return 2 * area / total / Double(sums.count - 1) - 1
    }
}
