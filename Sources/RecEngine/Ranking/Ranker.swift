/// From models to finished lists: the shop's rules, then diversity, then exploration.
///
/// "Discover" (new to the person) and "buy again" (own items) are two lists by two models, never one mixed list: what
/// makes the one good makes the other dull.
public struct Ranker: Sendable {
    /// Ranks items that are new to a person.
    public let discovering: any Recommender
    /// Ranks a person's own items.
    public let buyingAgain: any Recommender
    /// The shop's rules for both lists.
    public let rules: BusinessRules
    /// Diversity of "discover" with the items × features vectors by which two items are alike; nil for the order of
    /// scores.
    public let diversity: (mmr: MMR, vectors: CSRMatrix)?
    /// Exploration of "discover"; nil for none.
    public let exploration: Exploration?

    /// A ranker. The models rank the same items, and the vectors have a row for each of them (preconditions).
    public init(
        discovering: any Recommender,
        buyingAgain: any Recommender,
        rules: BusinessRules = BusinessRules(),
        diversity: (mmr: MMR, vectors: CSRMatrix)? = nil,
        exploration: Exploration? = nil
    ) {
        precondition(discovering.itemCount == buyingAgain.itemCount, "models differ in items")
        precondition(diversity.map { $0.vectors.rowCount == discovering.itemCount } ?? true, "one vector an item")
        self.discovering = discovering
        self.buyingAgain = buyingAgain
        self.rules = rules
        self.diversity = diversity
        self.exploration = exploration
    }

    /// Items new to a person, best first but for diversity and exploration; each with its propensity.
    ///
    /// Cost: that of the model for a longer list, O(count × candidates) products for diversity.
    /// - Parameters:
    ///   - met: what the person has met or hidden, ascending, as in ``HiddenItems``.
    ///   - stream: tells lists apart for exploration, as in ``Exploration/fill(_:count:stream:)``.
    public func discover(
        _ profile: Profile,
        count: Int,
        met: ArraySlice<Int32>,
        stream: UInt64 = 0
    ) -> [RankedItem] {
        // Exploration draws from what diversity has put in order, so that one must leave it candidates.
        let explored = count * (exploration?.candidatesPerPlace ?? 1)
        let candidates = explored * (diversity?.mmr.candidatesPerPlace ?? 1)
        var selection = rules.selection(count: min(candidates, discovering.itemCount))
        selection.hidden = met
        var list = discovering.recommend(profile, selection: selection)
        if let diversity { list = diversity.mmr.rerank(list, count: explored, vectors: diversity.vectors) }
        guard let exploration else { return list.prefix(count).map { RankedItem(scored: $0) } }
        return exploration.fill(list, count: count, stream: stream)
    }

    /// A person's own items, the likeliest to be bought again first.
    public func buyAgain(_ profile: Profile, count: Int, hidden: ArraySlice<Int32> = []) -> [RankedItem] {
        var selection = rules.selection(count: count)
        selection.hidden = hidden
        // The model may rank other items as well; only the person's own belong here.
        var own = ItemSet(capacity: buyingAgain.itemCount)
        for entry in profile.entries where selection.admits(entry.item) { own.insert(entry.item) }
        selection.allowed = own
        return buyingAgain.recommend(profile, selection: selection).map { RankedItem(scored: $0) }
    }

    /// Why an item of a list is there.
    public func explain(_ item: Int32, in list: List, profile: Profile) -> Explanation {
        switch list {
        case .discover: discovering.explain(item, profile: profile)
        case .buyAgain: buyingAgain.explain(item, profile: profile)
        }
    }

    /// The two lists.
    public enum List: String, Sendable, Codable {
        /// New to the person.
        case discover
        /// The person's own items.
        case buyAgain = "buy_again"
    }
}
