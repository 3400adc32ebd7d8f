/// The all-pairs kernel of ``ItemKNN``: similarities of items over their common users, each pair once, never dense.
///
/// For each item, from the most popular on, the products with the more popular items of its users are summed into a
/// vector as long as its rank; each sum is then offered to both items' heaps. A pair's sum is always taken in the
/// less popular item's turn and in the order of users, so it has the same bits whichever worker does it.
struct NeighbourFit: Sendable {
    let ranked: RankedRows
    /// 1 / Euclidean length of each item's vector by rank, or 1 where similarity is the plain product.
    let scales: [Float]
    let shrinkage: Float
    let k: Int

    /// Lays the matrix out for the kernel; nil when cancelled.
    init?(_ matrix: CSRMatrix, options: ItemKNN.Options, workers: Int) async {
        let weight = EntryWeight(options, matrix: matrix)
        guard let ranked = await RankedRows.make(matrix, weight: weight, workers: workers) else { return nil }
        self.ranked = ranked
        scales = options.weighting == .cosine ? ranked.inverseNorms() : [Float](repeating: 1, count: ranked.items.count)
        shrinkage = options.shrinkage
        k = max(1, min(options.neighbours, matrix.columnCount - 1))
    }

    /// One worker's sums and heaps.
    struct Workspace: Sendable {
        /// Sums by rank, −0 where nothing was added.
        var sums: [Float]
        var touched: [Int32]
        var table: TopKTable
    }

    /// Similarities with the best `k` of each row, in original numbering; nil when cancelled.
    func run(workers: Int) async -> CSRMatrix? {
        let count = ranked.items.count
        let plan = StripePlan(offsets: costs(), rows: 0..<count, stripes: max(32, 16 * workers))
        let states = await runWorkers(
            stripes: plan.ranges.count,
            workers: workers,
            makeState: {
                Workspace(
                    sums: [Float](repeating: -0.0, count: count),
                    touched: [Int32](repeating: 0, count: count + 1),
                    table: TopKTable(rows: count, k: k)
                )
            },
            body: { stripe, workspace in
                for rank in plan.ranges[stripe] { addPairs(of: rank, to: &workspace) }
            }
        )
        return states.map { similarities(of: $0.map(\.table)) }
    }

    /// Running cost of the ranks: multiplications of the item's turn plus the scan of its sums.
    private func costs() -> [Int] {
        ranked.withSpans { _, occurrences in
            var costs = [0]
            costs.reserveCapacity(ranked.items.count + 1)
            for rank in ranked.items.indices {
                var work = min(rank, 64)
                for entry in ranked.indptr[rank]..<ranked.indptr[rank + 1] {
                    work += 8 + Int(occurrences[entry].place - occurrences[entry].start)
                }
                costs.append(costs[rank] + work)
            }
            return costs
        }
    }
}
