import RealModule

/// The all-pairs kernel of ``ItemKNN``: similarities of items over their common users, never dense.
struct NeighbourFit: Sendable {
    private let users: CSRMatrix
    private let items: CSRMatrix
    private let norms: [Float]
    private let options: ItemKNN.Options

    init(_ matrix: CSRMatrix, options: ItemKNN.Options) {
        let weighted = matrix.weighted(options.weighting)
        let items = weighted.transposed()
        self.users = weighted
        self.items = items
        self.options = options
        self.norms = (0..<items.rowCount).map { row in
            Float(items.entries(ofRow: row).reduce(0.0) { $0 + Double(items.values[$1]) * Double(items.values[$1]) })
                .squareRoot()
        }
    }

    func run(workers: Int) async -> CSRMatrix? {
        let plan = StripePlan(offsets: items.indptr, rows: 0..<items.rowCount, stripes: 64)
        let itemCount = items.rowCount
        let parts = await runStripes(
            plan.ranges.count,
            workers: workers,
            makeState: { Scratch(itemCount: itemCount) },
            body: { stripe, scratch in
                plan.ranges[stripe].map { neighbours(of: $0, scratch: &scratch) }
            }
        )
        guard let parts else { return nil }
        var builder = COOBuilder(rowCount: itemCount, columnCount: itemCount)
        var item: Int32 = 0
        for part in parts {
            for row in part {
                for entry in row { builder.append(row: item, column: entry.item, value: entry.score) }
                item += 1
            }
        }
        return builder.build(combining: .last)
    }

    private func neighbours(of item: Int, scratch: inout Scratch) -> [ScoredItem] {
        for entry in items.entries(ofRow: item) {
            let user = Int(items.indices[entry])
            let weight = items.values[entry]
            for place in users.entries(ofRow: user) {
                let other = users.indices[place]
                if scratch.accumulator.values[Int(other)] == 0 {
                    scratch.accumulator.touched[scratch.accumulator.touchedCount] = other
                    scratch.accumulator.touchedCount += 1
                }
                scratch.accumulator.values[Int(other)] += weight * users.values[place]
            }
        }
        scratch.top.reset(capacity: options.neighbours)
        for place in 0..<scratch.accumulator.touchedCount {
            let other = scratch.accumulator.touched[place]
            guard Int(other) != item else { continue }
            let denominator = norms[item] * norms[Int(other)] + options.shrinkage
            let score = scratch.accumulator.values[Int(other)] / denominator
            if score > 0 { scratch.top.offer(ScoredItem(item: other, score: score)) }
        }
        scratch.accumulator.reset()
        var list: [ScoredItem] = []
        scratch.top.drain(into: &list)
        return list
    }
}

extension CSRMatrix {
    /// The matrix with its values weighted as the option says. BM25 as in the search engine: an item is the document,
    /// its users are the terms, the weight of an interaction is the term frequency.
    func weighted(_ weighting: ItemKNN.Options.Weighting) -> CSRMatrix {
        guard case .bm25(let k1, let b) = weighting else { return self }
        var lengths = [Double](repeating: 0, count: columnCount)
        for entry in 0..<nonZeroCount { lengths[Int(indices[entry])] += Double(values[entry]) }
        let mean = lengths.reduce(0, +) / Double(max(columnCount, 1))
        let penalties = lengths.map { Float(Double(k1) * (1 - Double(b) + Double(b) * $0 / mean)) }
        var weighted = values
        for row in 0..<rowCount {
            let range = entries(ofRow: row)
            let idf = Float(Double.log(Double(columnCount)) - Double.log(onePlus: Double(range.count)))
            for entry in range {
                let value = values[entry]
                weighted[entry] = value * (k1 + 1) / (penalties[Int(indices[entry])] + value) * idf
            }
        }
        return CSRMatrix(
            rowCount: rowCount,
            columnCount: columnCount,
            indptr: indptr,
            indices: indices,
            values: weighted
        )
    }
}
