/// XᵀX of an ``EASE`` fit with its content, before anything is added to the diagonal: what fits share that differ in
/// regularisation and dropout alone, as those of a search do.
struct EASEGram: Sendable {
    private let gram: DenseGram
    private let itemCount: Int
    /// The lower triangle over the known items; `itemCount`² elements.
    private let elements: RowStripes<Float>
    /// The options that decide the matrix.
    private let key: EASE.Options

    /// Whether fits with these options have this matrix.
    func serves(_ options: EASE.Options) -> Bool { key == options.decidingGram }

    /// Bytes of the matrix.
    var bytes: Int { 4 * itemCount * itemCount }

    /// Sums the products of the data. Cost: as an EASE fit without its inversion.
    /// - Throws: as ``EASE/fit(_:options:workers:)-(TrainingData,_,_)``.
    init(_ data: TrainingData, options: EASE.Options, workers: Int) async throws(FitError) {
        let roots = try EASE.roots(of: data, options)
        try await self.init(roots, data.features?.matrix, options, workers)
    }

    /// - Parameter features: items × features; nil for none.
    init(_ roots: CSRMatrix, _ features: CSRMatrix?, _ options: EASE.Options, _ workers: Int) async throws(FitError) {
        itemCount = roots.columnCount
        key = options.decidingGram
        gram = DenseGram(roots)
        guard !gram.known.isEmpty else { throw .emptyMatrix }
        let content = features.flatMap { [gram] features in
            options.contentWeight > 0 ? ContentGram(features, gram, options.contentWeight) : nil
        }
        elements = RowStripes<Float>(count: itemCount * itemCount)
        guard await gram.fill(elements, content: content, workers: workers) else { throw .cancelled }
    }

    /// Adds to the diagonal what the options say and inverts.
    /// - Parameter isLast: whether the matrix may be overwritten; else a copy of it is.
    /// - Throws: ``FitError`` for equations that λ is too small for, or cancellation.
    func fit(_ options: EASE.Options, isLast: Bool, workers: Int) async throws(FitError) -> EASE {
        let target = isLast ? elements : elements.copy()
        let ridge = options.regularization + options.relativeRegularization * gram.meanDiagonal
        let dropped = options.dropout / (1 - options.dropout)
        for rank in gram.known.indices {
            let place = rank * gram.known.count + rank
            target.write(target.read(place) + (ridge + dropped * gram.diagonal[rank]), at: place)
        }
        do {
            try await SymmetricInverse(target, count: gram.known.count).run(workers: workers)
        } catch .singular(let row) {
            throw .singular(item: Int(gram.known[row]))
        }
        let autoencoder = try DenseAutoencoder(target, known: gram.known)
        guard await autoencoder.finish(workers: workers) else { throw .cancelled }
        autoencoder.spread(to: itemCount)
        let weights = DenseMatrix(rowCount: itemCount, columnCount: itemCount, elements: target)
        return EASE(options: options, weights: weights)
    }
}

extension EASE.Options {
    /// The same options with all that does not decide XᵀX at one value.
    fileprivate var decidingGram: Self {
        var key = self
        (key.regularization, key.relativeRegularization, key.dropout) = (1, 0, 0)
        (key.halfLife, key.memoryLimit) = (nil, 0)
        return key
    }

    /// The same options with all that does not decide B at one value: a half-life of profiles counts when they are scored.
    var decidingWeights: Self {
        var key = self
        (key.halfLife, key.memoryLimit) = (nil, 0)
        return key
    }
}
