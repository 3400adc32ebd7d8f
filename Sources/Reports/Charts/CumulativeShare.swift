extension Chart {
    /// How much of everything the first items have: a Lorenz curve from the head. The diagonal is where all have the same.
    /// - Parameters:
    ///   - counts: one value for each item, in any order.
    ///   - items: what is counted, in the plural: `products`.
    ///   - shareTitle: title of the vertical axis: `Share of purchases`.
    ///   - head: the part of the items whose share is marked, above 0 and below 1 (precondition).
    package static func cumulativeShare(
        title: String,
        counts: [(name: String, values: [Double])],
        items: String,
        shareTitle: String,
        head: Double = 0.2
    ) -> Chart {
        precondition(head > 0 && head < 1, "a head between nothing and all")
        let curves = counts.map { (name: $0.name, sums: Curve($0.values)) }
        let x = Axis("Share of \(items), most frequent first", format: .percent())
        let y = Axis(shareTitle, format: .percent(places: 1))
        func series(_ parts: [Double]) -> [Series] {
            curves.map { Series($0.name, $0.sums.total > 0 ? parts.map($0.sums.point) : []) }
        }
        var marks: [Mark] = []
        if curves.contains(where: { $0.sums.total > 0 }) {
            let shares = curves.map { name, curve in
                let share = NumberText.percent(curve.share(head))
                return curves.count == 1 ? share : "\(name) \(share)"
            }
            marks = [Mark(head, "first \(NumberText.percent(head)) of \(items): \(shares.joined(separator: ", "))")]
        }
        let ginis = curves.compactMap { name, curve in
            curve.gini.map { "\(name) \(NumberText.decimal($0, places: 2))" }
        }
        return SeriesPlot(
            kind: "Cumulative curve",
            series: series((0...200).map { Double($0) / 200 }),
            x: x,
            y: y,
            style: curves.count == 1 ? .area : .line,
            fromZero: true,
            marks: marks,
            xTicks: (0...5).map { Tick(value: Double($0) / 5, label: NumberText.percent(Double($0) / 5)) },
            xRange: (0, 1),
            height: 400,
            reference: [Series.Point(0, 0), Series.Point(1, 1)]
        ).chart(
            title,
            remark: marks.map { " Marked: \($0.label)." }.joined(),
            notes: [
                leftOut(curves.map(\.sums.omitted).reduce(0, +), "not finite, or below zero"),
                "The broken diagonal is an equal share for all.",
                ginis.isEmpty ? nil : "Gini coefficient: \(ginis.joined(separator: ", ")).",
            ],
            data: Table(series: series([0.01, 0.02, 0.05] + (1...10).map { Double($0) / 10 }), x: x, y: y)
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
