extension PopularityModel {
    /// The popular items of one category, best first. Cost: O(items of the list above the last one taken).
    public func top(inCategory category: Int32, count: Int, allowing: ItemSet? = nil) -> [ScoredItem] {
        guard category >= 0, !categories.isEmpty else { return [] }
        var list: [ScoredItem] = []
        for candidate in order where categories[Int(candidate.item)] == category {
            if list.count >= count { break }
            if allowing?.contains(candidate.item) ?? true { list.append(candidate) }
        }
        return list
    }

    /// The weight of each of a profile's entries that a category counts, over their sum: what part of the profile each
    /// entry is. Nil when the model looks at no categories or none of the profile's entries has one: then everyone's
    /// list is meant.
    func shares(of profile: Profile) -> [Float]? {
        guard options.scope == .profileCategories else { return nil }
        let weights = profile.entries.map { entry in
            category(of: entry.item) >= 0 && entry.weight > 0 && entry.weight.isFinite ? Double(entry.weight) : 0
        }
        let sum = weights.reduce(0, +)
        return sum > 0 ? weights.map { Float($0 / sum) } : nil
    }

    /// The part of each category in a profile; nil as with ``shares(of:)``.
    func categoryShares(of profile: Profile) -> [Float]? {
        shares(of: profile).map { shares in
            var parts = [Float](repeating: 0, count: categoryCount)
            for (entry, share) in zip(profile.entries, shares) where share > 0 {
                parts[Int(category(of: entry.item))] += share
            }
            return parts
        }
    }

    /// The category of an item; −1 for none and for an unknown item.
    func category(of item: Int32) -> Int32 {
        item >= 0 && Int(item) < categories.count ? categories[Int(item)] : -1
    }
}
