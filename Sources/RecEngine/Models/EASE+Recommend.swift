import RealModule

extension EASE {
    /// Writes all scores. Cost: O(profile × items), one pass over a row of 4 · items bytes for each entry.
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        for item in scores.indices { scores[item] = 0 }
        weigh(profile, into: &scratch.weights)
        for (position, entry) in profile.entries.enumerated() where scratch.weights[position] != 0 {
            weights.addRow(Int(entry.item), weight: scratch.weights[position], to: &scores)
        }
    }

    /// The profile's strengths times the item's column of weights. Cost: O(profile).
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        guard isKnown(item) else { return [Float](repeating: 0, count: profile.count) }
        weigh(profile, into: &scratch.weights)
        return zip(profile.entries, scratch.weights).map { entry, weight in
            weight == 0 ? 0 : weight * weights[Int(entry.item), Int(item)]
        }
    }

    /// Appends the exact evidence. Cost: O(profile × list).
    public func appendEvidence(
        for list: ArraySlice<ScoredItem>,
        profile: Profile,
        to evidence: inout [Evidence?],
        scratch: inout Scratch
    ) {
        weigh(profile, into: &scratch.weights)
        for item in list {
            var best = ScoredItem(item: -1, score: 0)
            for (position, entry) in profile.entries.enumerated() where scratch.weights[position] != 0 {
                let part = scratch.weights[position] * weights[Int(entry.item), Int(item.item)]
                if part > best.score { best = ScoredItem(item: entry.item, score: part) }
            }
            evidence.append(best.item < 0 ? nil : Evidence(item: best.item, share: min(1, best.score / item.score)))
        }
    }

    /// The items to which an item gives most, best first. Cost: O(items).
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        guard isKnown(item) else { return [] }
        var scratch = makeScratch()
        var list: [ScoredItem] = []
        let selection = Selection(count: count, allowing: allowing, excludesProfile: false)
        var scores = weights.row(Int(item))
        scratch.selectTop(of: &scores, selection, profile: .empty, into: &list)
        return list
    }

    private func isKnown(_ item: Int32) -> Bool {
        item >= 0 && Int(item) < itemCount
    }

    /// Strengths of the profile's entries: saturated, and halved for each half-life an entry is older than the newest;
    /// 0 for items outside the model.
    func weigh(_ profile: Profile, into strengths: inout [Float]) {
        strengths.removeAll(keepingCapacity: true)
        for entry in profile.entries { strengths.append(isKnown(entry.item) ? options.strength(entry.weight) : 0) }
        guard let halfLife = options.halfLife else { return }
        let newest = profile.entries.reduce(-Double.infinity) { $1.time > $0 && $1.time.isFinite ? $1.time : $0 }
        for (position, entry) in profile.entries.enumerated() where strengths[position] != 0 {
            let decay = Float(Double.exp2((entry.time - newest) / halfLife))
            strengths[position] *= decay.isFinite ? decay : 0
        }
    }
}
