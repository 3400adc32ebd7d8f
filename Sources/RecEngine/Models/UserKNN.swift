/// User-based nearest neighbours: an item scores the similarity-weighted sum over the most similar users who have it.
///
/// Resnick et al., "GroupLens" (CSCW 1994), with the cosine and without mean centring, as fits implicit feedback.
/// Neighbours are found for a *profile*, so a person needs no training row; a person who has one is simply their own
/// closest neighbour, which adds nothing to a list of new items.
///
/// Rows and profiles are weighed alike: weights are saturated, halved for each half-life of age, and items that many
/// users have count less (Breese, Heckerman, Kadie, "Empirical analysis of predictive algorithms for collaborative
/// filtering", UAI 1998, call this inverse user frequency). A row's age counts to the end of the data, so users who
/// have not been there for long have little to say; a profile's counts to its own newest entry, which comes to the same,
/// because the cosine does not see a common factor.
public struct UserKNN: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "user_knn"

    /// How the model is fitted and applied.
    public struct Options: Sendable, Equatable, Codable {
        /// Most similar users that are asked.
        public var neighbours: Int
        /// Added to the denominator of the cosine: pulls down similarities that few items support.
        public var shrinkage: Float
        /// s of a weight's saturation w · (1 + s) / (|w| + s): 0 uses the sign alone, large values the weight itself.
        public var saturation: Float
        /// Half-life of an entry in seconds; nil for no decay.
        public var halfLife: Double?
        /// Whether an entry is multiplied by √ln(1 + (users − n + ½) / (n + ½)) for an item of n users, so that the
        /// cosine's products carry the logarithm once.
        public var weighsItems: Bool

        /// Options. The defaults were chosen on the same tuning slice as those of ``ItemKNN/Options``: nDCG@10 there is
        /// 0.077 with plain weights, 0.085 with their signs, 0.095 with a half-life of 60 days, 0.099 with 30. Ten days
        /// reach 0.107 with 300 neighbours, but lean on the season: a neighbour of last month hardly counts then. Where
        /// there is none a short half-life costs much, and none at all is best; a search on the shop's own data finds out.
        public init(
            neighbours: Int = 150,
            shrinkage: Float = 0,
            saturation: Float = 0,
            halfLife: Double? = 30 * 86_400,
            weighsItems: Bool = true
        ) {
            precondition(neighbours > 0, "at least one neighbour is needed")
            precondition(shrinkage >= 0 && shrinkage.isFinite, "shrinkage must be at least 0")
            precondition(saturation >= 0 && saturation.isFinite, "saturation must be at least 0")
            precondition(halfLife.map { $0 > 0 } ?? true, "half-life must be positive")
            self.neighbours = neighbours
            self.shrinkage = shrinkage
            self.saturation = saturation
            self.halfLife = halfLife
            self.weighsItems = weighsItems
        }

        /// The cosine of the weights as they are.
        public static func plain(neighbours: Int, shrinkage: Float = 0) -> Options {
            Options(
                neighbours: neighbours,
                shrinkage: shrinkage,
                saturation: .greatestFiniteMagnitude,
                halfLife: nil,
                weighsItems: false
            )
        }
    }

    /// The options of the model.
    public let options: Options
    /// Users × items, weighed.
    public let users: CSRMatrix
    /// Factor of each item in a profile.
    public let itemWeights: [Float]
    /// Items × users, the transpose.
    let items: CSRMatrix
    /// Euclidean length of each user's row.
    let norms: [Float]

    /// Number of items.
    public var itemCount: Int { users.columnCount }

    init(options: Options, users: CSRMatrix, itemWeights: [Float]) {
        self.options = options
        self.users = users
        self.itemWeights = itemWeights
        self.items = users.transposed()
        self.norms = users.rowNorms()
    }

    /// A workspace for this model: about 4 bytes a user and 5 an item.
    public func makeScratch() -> Scratch { Scratch(itemCount: itemCount, userCount: users.rowCount) }
}
