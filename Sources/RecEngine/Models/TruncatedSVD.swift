/// The largest singular values and vectors of the users × items matrix, and what they say of a profile.
///
/// Computed by random projection with power iterations: Halko, Martinsson, Tropp, "Finding structure with randomness"
/// (SIAM Review 2011). As a recommender it is PureSVD of Cremonesi, Koren, Turrin, "Performance of recommender algorithms
/// on top-N recommendation tasks" (RecSys 2010): with V the item factors, a profile w scores (w V) Vᵀ, so an entry adds
/// w_p · ⟨v_p, v_i⟩ to item i and evidence is exact. Items without interactions have factors 0 and score 0.
public struct TruncatedSVD: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "truncated_svd"

    /// How the model is fitted and applied.
    public struct Options: Sendable, Equatable, Codable {
        /// Singular values and vectors kept.
        public var factors: Int
        /// Power iterations; each brings the vectors closer to the true ones and costs two passes over the entries.
        public var iterations: Int
        /// Directions sampled beyond `factors`, at least; the number in all is rounded up to a multiple of 16.
        public var oversampling: Int
        /// Seed of the random directions.
        public var seed: UInt64
        /// s of a weight's saturation w · (1 + s) / (|w| + s), in the fit and in profiles: 0 uses the sign alone, large
        /// values the weight itself.
        public var saturation: Float
        /// Half-life of a profile entry in seconds, counted back from the profile's newest entry; nil for no decay.
        public var halfLife: Double?

        /// Options; iterations and oversampling are those the paper finds enough for slowly falling singular values.
        public init(
            factors: Int = 64,
            iterations: Int = 5,
            oversampling: Int = 10,
            seed: UInt64 = 0,
            saturation: Float = 1,
            halfLife: Double? = 120 * 86_400
        ) {
            self.factors = factors
            self.iterations = iterations
            self.oversampling = oversampling
            self.seed = seed
            self.saturation = saturation
            self.halfLife = halfLife
            requireValid()
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// V, items × factors: orthonormal columns; those beyond the rank of the matrix are 0. Of each column the component
    /// of largest magnitude is positive.
    public let itemFactors: DenseMatrix
    /// Singular values, largest first, one a factor.
    public let singularValues: [Float]

    /// Number of items.
    public var itemCount: Int { itemFactors.rowCount }

    /// A workspace for this model.
    public func makeScratch() -> Scratch { Scratch() }
}

extension TruncatedSVD {
    /// Fits on a users × items matrix of interaction weights, saturated. Empty rows and columns are legal.
    ///
    /// Cost: with f = factors + oversampling and i iterations O(i · (entries · f + (users + items) · f²) + f³) time on
    /// `workers` tasks under the caller's executor preference; 4 · f bytes a user and item, twice, and a second copy of the
    /// matrix. The same to the bit for any number of workers.
    /// - Throws: ``FitError`` for a matrix without entries, a value that is not finite, or cancellation.
    public static func fit(
        _ matrix: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> TruncatedSVD {
        try matrix.checkFittable()
        let saturated = matrix.replacing(values: matrix.values.map { $0.saturated(by: options.saturation) })
        guard let found = await components(of: saturated, options, workers) else { throw .cancelled }
        return TruncatedSVD(options: options, itemFactors: found.components, singularValues: found.values)
    }

    private static func components(
        of matrix: CSRMatrix,
        _ options: Options,
        _ workers: Int
    ) async -> (components: DenseMatrix, values: [Float])? {
        // More directions than the matrix has rows or columns would find nothing more, at a cost of their number cubed.
        // Columns come in vectors of 16, so directions up to the next multiple cost nothing.
        let most = min(matrix.rowCount, matrix.columnCount)
        let width = (min(options.factors + options.oversampling, most) + 15) / 16 * 16
        let found = min(options.factors, width)
        let transpose = matrix.transposed()
        var directions = randomDirections(matrix.columnCount, width, seed: options.seed)
        for _ in 0..<options.iterations {
            guard let image = await matrix.multiplied(by: directions, workers: workers),
                let range = await DenseOrthonormal(image, passes: 1, workers: workers),
                let back = await transpose.multiplied(by: range.basis, workers: workers),
                let next = await DenseOrthonormal(back, passes: 1, workers: workers)
            else { return nil }
            directions = next.basis
        }
        // X ≈ Q Zᵀ with Z = Xᵀ Q = P R: the left singular vectors of R turn P into those of Z, which are the right ones of X.
        guard let image = await matrix.multiplied(by: directions, workers: workers),
            let range = await DenseOrthonormal(image, passes: 2, workers: workers),
            let projection = await transpose.multiplied(by: range.basis, workers: workers),
            let basis = await DenseOrthonormal(projection, passes: 2, workers: workers)
        else { return nil }
        let columns = (0..<width).map { column in (0..<width).map { basis.factor[$0 * width + column] } }
        let small = DenseJacobi(columns: columns)
        // What is this small against the largest is rounding; its vector would be arbitrary.
        let floor = 1e-6 * (small.values.first ?? 0)
        var rotation = [Float](repeating: 0, count: width * options.factors)
        for factor in 0..<found where small.values[factor] > floor {
            for row in 0..<width { rotation[row * options.factors + factor] = Float(small.vectors[factor][row]) }
        }
        let rotated = await basis.basis.multiplied(bySmall: rotation, columns: options.factors, workers: workers)
        guard let rotated else { return nil }
        var values = small.values.prefix(found).map { $0 > floor ? Float($0) : 0 }
        values += [Float](repeating: 0, count: options.factors - found)
        return (rotated.withPositivePeaks, values)
    }

    /// Random signs, each row from a generator of its own.
    private static func randomDirections(_ rows: Int, _ width: Int, seed: UInt64) -> DenseMatrix {
        let elements = RowStripes<Float>(count: rows * width)
        for row in 0..<rows {
            var generator = SeededGenerator(seed: seed, stream: UInt64(row))
            for start in stride(from: 0, to: width, by: 16) {
                let bits = generator.next() >> 48
                for column in 0..<16 {
                    elements.write(bits >> column & 1 == 0 ? 1 : -1, at: row * width + start + column)
                }
            }
        }
        return DenseMatrix(rowCount: rows, columnCount: width, elements: elements)
    }
}

extension DenseMatrix {
    /// The columns with the sign at which their element of largest magnitude, of equal ones the first, is positive.
    fileprivate var withPositivePeaks: DenseMatrix {
        var values = self.values
        var peaks = [Float](repeating: 0, count: columnCount)
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                let value = values[row * columnCount + column]
                if abs(value) > abs(peaks[column]) { peaks[column] = value }
            }
        }
        for row in 0..<rowCount {
            for column in 0..<columnCount where peaks[column] < 0 { values[row * columnCount + column].negate() }
        }
        return DenseMatrix(rowCount: rowCount, columnCount: columnCount, values: values)
    }

}

extension TruncatedSVD {
    /// Writes all scores. Cost: O((profile + items) × factors).
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        let sum = addFactors(of: profile, scratch: &scratch)
        var output = scores.mutableSpan
        for item in 0..<itemCount { output[item] = itemFactors.dot(item, sum) }
        scratch.factors = sum
    }

    /// The profile's weights times the products of the factors. Cost: O(profile × factors).
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        guard isKnown(item) else { return [Float](repeating: 0, count: profile.count) }
        weigh(profile, into: &scratch.weights)
        let factors = itemFactors.row(Int(item))
        return zip(profile.entries, scratch.weights).map { entry, weight in
            weight == 0 ? 0 : weight * itemFactors.dot(Int(entry.item), factors)
        }
    }

    /// The items with the most similar columns: the cosine of factors times singular values. Cost: O(items × factors).
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        guard isKnown(item) else { return [] }
        let own = scaled(Int(item))
        let length = Self.dot(own, own).squareRoot()
        var top = TopK()
        top.reset(capacity: min(count, itemCount))
        for other in 0..<Int32(itemCount) where other != item && allowing?.contains(other) ?? true {
            let factors = scaled(Int(other))
            let score = Self.dot(own, factors) / (length * Self.dot(factors, factors).squareRoot())
            top.offer(ScoredItem(item: other, score: score))
        }
        return top.drained()
    }

    private func scaled(_ item: Int) -> [Float] {
        zip(itemFactors.row(item), singularValues).map { $0 * $1 }
    }

    private static func dot(_ first: [Float], _ second: [Float]) -> Float {
        zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The weighted sum of the factors of the profile's items, in the scratch's vector, which is to be given back.
    private func addFactors(of profile: Profile, scratch: inout Scratch) -> [Float] {
        weigh(profile, into: &scratch.weights)
        var sum: [Float] = []
        swap(&sum, &scratch.factors)
        sum.removeAll(keepingCapacity: true)
        sum.append(contentsOf: repeatElement(0, count: itemFactors.columnCount))
        for (position, entry) in profile.entries.enumerated() where scratch.weights[position] != 0 {
            itemFactors.addRow(Int(entry.item), weight: scratch.weights[position], to: &sum)
        }
        return sum
    }

    /// Weights of the profile's entries: saturated, and halved for each half-life an entry is older than the newest; 0
    /// for items outside the model.
    private func weigh(_ profile: Profile, into weights: inout [Float]) {
        profile.weigh(halfLife: options.halfLife, into: &weights) { entry in
            isKnown(entry.item) ? entry.weight.saturated(by: options.saturation) : 0
        }
    }
}

extension TruncatedSVD {
    /// The item factors as items × factors 32-bit floats and the singular values, with the options beside them.
    public func archive() -> NPZArchive {
        var archive = NPZArchive([
            NPYArray(name: "item_factors", itemFactors), NPYArray(name: "singular_values", singularValues),
            NPYArray(name: "oversampling", number: Double(options.oversampling)),
            NPYArray(name: "seed", [Int64(bitPattern: options.seed)]),
        ])
        archive.append(options)
        return archive
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let itemFactors = try archive.matrix("item_factors")
        guard (1...4096).contains(itemFactors.columnCount) else {
            throw ArchiveError(.wrongShape, "item_factors", "must have 1 to 4096 columns")
        }
        let values = try archive.floats("singular_values")
        guard values.count == itemFactors.columnCount else {
            throw ArchiveError(.wrongShape, "singular_values", "must be one a factor")
        }
        guard values.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw ArchiveError(.invalidContents, "singular_values", "must be finite and at least 0")
        }
        var options = Options(
            factors: itemFactors.columnCount,
            oversampling: try archive.integer("oversampling", in: 0...4096),
            seed: try archive.seed()
        )
        try archive.read(into: &options)
        self.init(options: options, itemFactors: itemFactors, singularValues: values)
    }
}
