/// The all-pairs kernel of the neighbour models: similarities of items over their common users (or orders, or
/// sessions), each pair once, never dense.
///
/// For each item, from the most popular on, the products with the more popular items of its users are summed into a
/// vector as long as its rank; each sum then becomes a similarity for either side's row. A pair's sum is always taken
/// in the less popular item's turn and in the order of users, so it has the same bits whichever worker does it.
struct NeighbourFit: Sendable {
    let ranked: RankedRows
    let scoring: PairScoring
    let k: Int

    /// Lays the matrix out for the kernel; nil when cancelled.
    init?(
        _ matrix: CSRMatrix,
        weight: EntryWeight,
        neighbours: Int,
        workers: Int,
        scoring: (RankedRows) -> PairScoring
    ) async {
        guard let ranked = await RankedRows.make(matrix, weight: weight, workers: workers) else { return nil }
        self.ranked = ranked
        self.scoring = scoring(ranked)
        k = max(1, min(neighbours, matrix.columnCount - 1))
    }

    /// One worker's sums by rank and its best neighbours.
    struct Workspace: Sendable {
        var sums: SparseAccumulator
        var table: TopKTable
    }

    /// Similarities with the best `k` of each row, in original numbering; nil when cancelled.
    func run(workers: Int) async -> CSRMatrix? {
        let count = ranked.items.count
        let plan = StripePlan(offsets: costs(), rows: 0..<count, stripes: max(32, 16 * workers))
        let states = await runWorkers(
            stripes: plan.ranges.count,
            workers: workers,
            makeState: { Workspace(sums: SparseAccumulator(count: count), table: TopKTable(rows: count, k: k)) },
            body: { stripe, workspace in
                for rank in plan.ranges[stripe] { addPairs(of: rank, to: &workspace) }
            }
        )
        guard let states else { return nil }
        return await similarities(of: states.map(\.table), workers: workers)
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
