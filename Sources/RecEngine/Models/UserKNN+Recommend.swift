extension UserKNN {
    /// Appends the best items for a profile.
    ///
    /// Cost: O(sum of the popularity of the profile's items + items of the neighbours).
    public func appendRecommendations(
        for profile: Profile,
        selection: Selection,
        to list: inout [ScoredItem],
        scratch: inout Scratch
    ) {
        for neighbour in neighbours(of: profile, scratch: &scratch) {
            scratch.accumulator.add(users, row: Int(neighbour.item), weight: neighbour.score)
        }
        scratch.selectTop(selection, profile: profile, into: &list)
    }

    /// Appends the evidence: the score is a sum over neighbours of (similarity × their weight), and the similarity a
    /// sum over the profile's items, so each profile item has an exact part. Cost: O(items of the neighbours × list).
    public func appendEvidence(
        for list: ArraySlice<ScoredItem>,
        profile: Profile,
        to evidence: inout [Evidence?],
        scratch: inout Scratch
    ) {
        let entries = profile.entries
        let norm = profile.norm
        var parts = [Float](repeating: 0, count: list.count * entries.count)
        for neighbour in neighbours(of: profile, scratch: &scratch) {
            let user = Int(neighbour.item)
            let scale = 1 / (norm * norms[user] + options.shrinkage)
            for (place, item) in list.enumerated() {
                let value = users.value(row: user, column: item.item)
                guard value != 0 else { continue }
                for (position, entry) in entries.enumerated() where entry.item >= 0 && Int(entry.item) < itemCount {
                    let common = users.value(row: user, column: entry.item)
                    parts[place * entries.count + position] += scale * common * entry.weight * value
                }
            }
        }
        for (place, item) in list.enumerated() {
            var best: ScoredItem?
            for (position, entry) in entries.enumerated() {
                let part = parts[place * entries.count + position]
                if part > (best?.score ?? 0) { best = ScoredItem(item: entry.item, score: part) }
            }
            evidence.append(best.map { Evidence(item: $0.item, share: min(1, $0.score / item.score)) })
        }
    }

    /// Items similar to an item by the cosine of their users. Cost: O(items of the item's users) and a scratch.
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        guard item >= 0, Int(item) < itemCount else { return [] }
        var scratch = makeScratch()
        for entry in items.entries(ofRow: Int(item)) {
            scratch.accumulator.add(users, row: Int(items.indices[entry]), weight: items.values[entry])
        }
        let norms = items.rowNorms()
        scratch.top.reset(capacity: min(count, itemCount))
        for place in 0..<scratch.accumulator.touchedCount {
            let other = scratch.accumulator.touched[place]
            guard other != item, allowing?.contains(other) ?? true else { continue }
            let score = scratch.accumulator.values[Int(other)] / (norms[Int(item)] * norms[Int(other)])
            if score > 0 { scratch.top.offer(ScoredItem(item: other, score: score)) }
        }
        var list: [ScoredItem] = []
        scratch.top.drain(into: &list)
        return list
    }

    /// The most similar users with their cosine, in list order.
    private func neighbours(of profile: Profile, scratch: inout Scratch) -> [ScoredItem] {
        for entry in profile.entries where entry.item >= 0 && Int(entry.item) < itemCount {
            scratch.users.add(items, row: Int(entry.item), weight: entry.weight)
        }
        let norm = profile.norm
        scratch.topUsers.reset(capacity: options.neighbours)
        for place in 0..<scratch.users.touchedCount {
            let user = scratch.users.touched[place]
            let dot = scratch.users.values[Int(user)]
            let score = dot / (norm * norms[Int(user)] + options.shrinkage)
            if score > 0 { scratch.topUsers.offer(ScoredItem(item: user, score: score)) }
        }
        scratch.users.reset()
        var list: [ScoredItem] = []
        scratch.topUsers.drain(into: &list)
        return list
    }
}

extension Profile {
    /// Euclidean length of the weights.
    var norm: Float {
        Float(entries.reduce(0.0) { $0 + Double($1.weight) * Double($1.weight) }.squareRoot())
    }
}

extension CSRMatrix {
    /// Euclidean length of each row, summed in double precision.
    func rowNorms() -> [Float] {
        (0..<rowCount).map { row in
            var sum = 0.0
            for entry in indptr[row]..<indptr[row + 1] { sum += Double(values[entry]) * Double(values[entry]) }
            return Float(sum.squareRoot())
        }
    }
}
