extension ItemKNN {
    /// Fits on a users × items matrix of interaction weights. Empty rows and columns are legal.
    ///
    /// Cost: O(Σ over users of (their items)²) time on `workers` tasks under the caller's executor preference.
    /// The result is the same to the bit for any number of workers.
    /// - Throws: ``FitError`` for a matrix without entries, a value that is not finite, or cancellation.
    public static func fit(
        _ matrix: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> ItemKNN {
        try matrix.checkFittable()
        guard let kernel = await NeighbourFit(matrix, options: options, workers: workers),
            let similarity = await kernel.run(workers: workers)
        else { throw .cancelled }
        return ItemKNN(options: options, similarity: similarity)
    }
}
