/// A linear autoencoder over items with a closed-form solution: the weights B with which a user's items best predict
/// themselves, an item never predicting itself.
///
/// Steck, "Embarrassingly shallow autoencoders for sparse data" (WWW 2019). With the users × items matrix X,
/// P = (XᵀX + λ)⁻¹ and B_ij = −P_ij / P_jj off the diagonal. Unlike a similarity, B_ij is what i says of j once all other
/// items are accounted for, and it may be negative.
///
/// A pair of user and item has a strength: its saturated weight, halved for each half-life since they last met. X holds
/// the roots of the strengths, so that a pair gives its strength to XᵀX, and a profile is scored with its strengths.
/// Scores are linear in these, so evidence is exact. Items without interactions are left out of the inversion; their
/// rows and columns of B are 0.
///
/// What products say about themselves can stand beside what customers did: with ``Options/contentWeight`` c, the matrix
/// that is inverted is XᵀX + c · √(g + 1) · K · √(g + 1) + λ, K being the cosines of the items' features and g the
/// diagonal of XᵀX, as if c of an item's customers had met what is like it. It helps most where customers are few.
///
/// The price is memory, 4 · items² bytes (54 MB at 3,700 items, 1.6 GB at 20,000): ``requiredBytes(itemCount:)`` says it
/// beforehand, and a fit refuses to start above ``Options/memoryLimit``.
public struct EASE: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "ease"

    /// How the model is fitted and applied.
    public struct Options: Sendable, Equatable, Codable {
        /// Part of λ that is the same for all data. λ is added to each item's number of users: more pulls weights to 0,
        /// those of rare items most.
        public var regularization: Float
        /// Part of λ in multiples of the mean of g over the items with interactions, so that it suits a small shop as well
        /// as a large one.
        public var relativeRegularization: Float
        /// c, how much the features of items count; 0 for not at all, and without features they do not either.
        public var contentWeight: Float
        /// Half-life in seconds of a pair's strength in the fit, counted back from the end of the data; nil for no decay.
        /// A matrix without times is fitted without decay.
        public var fitHalfLife: Double?
        /// Half-life in seconds of an entry's strength in a profile that is scored, counted back from the profile's newest;
        /// nil for no decay.
        public var halfLife: Double?
        /// s of a weight's saturation w · (1 + s) / (w + s); 0 takes any positive weight as 1, large values the weight
        /// itself. Weights at or below 0 count nothing.
        public var saturation: Float
        /// Most bytes that a fit may need.
        public var memoryLimit: Int

        /// Options. The defaults were chosen on a year of a real gift shop's orders (UCI Online Retail), on three slices
        /// inside the training part of the temporal split, in the middle of a plateau; the test part took no part in it.
        public init(
            regularization: Float = 0,
            relativeRegularization: Float = 30,
            contentWeight: Float = 0.5,
            fitHalfLife: Double? = 45 * 86_400,
            halfLife: Double? = 180 * 86_400,
            saturation: Float = 0,
            memoryLimit: Int = 2 << 30
        ) {
            precondition(regularization >= 0 && regularization.isFinite, "regularization must be at least 0")
            precondition(
                relativeRegularization >= 0 && relativeRegularization.isFinite,
                "relative regularization must be at least 0"
            )
            precondition(regularization + relativeRegularization > 0, "regularization must be positive")
            precondition(contentWeight >= 0 && contentWeight.isFinite, "content weight must be at least 0")
            precondition(fitHalfLife.map { $0 > 0 } ?? true, "half-life must be positive")
            precondition(halfLife.map { $0 > 0 } ?? true, "half-life must be positive")
            precondition(saturation >= 0 && saturation.isFinite, "saturation must be at least 0")
            precondition(memoryLimit >= 0, "negative memory limit")
            self.regularization = regularization
            self.relativeRegularization = relativeRegularization
            self.contentWeight = contentWeight
            self.fitHalfLife = fitHalfLife
            self.halfLife = halfLife
            self.saturation = saturation
            self.memoryLimit = memoryLimit
        }

        /// The model of the paper: no decay and no features.
        public static func plain(regularization: Float = 600) -> Options {
            Options(
                regularization: regularization,
                relativeRegularization: 0,
                contentWeight: 0,
                fitHalfLife: nil,
                halfLife: nil
            )
        }

        /// The model of the paper on strengths that decay, by the same half-life in the fit and in profiles.
        public static func timeWeighted(regularization: Float = 100, halfLife: Double = 90 * 86_400) -> Options {
            Options(
                regularization: regularization,
                relativeRegularization: 0,
                contentWeight: 0,
                fitHalfLife: halfLife,
                halfLife: halfLife
            )
        }

        /// Strength of an interaction weight before decay.
        @inline(__always)
        func strength(_ weight: Float) -> Float {
            weight > 0 ? weight.saturated(by: saturation) : 0
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// B, items × items: row p holds what profile item p gives to other items. The diagonal is 0.
    public let weights: DenseMatrix

    /// Number of items.
    public var itemCount: Int { weights.rowCount }

    init(options: Options, weights: DenseMatrix) {
        self.options = options
        self.weights = weights
    }

    /// A workspace for this model.
    public func makeScratch() -> Scratch { Scratch() }

    /// Bytes that a fit on so many items needs besides the data: 4 a pair of items for the weights, which stay, and about
    /// 2,300 an item for panels while it runs. The data themselves are copied at 24 bytes an entry, which is not counted.
    public static func requiredBytes(itemCount: Int) -> Int {
        precondition(itemCount >= 0 && itemCount <= Int(Int32.max), "item count out of range")
        let (square, overflows) = (4 * itemCount).multipliedReportingOverflow(by: itemCount)
        return overflows ? .max : square + SymmetricInverse.workingBytes(count: itemCount)
    }
}
