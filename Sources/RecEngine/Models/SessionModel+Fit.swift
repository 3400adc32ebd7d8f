extension SessionModel {
    /// Fits on the sessions of a log: its orders where they are known, else runs of one user's rows.
    ///
    /// Cost: O(rows · log rows + Σ over sessions of (their items)²).
    /// - Throws: ``FitError`` for a log without rows, a weight or time that is not finite, or cancellation.
    public static func fit(
        _ log: InteractionLog,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> SessionModel {
        try log.checkFittable()
        return try await fit(log.sessions(silence: options.gap), options: options, workers: workers)
    }

    /// Fits on a sessions × items matrix; every value above 0 says that the item is in the session.
    ///
    /// Cost: O(Σ over sessions of (their items)²) time on `workers` tasks under the caller's executor preference.
    /// The result is the same to the bit for any number of workers.
    /// - Throws: ``FitError`` for a matrix without entries, a value that is not finite, or cancellation.
    public static func fit(
        _ sessions: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> SessionModel {
        try sessions.checkFittable()
        let kernel = await NeighbourFit(
            sessions,
            weight: EntryWeight(.binary, columnCount: sessions.columnCount),
            neighbours: options.neighbours,
            workers: workers,
            scoring: { PairScoring(rows: $0.inverseNorms(), shrinkage: options.shrinkage) }
        )
        guard let kernel, let similarity = await kernel.run(workers: workers) else { throw .cancelled }
        return SessionModel(options: options, similarity: similarity)
    }

    /// The similarities as scipy stores a matrix, with the options beside them.
    public func archive() -> NPZArchive {
        var archive = similarity.archive()
        archive.arrays.append(NPYArray(name: "algorithm", string: Self.algorithm))
        archive.arrays.append(NPYArray(name: "last_items", number: Double(options.lastItems)))
        archive.arrays.append(NPYArray(name: "decay", number: Double(options.decay)))
        archive.arrays.append(NPYArray(name: "neighbours", number: Double(options.neighbours)))
        archive.arrays.append(NPYArray(name: "shrinkage", number: Double(options.shrinkage)))
        archive.arrays.append(NPYArray(name: "gap", number: options.gap))
        return archive
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let similarity = try CSRMatrix(squareOf: archive)
        let decay = try archive.nonNegative("decay")
        guard decay > 0, decay <= 1 else {
            throw ArchiveError(.invalidContents, "decay", "is not above 0 and at most 1")
        }
        let gap = try archive.number("gap")
        guard gap > 0 else { throw ArchiveError(.invalidContents, "gap", "is not above 0") }
        let options = Options(
            lastItems: try archive.integer("last_items", in: 1...Int(Int32.max)),
            decay: decay,
            neighbours: try archive.integer("neighbours", in: 1...Int(Int32.max)),
            shrinkage: try archive.nonNegative("shrinkage"),
            gap: gap
        )
        self.init(options: options, similarity: similarity)
    }
}
