extension Chart {
    /// The long tail: counts from the most to the least frequent, both axes logarithmic. A straight line is a power law.
    /// The rank at which half of everything is reached is marked: it says how heavy the head is.
    /// - Parameters:
    ///   - name: what is counted: `Events`.
    ///   - counts: one for each item, in any order.
    ///   - item: what is ranked: `product`.
    package static func rankFrequency(title: String, name: String, counts: [Double], item: String, y: Axis) -> Chart {
        var y = y
        y.scale = .logarithmic
        let x = Axis("Rank of the \(item)", scale: .logarithmic)
        let ranked = counts.filter { y.draws($0) }.sorted(by: >)
        func series(_ ranks: [Int]) -> [Series] {
            [Series(name, ranks.map { Series.Point(Double($0), ranked[$0 - 1]) })]
        }
        var marks: [Mark] = []
        if ranked.count > 1, let half = rankOfHalf(ranked) {
            let share = NumberText.percent(Double(half) / Double(ranked.count), places: 1)
            marks = [Mark(Double(half), "half of the total: rank \(NumberText.integer(half)), \(share) of all")]
        }
        return SeriesPlot(
            kind: "Rank plot",
            series: series(sampledRanks(ranked.count)),
            x: x,
            y: y,
            style: .line,
            marks: marks,
            height: 380,
            gridsBothWays: true
        ).chart(
            title,
            remark: marks.map { " Marked: \($0.label)." }.joined(),
            notes: [leftOut(counts.count - ranked.count, "not finite, or not above zero", one: item, many: "\(item)s")],
            data: Table(series: series(tabledRanks(ranked.count)), x: x, y: y)
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

    /// 1, 2, 5, 10, 20 … and the last.
    private static func tabledRanks(_ count: Int) -> [Int] {
        var ranks: Set<Int> = count > 0 ? [count] : []
        var decade = 1
        while decade <= count {
            for mantissa in [1, 2, 5] where decade * mantissa <= count { ranks.insert(decade * mantissa) }
            decade *= 10
        }
        return ranks.sorted()
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
