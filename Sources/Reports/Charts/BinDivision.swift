/// Values divided into bins: bin i holds those from edge i up to, but without, edge i + 1.
struct BinDivision {
    private(set) var edges: [Double]
    private(set) var counts: [Int]
    private let bins: Chart.Bins
    private let holdsIntegers: Bool

    var low: Double { edges[0] }
    var high: Double { edges[edges.count - 1] }

    /// Drawable values; above zero for the logarithmic kinds.
    init(_ values: [Double], bins: Chart.Bins) {
        holdsIntegers = !values.isEmpty && values.allSatisfy { $0 == $0.rounded() && $0.magnitude < 1e15 }
        let (low, high) = Extent(values).drawable(on: bins.scale)
        self.bins = bins
        switch bins {
        case .linear(let count):
            precondition(count > 0, "a histogram without bins")
            let step = RoundStep(span: high - low, count: count, integersOnly: holdsIntegers)
            if holdsIntegers, step.size == 1, let lowest = values.min(), let highest = values.max() {
                // A bin for each number, centred on it.
                // Fewer than five bins would be walls, not bars: empty ones stand beside them.
                let room = max(0, ((4 - (highest - lowest)) / 2).rounded(.up))
                edges = Array(stride(from: lowest - 0.5 - room, through: highest + 0.5 + room, by: 1))
            } else {
                let first = step.indexBelow(low)
                var last = max(step.indexAbove(high), first + 1)
                // No bin holds its upper edge: the greatest value needs one that begins below it.
                if let highest = values.max(), step.value(last) <= highest { last += 1 }
                edges = (first...last).map { step.value($0) }
            }
        case .logarithmic(let perDecade):
            precondition(perDecade > 0, "a histogram without bins")
            let first = Int((Decade.logarithm(low) * Double(perDecade) + 1e-9).rounded(.down))
            var last = Int((Decade.logarithm(high) * Double(perDecade) - 1e-9).rounded(.up))
            func edge(_ index: Int) -> Double {
                index.isMultiple(of: perDecade)
                    ? Decade.power(index / perDecade) : Decade.exponential(Double(index) / Double(perDecade))
            }
            last = max(last, first + 1)
            if let highest = values.max(), edge(last) <= highest { last += 1 }
            edges = (first...last).map(edge)
        case .doubling:
            var edges = [1.0]
            while edges[0] > low { edges.insert(edges[0] / 2, at: 0) }
            while edges[edges.count - 1] <= (values.max() ?? high) { edges.append(edges[edges.count - 1] * 2) }
            while edges.count > 2, edges[1] <= low { edges.removeFirst() }
            self.edges = edges
        }
        counts = [Int](repeating: 0, count: edges.count - 1)
        for value in values {
            // The last edge at or below the value.
            var below = 0
            var above = edges.count - 1
            while above - below > 1 {
                let middle = (below + above) / 2
                if edges[middle] <= value { below = middle } else { above = middle }
            }
            counts[below] += 1
        }
    }

    func ticks(format: ValueFormat) -> [Tick] {
        switch bins {
        case .linear: Ticks.linear(from: low, to: high, about: 8, format: format)
        // Where the edges are powers of two from 1 on, the ticks are too.
        case .doubling where low >= 1: edges.map { Tick(value: $0, label: format.tick($0, places: 0)) }
        case .logarithmic, .doubling: Ticks.logarithmic(from: low, to: high, format: format)
        }
    }

    /// `4–7` for integers, `4 to 8` for others.
    func name(_ bin: Int, format: ValueFormat) -> String {
        let (start, end) = (edges[bin], edges[bin + 1])
        if holdsIntegers, end - start >= 1 {
            let first = start.rounded(.up)
            let last = end.rounded(.up) - 1
            return first == last ? format.text(first) : "\(format.text(first))–\(format.text(last))"
        }
        return "\(format.text(start)) to \(format.text(end))"
    }
}
