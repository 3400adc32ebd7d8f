extension ContentModel {
    /// A weight for each category from weights by name, 0 for those not named; names the shop does not have are left
    /// out.
    public func categoryPreferences(_ weights: [String: Float]) -> [Float] {
        features.categoryNames.map { weights[$0] ?? 0 }
    }

    /// A list for someone of whom only preferred categories are known, as when they have just signed up: items by the
    /// weight of their category, within it by popularity, then by item. Items of a category with a weight of 0 or less
    /// are left out.
    ///
    /// The score is the category's weight; of items with equal ones each is a unit in the last place below the one
    /// before, so that the list is in the order of scores as all lists are. `preferences` has one weight a category and
    /// `popularity` one number an item, or is empty (preconditions). Cost: O(items · log items).
    public func recommend(
        preferring preferences: [Float],
        popularity: [Float] = [],
        selection: Selection
    ) -> [ScoredItem] {
        precondition(preferences.count == features.categoryNames.count, "one weight a category")
        precondition(popularity.isEmpty || popularity.count == itemCount, "one popularity an item")
        var candidates: [(weight: Float, popularity: Float, item: Int32)] = []
        for item in 0..<Int32(itemCount) where selection.admits(item) {
            let category = Int(features.categories[Int(item)])
            guard category >= 0, preferences[category] > 0, preferences[category].isFinite else { continue }
            let rank = popularity.isEmpty || popularity[Int(item)].isNaN ? 0 : popularity[Int(item)]
            candidates.append((preferences[category], rank, item))
        }
        candidates.sort { ($1.weight, $1.popularity, $0.item) < ($0.weight, $0.popularity, $1.item) }
        var list: [ScoredItem] = []
        for candidate in candidates.prefix(selection.count) {
            let score = min(candidate.weight, list.last?.score.nextDown ?? .infinity)
            list.append(ScoredItem(item: candidate.item, score: score))
        }
        return list
    }
}
