import RealModule

extension RP3Beta {
    /// Fits on a users × items matrix of interaction weights; weights at or below 0 count nothing.
    ///
    /// Cost: O(Σ over users of (their items)²) time on `workers` tasks under the caller's executor preference.
    /// The result is the same to the bit for any number of workers.
    /// - Throws: ``FitError`` for a matrix without entries, a value that is not finite, or cancellation.
    public static func fit(
        _ matrix: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> RP3Beta {
        try matrix.checkFittable()
        let weight = EntryWeight(
            .walk(alpha: options.alpha),
            saturation: options.saturation,
            columnCount: matrix.columnCount
        )
        let kernel = await NeighbourFit(
            matrix,
            weight: weight,
            neighbours: options.neighbours,
            workers: workers,
            scoring: { options.scoring(matrix, $0) }
        )
        guard let kernel, let similarity = await kernel.run(workers: workers) else { throw .cancelled }
        return RP3Beta(options: options, similarity: similarity)
    }
}

extension RP3Beta.Options {
    /// The factors of W that are one item's alone: deg_i^−α of the row and pop_j^−β of the column.
    fileprivate func scoring(_ matrix: CSRMatrix, _ ranked: RankedRows) -> PairScoring {
        var degrees = [Double](repeating: 0, count: matrix.columnCount)
        for entry in 0..<matrix.nonZeroCount {
            degrees[Int(matrix.indices[entry])] += Double(max(0, matrix.values[entry].saturated(by: saturation)))
        }
        let rows = ranked.items.map { item in
            let degree = degrees[Int(item)]
            return degree > 0 ? Float(Double.pow(degree, -Double(alpha))) : 0
        }
        let columns = ranked.counts().map { $0 > 0 ? Float.pow($0, -beta) : 0 }
        return PairScoring(rows: rows, columns: columns)
    }
}
