/// Bought together: items that stand in the same orders more often than chance would have it.
///
/// The similarity of two items is the lift c_ij · N / (c_i · c_j) with c_ij common orders of N, times
/// c_ij / (c_ij + λ), of pairs with at least `minimumSupport` common orders (Brin, Motwani, Ullman, Tsur, "Dynamic
/// itemset counting", SIGMOD 1997). The profile is the cart. An item scores the *sum* of its lifts to the cart's items:
/// what several of them point to comes first, and the score stays linear, so that "because of X in your cart" is
/// arithmetic. Weights and times of the cart do not count, except that an entry with a weight of 0 or less is not in it.
public struct BasketModel: SimilarityRecommender {
    /// Stored name of the algorithm.
    public static let algorithm = "basket"

    /// How the model is fitted.
    public struct Options: Sendable, Equatable, Codable {
        /// Neighbours kept for each item.
        public var neighbours: Int
        /// Fewest common orders of a pair.
        public var minimumSupport: Int
        /// λ of the factor c / (c + λ): pulls down the enormous lifts of pairs that few orders support.
        public var shrinkage: Float

        /// Options.
        public init(neighbours: Int = 50, minimumSupport: Int = 5, shrinkage: Float = 100) {
            self.neighbours = neighbours
            self.minimumSupport = minimumSupport
            self.shrinkage = shrinkage
            requireValid()
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// Shrunken lifts, items × items. No diagonal.
    public let similarity: CSRMatrix
    /// Common orders of each pair in ``similarity``, entry by entry.
    public let supports: [Int32]
    /// Orders of each item.
    public let orderCounts: [Int32]

    /// 1 for each item in the cart.
    public func weigh(_ profile: Profile, into weights: inout [Float]) {
        weights.removeAll(keepingCapacity: true)
        for entry in profile.entries { weights.append(entry.weight > 0 ? 1 : 0) }
    }
}

extension BasketModel {
    /// Orders that held both of two items; 0 for a pair that was not kept. Cost: O(neighbours).
    public func commonOrders(of first: Int32, and second: Int32) -> Int {
        guard isKnown(first), isKnown(second) else { return 0 }
        let entry = similarity.entries(ofRow: Int(first)).first { similarity.indices[$0] == second }
        return entry.map { Int(supports[$0]) } ?? 0
    }
}

extension BasketModel {
    /// Fits on the orders of a log; where orders are not known, what one user met at the same time is an order.
    ///
    /// Cost: O(Σ over orders of (their items)²).
    /// - Throws: ``FitError`` for a log without rows, a weight or time that is not finite, or cancellation.
    public static func fit(
        _ log: InteractionLog,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> BasketModel {
        try log.checkFittable()
        return try await fit(log.baskets(), options: options, workers: workers)
    }

    /// Fits on an orders × items matrix; every value above 0 says that the item is in the order.
    ///
    /// Cost: O(Σ over orders of (their items)²) time on `workers` tasks under the caller's executor preference.
    /// The result is the same to the bit for any number of workers.
    /// - Throws: ``FitError`` for a matrix without entries, a value that is not finite, or cancellation.
    public static func fit(
        _ orders: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> BasketModel {
        var counts = [Int32](repeating: 0, count: orders.columnCount)
        for entry in 0..<orders.nonZeroCount where orders.values[entry] > 0 { counts[Int(orders.indices[entry])] += 1 }
        let total = Float(orders.rowCount)
        let similarity = try await NeighbourFit.similarity(
            orders,
            neighbours: options.neighbours,
            workers: workers,
            scoring: { ranked in
                let columns = ranked.counts().map { $0 > 0 ? 1 / $0 : 0 }
                return PairScoring(
                    rows: columns.map { $0 * total },
                    columns: columns,
                    shrinkage: options.shrinkage,
                    floor: Float(options.minimumSupport)
                )
            }
        )
        let supports = options.supports(of: similarity, counts: counts, total: orders.rowCount)
        return BasketModel(options: options, similarity: similarity, supports: supports, orderCounts: counts)
    }
}

extension BasketModel.Options {
    /// Common orders of each kept pair, from its similarity: s = c² / (c + λ) · N / (c_i · c_j) solved for c and rounded.
    /// The similarity is exact to a part in a million, so the whole number is right for up to some 100,000 orders.
    fileprivate func supports(of similarity: CSRMatrix, counts: [Int32], total: Int) -> [Int32] {
        var supports: [Int32] = []
        supports.reserveCapacity(similarity.nonZeroCount)
        for row in 0..<similarity.rowCount {
            for entry in similarity.entries(ofRow: row) {
                let expected = Double(counts[row]) * Double(counts[Int(similarity.indices[entry])]) / Double(total)
                let scaled = Double(similarity.values[entry]) * expected
                let count = (scaled + (scaled * (scaled + 4 * Double(shrinkage))).squareRoot()) / 2
                supports.append(Int32(count.rounded()))
            }
        }
        return supports
    }
}

extension BasketModel {
    /// The lifts as scipy stores a matrix, with the common orders of each pair and the options beside them.
    public func archive() -> NPZArchive {
        var archive = similarity.archive()
        archive.arrays.append(NPYArray(name: "supports", supports))
        archive.arrays.append(NPYArray(name: "order_counts", orderCounts))
        archive.append(options)
        return archive
    }

    /// Restores a model; refuses arrays that do not fit together.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let similarity = try CSRMatrix(squareOf: archive)
        let supports = try archive.int32s("supports")
        guard supports.count == similarity.nonZeroCount, supports.allSatisfy({ $0 > 0 }) else {
            throw ArchiveError(.invalidContents, "supports", "must be one number above 0 for each similarity")
        }
        let counts = try archive.int32s("order_counts")
        guard counts.count == similarity.rowCount, counts.allSatisfy({ $0 >= 0 }) else {
            throw ArchiveError(.invalidContents, "order_counts", "must be one number of at least 0 for each item")
        }
        var options = Options()
        try archive.read(into: &options)
        self.init(options: options, similarity: similarity, supports: supports, orderCounts: counts)
    }
}
