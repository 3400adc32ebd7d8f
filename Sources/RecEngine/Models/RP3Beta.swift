import RealModule

/// Random walks of three steps over the graph of users and items, with popular items held back.
///
/// P3α: Cooper, Lee, Radzik, Siantos, "Random walks in recommender systems" (WWW companion 2014). RP3β: Paudel,
/// Christoffel, Newell, Bernstein, "Updatable, accurate, diverse, and scalable recommendations for interactive
/// applications" (TiiS 2017). A walk goes from the person to an item of theirs, to one of its users, to an item of that
/// user. The two last steps are a matrix W with
/// W_ij = Σ over users u of (x_ui / deg_i)^α · (x_uj / deg_u)^α / pop_j^β, where x are saturated weights, deg_i and
/// deg_u their sums over an item's users and a user's items, and pop_j the number of j's users. The first step gives
/// each profile item its weight to the power α; leaving out the person's own degree changes no order.
///
/// Only the `neighbours` largest of each row of W are kept, so a score is a sum over the profile and evidence is exact.
public struct RP3Beta: SimilarityRecommender {
    /// Stored name of the algorithm.
    public static let algorithm = "rp3beta"

    /// How the model is fitted and applied.
    public struct Options: Sendable, Equatable, Codable {
        /// α: the power of each step's probability. Below 1 it evens out strong and weak ties.
        public var alpha: Float
        /// β: the power of an item's popularity by which it is divided; 0 is P3α.
        public var beta: Float
        /// Neighbours kept for each item.
        public var neighbours: Int
        /// s of a weight's saturation w · (1 + s) / (|w| + s): 0 uses the sign alone, large values the weight itself.
        public var saturation: Float
        /// Half-life of a profile entry in seconds, counted back from the profile's newest entry; nil for no decay.
        public var halfLife: Double?

        /// Options. The defaults were chosen on the same tuning slice as those of ``ItemKNN/Options``.
        public init(
            alpha: Float = 0.5,
            beta: Float = 0.5,
            neighbours: Int = 15,
            saturation: Float = 1,
            halfLife: Double? = 60 * 86_400
        ) {
            self.alpha = alpha
            self.beta = beta
            self.neighbours = neighbours
            self.saturation = saturation
            self.halfLife = halfLife
            requireValid()
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// W: row p holds what profile item p gives to other items. No diagonal.
    public let similarity: CSRMatrix

    /// The profile's weights, saturated, decayed and taken to the power α. A weight at or below 0 gives nothing.
    public func weigh(_ profile: Profile, into weights: inout [Float]) {
        profile.weigh(saturation: options.saturation, halfLife: options.halfLife, into: &weights)
        for position in weights.indices {
            weights[position] = weights[position] > 0 ? Float.pow(weights[position], options.alpha) : 0
        }
    }
}

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
        let similarity = try await NeighbourFit.similarity(
            matrix,
            weight: {
                EntryWeight(.walk(alpha: options.alpha), saturation: options.saturation, columnCount: $0.columnCount)
            },
            neighbours: options.neighbours,
            workers: workers,
            scoring: { options.scoring(matrix, $0) }
        )
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

extension RP3Beta {
    /// The matrix W as scipy stores one, with the options beside it.
    public func archive() -> NPZArchive {
        var archive = similarity.archive()
        archive.append(options)
        return archive
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let similarity = try CSRMatrix(squareOf: archive)
        var options = Options()
        try archive.read(into: &options)
        self.init(options: options, similarity: similarity)
    }
}
