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
            precondition(factors > 0 && factors <= 4096, "factors must be in 1...4096")
            precondition((0...100).contains(iterations), "iterations must be in 0...100")
            precondition((0...4096).contains(oversampling), "oversampling must be in 0...4096")
            precondition(saturation >= 0 && saturation.isFinite, "saturation must be at least 0")
            precondition(halfLife.map { $0 > 0 } ?? true, "half-life must be positive")
            self.factors = factors
            self.iterations = iterations
            self.oversampling = oversampling
            self.seed = seed
            self.saturation = saturation
            self.halfLife = halfLife
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

    init(options: Options, itemFactors: DenseMatrix, singularValues: [Float]) {
        self.options = options
        self.itemFactors = itemFactors
        self.singularValues = singularValues
    }

    /// A workspace for this model.
    public func makeScratch() -> Scratch { Scratch() }
}
