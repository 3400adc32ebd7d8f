/// Item-based nearest neighbours: an item scores the sum of its similarities to the profile's items.
///
/// Sarwar, Karypis, Konstan, Riedl, "Item-based collaborative filtering recommendation algorithms" (WWW 2001);
/// Deshpande and Karypis, "Item-based top-N recommendation algorithms" (TOIS 2004). The shrinkage is that of Bell and
/// Koren (2007); BM25 weighting is Robertson's (Robertson and Zaragoza, 2009), an item being the document and its
/// users the terms.
///
/// The model is a sparse matrix with the `neighbours` best similarities of each item: linear, so evidence is exact.
/// Items without interactions have no neighbours, are never recommended and add nothing as part of a profile.
public struct ItemKNN: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "item_knn"

    /// How the model is fitted and applied.
    public struct Options: Sendable, Equatable {
        /// How interaction weights become vector elements.
        public enum Weighting: Sendable, Equatable {
            /// The weights as they are; similarity is the cosine.
            case cosine
            /// BM25 saturation by `k1` and length normalisation by `b`, then the cosine.
            case bm25(k1: Float, b: Float)
        }

        /// How interaction weights become vector elements.
        public var weighting: Weighting
        /// Neighbours kept for each item.
        public var neighbours: Int
        /// Added to the denominator of the cosine: pulls down similarities that few users support.
        public var shrinkage: Float
        /// Half-life of a profile entry in seconds, counted back from the profile's newest entry; nil for no decay.
        public var halfLife: Double?

        /// Options; see the type for what the defaults are and how they were chosen.
        public init(
            weighting: Weighting = .bm25(k1: 1.2, b: 0.75),
            neighbours: Int = 100,
            shrinkage: Float = 10,
            halfLife: Double? = nil
        ) {
            precondition(neighbours > 0, "at least one neighbour is needed")
            precondition(shrinkage >= 0 && shrinkage.isFinite, "shrinkage must be at least 0")
            precondition(halfLife.map { $0 > 0 } ?? true, "half-life must be positive")
            self.weighting = weighting
            self.neighbours = neighbours
            self.shrinkage = shrinkage
            self.halfLife = halfLife
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// Similarities, items × items: row p holds what profile item p gives to other items. No diagonal.
    public let similarity: CSRMatrix

    /// Number of items.
    public var itemCount: Int { similarity.rowCount }

    init(options: Options, similarity: CSRMatrix) {
        self.options = options
        self.similarity = similarity
    }

    /// A workspace for this model.
    public func makeScratch() -> Scratch { Scratch(itemCount: itemCount) }
}
