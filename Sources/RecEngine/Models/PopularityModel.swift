/// Items by the sum of their interaction weights, recent ones counting more: for everyone the same list, or each
/// person's own mixture of categories.
///
/// An interaction of age a counts 2^(−a / halfLife); a half-life of some days makes the list one of what is trending.
/// With the scope `.profileCategories` an item's popularity is multiplied by the part that its category has in the
/// profile's weights, which makes the score a sum over the profile, with exact evidence. A profile without an item of
/// a category gets everyone's list: so a visitor without history has one. Items without interactions have score 0 and
/// are not returned. There is no similarity of items.
public struct PopularityModel: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "popularity"

    /// How the model is fitted and applied.
    public struct Options: Sendable, Equatable, Codable {
        /// For whom a list is made.
        public enum Scope: String, Sendable, Equatable, Codable {
            /// One list for everyone.
            case everyone
            /// A profile's categories weigh the items; needs the items' categories.
            case profileCategories
        }

        /// Half-life of an interaction in seconds; nil for no decay.
        public var halfLife: Double?
        /// For whom a list is made.
        public var scope: Scope

        /// Options; 30 days and everyone by default.
        public init(halfLife: Double? = 30 * 86_400, scope: Scope = .everyone) {
            precondition(halfLife.map { $0 > 0 } ?? true, "half-life must be positive")
            self.halfLife = halfLife
            self.scope = scope
        }

        /// What is met often these days: a half-life of a week.
        public static let trending = Options(halfLife: 7 * 86_400)
    }

    /// The options the model was fitted with.
    public let options: Options
    /// Popularity of each item.
    public let scores: [Float]
    /// Category of each item, −1 for none; empty where categories are not known.
    public let categories: [Int32]
    /// Items with a score above 0, in list order.
    let order: [ScoredItem]
    /// One more than the highest category.
    let categoryCount: Int

    /// Number of items.
    public var itemCount: Int { scores.count }

    init(options: Options, scores: [Float], categories: [Int32] = []) {
        self.options = options
        self.scores = scores
        self.categories = categories
        self.categoryCount = Int((categories.max() ?? -1) + 1)
        self.order = scores.indices
            .filter { scores[$0] > 0 }
            .map { ScoredItem(item: Int32($0), score: scores[$0]) }
            .sorted { $0.isBefore($1) }
    }

    /// A workspace; it holds nothing until scores are asked for.
    public func makeScratch() -> Scratch { Scratch() }

    /// Writes the popularity of each item, times the part of its category where the scope says so.
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        guard let shares = categoryShares(of: profile) else {
            scores = self.scores
            return
        }
        for item in scores.indices {
            let category = categories[item]
            scores[item] = category >= 0 ? shares[Int(category)] * self.scores[item] : 0
        }
    }

    /// Of the entries in the item's category each its share; nil for everyone's list, which does not come from the
    /// profile.
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        guard let shares = shares(of: profile) else { return nil }
        let category = category(of: item)
        return zip(profile.entries, shares).map { entry, share in
            category >= 0 && self.category(of: entry.item) == category ? share * scores[Int(item)] : 0
        }
    }

    /// Appends the best admitted items. Cost: O(count + items left out) for everyone's list, O(items) for a profile's.
    public func appendRecommendations(
        for profile: Profile,
        selection: Selection,
        to list: inout [ScoredItem],
        scratch: inout Scratch
    ) {
        if let shares = categoryShares(of: profile) {
            scratch.top.reset(capacity: min(selection.count, itemCount))
            for candidate in order where isAdmitted(candidate.item, selection, profile) {
                let category = categories[Int(candidate.item)]
                let share = category >= 0 ? shares[Int(category)] : 0
                scratch.top.offer(ScoredItem(item: candidate.item, score: share * candidate.score))
            }
            scratch.top.drain(into: &list)
        } else {
            var left = selection.count
            for candidate in order {
                if left == 0 { break }
                guard isAdmitted(candidate.item, selection, profile) else { continue }
                list.append(candidate)
                left -= 1
            }
        }
    }

    private func isAdmitted(_ item: Int32, _ selection: Selection, _ profile: Profile) -> Bool {
        selection.admits(item) && !(selection.excludesProfile && profile.contains(item))
    }

    /// Nothing: the model knows no similarity of items.
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] { [] }
}
