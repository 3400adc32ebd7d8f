/// Positions of labels, so that none covers another.
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

    /// The rectangle of a label.
    struct Box {
        var left: Double
        var top: Double
        var width: Double
        var height = 16.0

        /// Where a line from a point that is not beside the box ends; nil for one that is.
        func leader(from point: (x: Double, y: Double)) -> (x: Double, y: Double)? {
            guard abs(top + 8 - point.y) > 24 else { return nil }
            return (left > point.x ? left - 2 : left + width + 2, top + 8)
        }

        func meets(_ other: Box) -> Bool {
            left < other.left + other.width && other.left < left + width && top < other.top + other.height
                && other.top < top + height
        }
    }

    /// A box for each label beside its point that covers no point and no other label; nil where there is no room.
    ///
    /// Greedy: one after the other takes the first free position beside its point, or further off at the end of a line.
    /// To begin with labels that have the fewest choices would be better, but twenty points leave room enough.
    static func boxes(_ labels: [String], at points: [(x: Double, y: Double)], in plot: Plot) -> [Box?] {
        let marks = points.map { Box(left: $0.x - 6, top: $0.y - 6, width: 12, height: 12) }
        var taken: [Box] = []
        return zip(labels, points).enumerated().map { index, pair in
            let (label, point) = pair
            let width = TextWidth.of(label, size: Markup.fontSize)
            // A ring around a point that is singled out takes room.
            let (right, left, middle) = (point.x + 13, point.x - 13 - width, point.x - width / 2)
            let near = [
                (right, 0.0), (left, 0.0), (middle, -19.0), (middle, 18.0), (right, -12.0), (right, 12.0),
                (left, -12.0), (left, 12.0),
            ]
            let far = [34.0, 52.0].flatMap { rise in
                [(right + 8, -rise), (left - 8, -rise), (right + 8, rise), (left - 8, rise)]
            }
            let offers = (near + far).map { Box(left: $0.0, top: point.y - 8 + $0.1, width: width) }
            let free = offers.first { box in
                box.left >= plot.left && box.left + box.width <= Chart.width && box.top >= plot.top - 8
                    && box.top + box.height <= plot.bottom - 1
                    && !taken.contains { $0.meets(box) }
                    && !marks.enumerated().contains { $0.offset != index && $0.element.meets(box) }
            }
            if let free { taken.append(free) }
            return free
        }
    }
}
