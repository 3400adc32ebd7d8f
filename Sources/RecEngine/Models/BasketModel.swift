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
            precondition(neighbours > 0, "at least one neighbour is needed")
            precondition(minimumSupport > 0, "a pair needs at least one order")
            precondition(shrinkage >= 0 && shrinkage.isFinite, "shrinkage must be at least 0")
            self.neighbours = neighbours
            self.minimumSupport = minimumSupport
            self.shrinkage = shrinkage
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

    init(options: Options, similarity: CSRMatrix, supports: [Int32], orderCounts: [Int32]) {
        self.options = options
        self.similarity = similarity
        self.supports = supports
        self.orderCounts = orderCounts
    }

    /// In how many orders two items stand together; nil when the pair is not kept. Cost: O(log neighbours).
    public func support(of item: Int32, with other: Int32) -> Int? {
        guard similarity.hasRow(item) else { return nil }
        let row = similarity.entries(ofRow: Int(item))
        let place = row.partition { similarity.indices[$0] < other }
        return place < row.upperBound && similarity.indices[place] == other ? Int(supports[place]) : nil
    }

    /// 1 for each item in the cart.
    public func weigh(_ profile: Profile, into weights: inout [Float]) {
        weights.removeAll(keepingCapacity: true)
        for entry in profile.entries { weights.append(entry.weight > 0 ? 1 : 0) }
    }
}

extension Range<Int> {
    /// The first element for which an ascending condition no longer holds.
    fileprivate func partition(_ isBefore: (Int) -> Bool) -> Int {
        var low = lowerBound
        var high = upperBound
        while low < high {
            let middle = (low + high) / 2
            if isBefore(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
