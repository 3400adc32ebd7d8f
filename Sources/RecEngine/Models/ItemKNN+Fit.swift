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
        let kernel = await NeighbourFit(
            matrix,
            weight: options.entryWeight(for: matrix),
            neighbours: options.neighbours,
            workers: workers,
            scoring: options.scoring
        )
        guard let kernel,
            let similarity = await kernel.run(workers: workers)
        else { throw .cancelled }
        return ItemKNN(options: options, similarity: similarity)
    }
}

extension ItemKNN.Options {
    fileprivate func entryWeight(for matrix: CSRMatrix) -> EntryWeight {
        switch weighting {
        case .cosine: EntryWeight(.saturated, saturation: saturation, columnCount: matrix.columnCount)
        case .bm25(let k1, let b): EntryWeight(bm25: matrix, k1: k1, b: b)
        case .tfidf: EntryWeight(.tfidf, columnCount: matrix.columnCount)
        case .jaccard, .lift: EntryWeight(.binary, columnCount: matrix.columnCount)
        }
    }

    fileprivate func scoring(_ ranked: RankedRows) -> PairScoring {
        switch weighting {
        case .cosine, .tfidf: PairScoring(rows: ranked.inverseNorms(), shrinkage: shrinkage)
        case .bm25: PairScoring(rows: [Float](repeating: 1, count: ranked.items.count), shrinkage: shrinkage)
        case .jaccard: PairScoring(rows: ranked.counts(), shrinkage: shrinkage, isJaccard: true)
        case .lift: PairScoring(rows: ranked.counts().map { $0 > 0 ? 1 / $0 : 0 }, shrinkage: shrinkage)
        }
    }
}
