/// Places labels so that none covers another.
enum LabelPlacement {
    /// Positions near `target`, at least `gap` apart and, as long as there is room, within `range`. The order is kept.
    ///
    /// Labels that meet become a block that is centred on the mean of what its members want, which moves none of them
    /// further than needed (the pool-adjacent-violators step of isotonic regression).
    static func spread(_ target: [Double], gap: Double, within range: ClosedRange<Double>) -> [Double] {
        struct Block {
            var first: Double
            var count: Int
            var members: [Int]
        }
        let order = target.indices.sorted { (target[$0], $0) < (target[$1], $1) }
        func first(_ members: [Int]) -> Double {
            let centre = members.map { target[$0] }.reduce(0, +) / Double(members.count)
            let length = gap * Double(members.count - 1)
            let start = min(centre - length / 2, range.upperBound - length)
            return max(start, range.lowerBound)
        }
        var blocks: [Block] = []
        for index in order {
            var block = Block(first: first([index]), count: 1, members: [index])
            while let last = blocks.last, last.first + gap * Double(last.count) > block.first {
                blocks.removeLast()
                let members = last.members + block.members
                block = Block(first: first(members), count: members.count, members: members)
            }
            blocks.append(block)
        }
        var result = target
        for block in blocks {
            for (position, index) in block.members.enumerated() { result[index] = block.first + gap * Double(position) }
        }
        return result
    }

    /// The row (0 is the lowest) for each label centred on its `centre`, so that labels in one row stand clear.
    static func rows(_ labels: [(start: Double, end: Double)], gap: Double = 12) -> [Int] {
        var taken: [[(start: Double, end: Double)]] = []
        return labels.map { label in
            let row =
                taken.firstIndex { row in
                    row.allSatisfy { label.start >= $0.end + gap || label.end <= $0.start - gap }
                } ?? taken.count
            if row == taken.count { taken.append([]) }
            taken[row].append(label)
            return row
        }
    }
}
