import RealModule

extension EASE {
    /// Fits on interactions, each pair decayed from the time of its last one to the end of the data; one later than that
    /// counts in full.
    ///
    /// Cost: O(items³ + Σ over users of (their items)²) time on `workers` tasks under the caller's executor preference;
    /// memory as ``requiredBytes(itemCount:)`` says. The result is the same to the bit for any number of workers.
    /// - Throws: ``FitError`` for data without a positive weight, a weight or time that is not finite (the row is the
    ///   user), too many items for the memory limit, equations that λ is too small for, or cancellation.
    public static func fit(
        _ data: TrainingData,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> EASE {
        try checkMemory(itemCount: data.matrix.columnCount, options)
        try data.matrix.checkFittable()
        if options.fitHalfLife != nil {
            for row in 0..<data.profiles.count where !data.profiles[row].entries.allSatisfy(\.time.isFinite) {
                throw .nonFinite(row: row)
            }
        }
        var decay: (Int) -> Float = { _ in 1 }
        if let halfLife = options.fitHalfLife {
            let entries = data.profiles.entries
            let now = decayOrigin(now: data.now, newest: entries[...].newestTime, halfLife: halfLife)
            decay = { place in
                let ages = max(0, now - entries[place].time) / halfLife
                return ages > Self.mostHalfLives ? 0 : Float(Double.exp2(-ages))
            }
        }
        let roots = roots(of: data.matrix, options, decay: decay)
        return try await fit(roots: roots, features: data.features?.matrix, options: options, workers: workers)
    }

    /// Pairs older than so many half-lives have no strength: beside the others they are below single precision, and items
    /// that have nothing else would make the equations singular.
    private static let mostHalfLives = 20.0

    /// Fits on a users × items matrix of interaction weights, without decay and features. Empty rows and columns are legal.
    ///
    /// Cost and errors as in ``fit(_:options:workers:)-(TrainingData,_,_)``.
    public static func fit(
        _ matrix: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> EASE {
        try checkMemory(itemCount: matrix.columnCount, options)
        try matrix.checkFittable()
        let roots = roots(of: matrix, options) { _ in 1 }
        return try await fit(roots: roots, features: nil, options: options, workers: workers)
    }

    private static func checkMemory(itemCount: Int, _ options: Options) throws(FitError) {
        let bytes = requiredBytes(itemCount: itemCount)
        guard bytes <= options.memoryLimit else { throw .tooLarge(bytes: bytes, limit: options.memoryLimit) }
    }

    /// The roots of the strengths; pairs without strength are left out.
    private static func roots(of matrix: CSRMatrix, _ options: Options, decay: (Int) -> Float) -> CSRMatrix {
        var indptr = [0]
        var indices: [Int32] = []
        var values: [Float] = []
        indptr.reserveCapacity(matrix.rowCount + 1)
        indices.reserveCapacity(matrix.nonZeroCount)
        values.reserveCapacity(matrix.nonZeroCount)
        for row in 0..<matrix.rowCount {
            for place in matrix.entries(ofRow: row) {
                let strength = options.strength(matrix.values[place]) * decay(place)
                guard strength > 0 else { continue }
                indices.append(matrix.indices[place])
                values.append(strength.squareRoot())
            }
            indptr.append(indices.count)
        }
        return CSRMatrix(
            rowCount: matrix.rowCount,
            columnCount: matrix.columnCount,
            indptr: indptr,
            indices: indices,
            values: values
        )
    }

    private static func fit(
        roots: CSRMatrix,
        features: CSRMatrix?,
        options: Options,
        workers: Int
    ) async throws(FitError) -> EASE {
        let itemCount = roots.columnCount
        let gram = DenseGram(roots)
        guard !gram.known.isEmpty else { throw .emptyMatrix }
        let ridge = options.regularization + options.relativeRegularization * gram.meanDiagonal
        let content = features.flatMap {
            options.contentWeight > 0 ? ContentGram($0, gram, options.contentWeight) : nil
        }
        let elements = RowStripes<Float>(count: itemCount * itemCount)
        guard await gram.fill(elements, ridge: ridge, content: content, workers: workers) else { throw .cancelled }
        do {
            try await SymmetricInverse(elements, count: gram.known.count).run(workers: workers)
        } catch .singular(let row) {
            throw .singular(item: Int(gram.known[row]))
        }
        let autoencoder = try DenseAutoencoder(elements, known: gram.known)
        guard await autoencoder.finish(workers: workers) else { throw .cancelled }
        autoencoder.spread(to: itemCount)
        let weights = DenseMatrix(rowCount: itemCount, columnCount: itemCount, elements: elements)
        return EASE(options: options, weights: weights)
    }
}
