extension BasketModel {
    /// Fits on the orders of a log; where orders are not known, what one user met at the same time is an order.
    ///
    /// Cost: O(Σ over orders of (their items)²).
    /// - Throws: ``FitError`` for a log without rows, a weight or time that is not finite, or cancellation.
    public static func fit(
        _ log: InteractionLog,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> BasketModel {
        try log.checkFittable()
        return try await fit(log.baskets(), options: options, workers: workers)
    }

    /// Fits on an orders × items matrix; every value above 0 says that the item is in the order.
    ///
    /// Cost: O(Σ over orders of (their items)²) time on `workers` tasks under the caller's executor preference.
    /// The result is the same to the bit for any number of workers.
    /// - Throws: ``FitError`` for a matrix without entries, a value that is not finite, or cancellation.
    public static func fit(
        _ orders: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> BasketModel {
        try orders.checkFittable()
        var counts = [Int32](repeating: 0, count: orders.columnCount)
        for entry in 0..<orders.nonZeroCount where orders.values[entry] > 0 { counts[Int(orders.indices[entry])] += 1 }
        let total = Float(orders.rowCount)
        let kernel = await NeighbourFit(
            orders,
            weight: EntryWeight(.binary, columnCount: orders.columnCount),
            neighbours: options.neighbours,
            workers: workers,
            scoring: { ranked in
                let columns = ranked.counts().map { $0 > 0 ? 1 / $0 : 0 }
                return PairScoring(
                    rows: columns.map { $0 * total },
                    columns: columns,
                    shrinkage: options.shrinkage,
                    floor: Float(options.minimumSupport)
                )
            }
        )
        guard let kernel, let similarity = await kernel.run(workers: workers) else { throw .cancelled }
        let supports = options.supports(of: similarity, counts: counts, total: orders.rowCount)
        return BasketModel(options: options, similarity: similarity, supports: supports, orderCounts: counts)
    }
}

extension BasketModel.Options {
    /// Common orders of each kept pair, from its similarity: s = c² / (c + λ) · N / (c_i · c_j) solved for c and rounded.
    /// The similarity is exact to a part in a million, so the whole number is right for up to some 100,000 orders.
    fileprivate func supports(of similarity: CSRMatrix, counts: [Int32], total: Int) -> [Int32] {
        var supports: [Int32] = []
        supports.reserveCapacity(similarity.nonZeroCount)
        for row in 0..<similarity.rowCount {
            for entry in similarity.entries(ofRow: row) {
                let expected = Double(counts[row]) * Double(counts[Int(similarity.indices[entry])]) / Double(total)
                let scaled = Double(similarity.values[entry]) * expected
                let count = (scaled + (scaled * (scaled + 4 * Double(shrinkage))).squareRoot()) / 2
                supports.append(Int32(count.rounded()))
            }
        }
        return supports
    }
}
