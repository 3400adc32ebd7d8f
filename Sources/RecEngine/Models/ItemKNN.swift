/// Item-based nearest neighbours: an item scores the weighted sum of its similarities to the profile's items.
///
/// Sarwar, Karypis, Konstan, Riedl, "Item-based collaborative filtering recommendation algorithms" (WWW 2001);
/// Deshpande and Karypis, "Item-based top-N recommendation algorithms" (TOIS 2004), for implicit feedback. The
/// shrinkage follows Bell and Koren (2007). BM25 is Robertson's (Robertson and Zaragoza, "The probabilistic relevance
/// framework", 2009), an item being the document, its users the terms and interaction weights the term frequencies.
///
/// The model is a sparse matrix with the `neighbours` best similarities of each item, so scores are linear in the
/// weighted profile and evidence is exact. Items without interactions have no neighbours, are never recommended and
/// add nothing as part of a profile. Only positive similarities and scores count.
public struct ItemKNN: SimilarityRecommender {
    /// Stored name of the algorithm.
    public static let algorithm = "item_knn"

    /// How the model is fitted and applied.
    public struct Options: Sendable, Equatable, Codable {
        /// How interaction weights become vector elements, and what similarity is.
        public enum Weighting: Sendable, Equatable, Codable {
            /// The weights, saturated; similarity is the cosine.
            case cosine
            /// BM25 with saturation `k1` and length normalisation `b`; similarity is the plain product, because the
            /// length normalisation has done the cosine's work. Weights at or below 0 count nothing.
            case bm25(k1: Float, b: Float)
            /// √w · ln(N / (1 + n)) for a weight w of a user of n of the N items (at least 0); similarity is the cosine.
            case tfidf
            /// Common users over users of either item: c_ij / (c_i + c_j − c_ij), whatever the weights above 0.
            case jaccard
            /// Common users over the product of users: c_ij / (c_i · c_j), whatever the weights above 0. It is 1 / users
            /// times the ratio of common users to those expected of unrelated items, so it favours rare items.
            case lift
        }

        /// How interaction weights become vector elements, and what similarity is.
        public var weighting: Weighting
        /// Neighbours kept for each item. Few are faster and often better; more reach deeper into the catalogue.
        public var neighbours: Int
        /// λ of the factor p / (p + λ) on each similarity, p being the product of the two vectors: pulls down what
        /// little evidence supports. With the cosine on weights of 1, p is the number of common users.
        public var shrinkage: Float
        /// s of a weight's saturation w · (1 + s) / (|w| + s), in profiles and in the cosine's vectors: 0 uses the sign
        /// alone, large values the weight itself. A weight of 1 stays 1.
        public var saturation: Float
        /// Half-life of a profile entry in seconds, counted back from the profile's newest entry; nil for no decay.
        public var halfLife: Double?
        /// Factor by which an entry of a profile weighs less than those of the next later time; 1 for none. It goes by order
        /// alone, so it suits data whose times say no more than what came first.
        public var orderDecay: Float

        /// Options. The defaults were chosen on a year of a real gift shop's orders (UCI Online Retail), on the last
        /// fifth of the training part of the temporal split, from a coarse grid of k1, b, neighbours, shrinkage,
        /// saturation and half-life, in the middle of a wide plateau rather than at its peak. The test part of the
        /// split took no part in it. Left out, `neighbours` is 50 for BM25 and 15 for the others, `shrinkage` 50 for BM25,
        /// 10 for tf-idf, 5 for the cosine and 0 for Jaccard and lift.
        public init(
            weighting: Weighting = .bm25(k1: 0.8, b: 0.75),
            neighbours: Int? = nil,
            shrinkage: Float? = nil,
            saturation: Float = 1,
            halfLife: Double? = 120 * 86_400,
            orderDecay: Float = 1
        ) {
            self.orderDecay = orderDecay
            self.weighting = weighting
            self.neighbours = neighbours ?? weighting.defaultNeighbours
            self.shrinkage = shrinkage ?? weighting.defaultShrinkage
            self.saturation = saturation
            self.halfLife = halfLife
            requireValid()
        }

        /// Reads options; those from before entries could decay by their order have no such decay.
        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            weighting = try values.decode(Weighting.self, forKey: .weighting)
            neighbours = try values.decode(Int.self, forKey: .neighbours)
            shrinkage = try values.decode(Float.self, forKey: .shrinkage)
            saturation = try values.decode(Float.self, forKey: .saturation)
            halfLife = try values.decodeIfPresent(Double.self, forKey: .halfLife)
            orderDecay = try values.decodeIfPresent(Float.self, forKey: .orderDecay) ?? 1
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// Similarities, items × items: row p holds what profile item p gives to other items. No diagonal.
    public let similarity: CSRMatrix

    /// The profile's weights: saturated, and less the older an entry is and the more moments came after it.
    public func weigh(_ profile: Profile, into weights: inout [Float]) {
        profile.weigh(saturation: options.saturation, halfLife: options.halfLife, into: &weights)
        if options.orderDecay < 1 { profile.decayByOrder(options.orderDecay, &weights) }
    }
}

extension ItemKNN.Options.Weighting {
    /// λ where none is given.
    fileprivate var defaultShrinkage: Float {
        switch self {
        case .bm25: 50
        case .tfidf: 10
        case .cosine: 5
        case .jaccard, .lift: 0
        }
    }

    /// Neighbours where no number is given: BM25 has a wide plateau, the normalised similarities a narrow peak.
    fileprivate var defaultNeighbours: Int {
        if case .bm25 = self { 50 } else { 15 }
    }
}

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
        let similarity = try await NeighbourFit.similarity(
            matrix,
            weight: options.entryWeight,
            neighbours: options.neighbours,
            workers: workers,
            scoring: options.scoring
        )
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

extension ItemKNN.Options {
    /// For sparse data, such as reviews, where customers have a handful of items each: long rows of neighbours, hardly any
    /// penalty on what many have, and what came last first.
    public static func sparse(orderDecay: Float = 0.75) -> Self {
        Self(weighting: .bm25(k1: 1.2, b: 0.2), neighbours: 200, halfLife: nil, orderDecay: orderDecay)
    }
}

extension ItemKNN.Options {
    /// SAR, the "simple algorithm for recommendation" of Microsoft's Recommenders: similarity of items from their common
    /// users alone, a person's affinity to an item from the weights and ages of their meetings, and affinity times
    /// similarity as the score.
    ///
    /// Affinity is Σ w · 2^(−age / halfLife). A profile keeps the sum of an item's weights and the time of the last
    /// meeting, so here the whole sum is as young as that one. SAR keeps all similarities; 500 an item are the same lists
    /// for nearly everyone and fit in memory (4 kB an item).
    /// - Parameter similarity: `.jaccard` or `.lift` (precondition).
    public static func sar(
        similarity: Weighting = .jaccard,
        halfLife: Double? = 30 * 86_400,
        neighbours: Int = 500
    ) -> Self {
        precondition(similarity == .jaccard || similarity == .lift, "SAR's similarity is jaccard or lift")
        return Self(
            weighting: similarity,
            neighbours: neighbours,
            shrinkage: 0,
            saturation: .greatestFiniteMagnitude,
            halfLife: halfLife
        )
    }
}

extension ItemKNN {
    /// The similarity matrix as scipy stores one, with the options beside it.
    public func archive() -> NPZArchive {
        var archive = similarity.archive()
        archive.append(options)
        let name =
            switch options.weighting {
            case .cosine: "cosine"
            case .bm25: "bm25"
            case .tfidf: "tfidf"
            case .jaccard: "jaccard"
            case .lift: "lift"
            }
        archive.arrays.append(NPYArray(name: "weighting", string: name))
        if case .bm25(let k1, let b) = options.weighting { archive.arrays.append(NPYArray(name: "bm25", [k1, b])) }
        return archive
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let similarity = try CSRMatrix(squareOf: archive)
        var options = Options()
        switch try archive.string("weighting") {
        case "cosine": options.weighting = .cosine
        case "bm25":
            let parameters = try archive.floats("bm25")
            guard parameters.count == 2, parameters[0] >= 0, parameters[0].isFinite, (0...1).contains(parameters[1])
            else { throw ArchiveError(.invalidContents, "bm25", "must be k1 of at least 0 and b of 0 to 1") }
            options.weighting = .bm25(k1: parameters[0], b: parameters[1])
        case "tfidf": options.weighting = .tfidf
        case "jaccard": options.weighting = .jaccard
        case "lift": options.weighting = .lift
        case let other: throw ArchiveError(.invalidContents, "weighting", "is \(other), which is not known")
        }
        try archive.read(into: &options)
        self.init(options: options, similarity: similarity)
    }
}
