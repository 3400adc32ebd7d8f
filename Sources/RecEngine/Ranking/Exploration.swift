/// Puts randomly drawn items at some positions of a list and records how likely each position's item was.
///
/// ε-greedy by position: from the first one on, with probability ε the position goes to an item drawn evenly from all
/// candidates left, otherwise to the best of them. The recorded propensity is the probability of the item at its
/// position given the positions before it, (1 − ε) · [it is the best left] + ε / (candidates left): what inverse
/// propensity scoring needs to judge other lists by what was shown (Bottou et al., "Counterfactual reasoning and learning
/// systems", JMLR 2013). Every candidate has a propensity above 0.
public struct Exploration: Sendable, Equatable, Codable {
    /// ε: share of positions that are drawn.
    public var epsilon: Double
    /// Seed; a list depends on it and on the stream alone.
    public var seed: UInt64

    /// Exploration; a fifth of the positions by default.
    public init(epsilon: Double = 0.2, seed: UInt64 = 0) {
        precondition((0...1).contains(epsilon), "epsilon must be 0 to 1")
        self.epsilon = epsilon
        self.seed = seed
    }

    /// Fills `count` positions from candidates in list order. Cost: O(count × candidates).
    /// - Parameter stream: tells lists apart: the user, mixed with the generation if lists are to differ from one to
    ///   the next.
    public func fill(_ candidates: [ScoredItem], count: Int, stream: UInt64) -> [RankedItem] {
        var generator = SeededGenerator(seed: seed, stream: stream)
        var left = candidates
        var list: [RankedItem] = []
        while list.count < count, !left.isEmpty {
            let drawn = generator.uniform() < epsilon
            let position = drawn ? generator.below(left.count) : 0
            let propensity = (position == 0 ? 1 - epsilon : 0) + epsilon / Double(left.count)
            list.append(RankedItem(left.remove(at: position), propensity: propensity, isExplored: position != 0))
        }
        return list
    }
}

/// An item at its position of a finished list.
public struct RankedItem: Sendable, Equatable {
    /// The item with the score its model gave it.
    public var scored: ScoredItem
    /// Probability of this item at this position given the positions before it; 1 without exploration.
    public var propensity: Double
    /// Whether it was drawn in front of better ones.
    public var isExplored: Bool

    /// An item at its position.
    public init(_ scored: ScoredItem, propensity: Double = 1, isExplored: Bool = false) {
        self.scored = scored
        self.propensity = propensity
        self.isExplored = isExplored
    }
}
