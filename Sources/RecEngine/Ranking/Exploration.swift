/// Puts a chance find into some places of a list and records how likely each place's item was.
///
/// ε-greedy by place: from the first place on, with probability ε the place goes to an item drawn evenly from all
/// candidates left, otherwise to the best of them. The recorded propensity is the probability of the item in its place
/// given the places before it, (1 − ε) · [it is the best left] + ε / (candidates left): what inverse propensity scoring
/// needs to judge other lists by what was shown (Bottou et al., "Counterfactual reasoning and learning systems", JMLR
/// 2013). Every candidate has a propensity above 0.
public struct Exploration: Sendable, Equatable, Codable {
    /// ε: share of places given to chance.
    public var epsilon: Double
    /// Candidates for each place of the list, from which chance draws.
    public var candidatesPerPlace: Int
    /// Seed; a list depends on it and on the stream alone.
    public var seed: UInt64

    /// Exploration; a fifth of the places by default, on five candidates a place.
    public init(epsilon: Double = 0.2, candidatesPerPlace: Int = 5, seed: UInt64 = 0) {
        precondition((0...1).contains(epsilon), "epsilon must be 0 to 1")
        precondition(candidatesPerPlace >= 1, "at least one candidate a place")
        self.epsilon = epsilon
        self.candidatesPerPlace = candidatesPerPlace
        self.seed = seed
    }

    /// Fills `count` places from candidates in list order. Cost: O(count × candidates).
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
            list.append(
                RankedItem(scored: left.remove(at: position), propensity: propensity, isExplored: position != 0)
            )
        }
        return list
    }
}

/// An item in its place of a finished list.
public struct RankedItem: Sendable, Equatable {
    /// The item with the score its model gave it.
    public var scored: ScoredItem
    /// Probability of this item in this place given the places before it; 1 without exploration.
    public var propensity = 1.0
    /// Whether chance put it before better ones.
    public var isExplored = false
}
