import RealModule

extension ItemKNN {
    /// Appends the best new items for a profile. Cost: O(profile × neighbours).
    public func appendRecommendations(
        for profile: Profile,
        selection: Selection,
        to list: inout [ScoredItem],
        scratch: inout Scratch
    ) {
        weigh(profile, into: &scratch.weights)
        var position = 0
        for entry in profile.entries {
            let weight = scratch.weights[position]
            position += 1
            guard Int(entry.item) < itemCount, entry.item >= 0 else { continue }
            for place in similarity.entries(ofRow: Int(entry.item)) {
                let other = similarity.indices[place]
                if scratch.accumulator.values[Int(other)] == 0 {
                    scratch.accumulator.touched[scratch.accumulator.touchedCount] = other
                    scratch.accumulator.touchedCount += 1
                }
                scratch.accumulator.values[Int(other)] += weight * similarity.values[place]
            }
        }
        scratch.top.reset(capacity: min(selection.count, itemCount))
        for place in 0..<scratch.accumulator.touchedCount {
            let item = scratch.accumulator.touched[place]
            let score = scratch.accumulator.values[Int(item)]
            guard score > 0, selection.admits(item) else { continue }
            guard !(selection.excludesProfile && profile.contains(item)) else { continue }
            scratch.top.offer(ScoredItem(item: item, score: score))
        }
        scratch.accumulator.reset()
        scratch.top.drain(into: &list)
    }

    /// Appends the exact evidence. Cost: O(profile × neighbours), the same again as scoring.
    public func appendEvidence(
        for items: ArraySlice<ScoredItem>,
        profile: Profile,
        to evidence: inout [Evidence?],
        scratch: inout Scratch
    ) {
        weigh(profile, into: &scratch.weights)
        let weights = scratch.weights
        for item in items {
            var best: ScoredItem?
            for (position, entry) in profile.entries.enumerated() where Int(entry.item) < itemCount {
                let part = similarity.value(row: Int(entry.item), column: item.item) * weights[position]
                if part > (best?.score ?? 0) { best = ScoredItem(item: entry.item, score: part) }
            }
            evidence.append(best.map { Evidence(item: $0.item, share: min(1, $0.score / item.score)) })
        }
    }

    /// The neighbours of an item, best first. Cost: O(neighbours · log count).
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        guard item >= 0, Int(item) < itemCount else { return [] }
        var top = TopK()
        top.reset(capacity: min(count, itemCount))
        for place in similarity.entries(ofRow: Int(item)) {
            let other = similarity.indices[place]
            if let allowing, !allowing.contains(other) { continue }
            top.offer(ScoredItem(item: other, score: similarity.values[place]))
        }
        var list: [ScoredItem] = []
        top.drain(into: &list)
        return list
    }

    /// Weights of the profile's entries: halved for each half-life an entry is older than the newest one.
    private func weigh(_ profile: Profile, into weights: inout [Float]) {
        weights.removeAll(keepingCapacity: true)
        guard let halfLife = options.halfLife else {
            for entry in profile.entries { weights.append(entry.weight) }
            return
        }
        let newest = profile.entries.reduce(-Double.infinity) { max($0, $1.time) }
        for entry in profile.entries {
            weights.append(entry.weight * Float(Double.exp2((entry.time - newest) / halfLife)))
        }
    }
}
