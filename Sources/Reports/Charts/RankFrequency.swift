/// The long tail: counts from the most to the least frequent, both axes logarithmic. A straight line is a power law.
package struct RankFrequency: Chart, Equatable {
    /// How often each item occurs, in any order.
    package struct Counts: Sendable, Equatable {
        var name: String
        /// One for each item, in any order.
        var values: [Double]

        package init(_ name: String, _ values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    package var title: String
    var counts: [Counts]
    /// What is ranked: `product`
    var item: String
    var y: Axis

    /// - Parameter item: what is ranked: `product`.
    package init(title: String, counts: [Counts], item: String, y: Axis) {
        self.title = title
        self.counts = counts
        self.item = item
        self.y = y
    }

    package func drawing() -> Drawing {
        var y = y
        y.scale = .logarithmic
        let x = Axis("Rank of the \(item)", scale: .logarithmic)
        let ranked = counts.map { $0.values.filter { y.draws($0) }.sorted(by: >) }
        let series = zip(counts, ranked).map { counts, ranked in
            Series(counts.name, Self.sampledRanks(ranked.count).map { Series.Point(Double($0), ranked[$0 - 1]) })
        }
        // With one series the rank where half of everything is reached says how heavy the head is.
        var marks: [Mark] = []
        if ranked.count == 1, let half = Self.rankOfHalf(ranked[0]), ranked[0].count > 1 {
            let share = NumberText.percent(Double(half) / Double(ranked[0].count), places: 1)
            marks = [Mark(Double(half), "half of the total: rank \(NumberText.integer(half)), \(share) of all")]
        }
        let plot = SeriesPlot(
            series: series,
            x: x,
            y: y,
            style: .line,
            marks: marks,
            height: 380,
            gridsBothWays: true
        ).draw()
        let omitted = zip(counts, ranked).map { $0.values.count - $1.count }.reduce(0, +)
        return Drawing(
            width: plot.width,
            height: plot.height,
            description: series.described(as: "Rank plot", x: x, y: y, xText: x.format.text)
                + marks.map { " Marked: \($0.label)." }.joined(),
            notes: plot.notes
                + [leftOut(omitted, "not finite, or not above zero", one: item, many: "\(item)s")].compactMap(\.self),
            data: Table(series: Self.tabled(ranked, names: counts.map(\.name)), x: x, y: y),
            body: plot.body
        )
    }

    /// Every rank of the head, then about forty a decade: the line looks the same as with all.
    private static func sampledRanks(_ count: Int) -> [Int] {
        guard count > 0 else { return [] }
        var ranks: [Int] = []
        var rank = 1
        while rank < count {
            ranks.append(rank)
            rank = max(rank + 1, Int(Double(rank) * 1.06))
        }
        return ranks + [count]
    }

    private static func tabled(_ ranked: [[Double]], names: [String]) -> [Series] {
        zip(names, ranked).map { name, ranked in
            var ranks = Set([ranked.count])
            var decade = 1
            while decade <= ranked.count {
                for mantissa in [1, 2, 5] where decade * mantissa <= ranked.count { ranks.insert(decade * mantissa) }
                decade *= 10
            }
            return Series(name, ranks.filter { $0 > 0 }.sorted().map { Series.Point(Double($0), ranked[$0 - 1]) })
        }
    }

    private static func rankOfHalf(_ ranked: [Double]) -> Int? {
        let total = ranked.reduce(0, +)
        var sum = 0.0
        for (index, value) in ranked.enumerated() {
            sum += value
            if sum * 2 >= total { return index + 1 }
        }
        return nil
    }
}
