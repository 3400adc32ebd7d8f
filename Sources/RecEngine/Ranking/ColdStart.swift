/// Lists for people without a history: from the categories they say they like, else what people like them buy, else
/// what everyone buys.
public struct ColdStart: Sendable {
    /// Where a list came from.
    public enum Source: String, Sendable, Codable {
        /// The person's preferred categories.
        case preferences
        /// What is popular in the person's segment.
        case segment
        /// What is popular with everyone.
        case popular
    }

    /// Knows the items' categories; nil where there are none.
    public let content: ContentModel?
    /// What is popular, for everyone and by segment.
    public let popularity: SegmentedPopularity

    /// Both rank the same items (precondition).
    public init(content: ContentModel?, popularity: SegmentedPopularity) {
        precondition(content.map { $0.itemCount == popularity.everyone.itemCount } ?? true, "models differ in items")
        self.content = content
        self.popularity = popularity
    }

    /// The best items for someone of whom this is known. A list that its source cannot fill is filled up by the next one,
    /// whose scores come after; an item is in the list once.
    ///
    /// Cost: O(items · log items) with preferences, O(count + items left out) without.
    /// - Parameters:
    ///   - preferences: categories by name with weights above 0; unknown names are ignored.
    ///   - segment: number of the person's segment, nil when it is not known.
    /// - Returns: items with scores that fall through the list, and for each the source it comes from.
    public func recommend(
        preferences: [String: Float] = [:],
        segment: Int? = nil,
        selection: Selection
    ) -> [(item: ScoredItem, source: Source)] {
        var list: [(item: ScoredItem, source: Source)] = []
        var listed = ItemSet(capacity: popularity.everyone.itemCount)
        func fill(_ candidates: [ScoredItem], _ source: Source) {
            // A later source's best item comes right after the last one of the source before.
            let ceiling = list.last?.item.score ?? .infinity
            let largest = candidates.first?.score ?? 1
            let scale = largest < ceiling ? 1 : ceiling / largest * (1 - Float.ulpOfOne)
            for candidate in candidates where list.count < selection.count && !listed.contains(candidate.item) {
                listed.insert(candidate.item)
                list.append((ScoredItem(item: candidate.item, score: candidate.score * scale), source))
            }
        }
        if let content, !preferences.isEmpty {
            let popular = popularity[segment].scores
            let weights = content.categoryPreferences(preferences)
            fill(content.recommend(preferring: weights, popularity: popular, selection: selection), .preferences)
        }
        if let segment, popularity.segments.indices.contains(segment), let own = popularity.segments[segment] {
            fill(own.recommend(.empty, selection: selection), .segment)
        }
        fill(popularity.everyone.recommend(.empty, selection: selection), .popular)
        return list
    }
}
