import RealModule

extension ItemKNN {
    /// Writes all scores. Cost: O(items + profile × neighbours).
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        addNeighbours(of: profile, scratch: &scratch)
        scratch.items.write(to: &scores)
    }

    /// The profile's weights times the similarities. Cost: O(profile · log neighbours).
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        guard isKnown(item) else { return [Float](repeating: 0, count: profile.count) }
        weigh(profile, into: &scratch.weights)
        return zip(profile.entries, scratch.weights).map { entry, weight in
            isKnown(entry.item) ? weight * similarity.value(row: Int(entry.item), column: item) : 0
        }
    }

    /// Appends the best items for a profile. Cost: O(profile × neighbours).
    public func appendRecommendations(
        for profile: Profile,
        selection: Selection,
        to list: inout [ScoredItem],
        scratch: inout Scratch
    ) {
        addNeighbours(of: profile, scratch: &scratch)
        scratch.selectTop(selection, profile: profile, into: &list)
    }

    /// Appends the exact evidence. Cost: O(profile × neighbours) for each 255 items of the list, about as much as
    /// scoring.
    public func appendEvidence(
        for list: ArraySlice<ScoredItem>,
        profile: Profile,
        to evidence: inout [Evidence?],
        scratch: inout Scratch
    ) {
        weigh(profile, into: &scratch.weights)
        var rest = list
        while !rest.isEmpty {
            let part = rest.prefix(Contributions.capacity)
            rest = rest.dropFirst(part.count)
            scratch.contributions.begin(part)
            for (position, entry) in profile.entries.enumerated() where isKnown(entry.item) {
                let weight = scratch.weights[position]
                scratch.contributions.add(similarity, row: Int(entry.item), weight: weight, item: entry.item)
            }
            scratch.contributions.finish(part, into: &evidence)
        }
    }

    /// The neighbours of an item, best first. Cost: O(neighbours · log count).
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        guard isKnown(item) else { return [] }
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

    /// Sums the similarities to the profile's items in the scratch.
    private func addNeighbours(of profile: Profile, scratch: inout Scratch) {
        weigh(profile, into: &scratch.weights)
        for (position, entry) in profile.entries.enumerated() where isKnown(entry.item) {
            scratch.items.add(similarity, row: Int(entry.item), weight: scratch.weights[position])
        }
    }

    private func isKnown(_ item: Int32) -> Bool {
        item >= 0 && Int(item) < itemCount
    }

    /// Weights of the profile's entries: saturated, and halved for each half-life an entry is older than the newest.
    private func weigh(_ profile: Profile, into weights: inout [Float]) {
        weights.removeAll(keepingCapacity: true)
        for entry in profile.entries { weights.append(entry.weight.saturated(by: options.saturation)) }
        guard let halfLife = options.halfLife else { return }
        let newest = profile.entries.reduce(-Double.infinity) { $1.time > $0 && $1.time.isFinite ? $1.time : $0 }
        for (position, entry) in profile.entries.enumerated() {
            let decay = Float(Double.exp2((entry.time - newest) / halfLife))
            weights[position] *= decay.isFinite ? decay : 0
        }
    }
}
