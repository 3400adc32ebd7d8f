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
        findNeighbours(of: profile, scratch: &scratch)
        for neighbour in scratch.neighbours {
            scratch.items.add(users, row: Int(neighbour.item), weight: neighbour.score)
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
        findNeighbours(of: profile, scratch: &scratch)
        for neighbour in scratch.neighbours {
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
        var sums = SparseAccumulator(count: itemCount)
        for entry in items.entries(ofRow: Int(item)) {
            sums.add(users, row: Int(items.indices[entry]), weight: items.values[entry])
        }
        let norms = items.rowNorms()
        var top = TopK()
        top.reset(capacity: min(count, itemCount))
        sums.drain { other, product in
            guard other != item, allowing?.contains(other) ?? true else { return }
            let score = product / (norms[Int(item)] * norms[Int(other)])
            top.offer(ScoredItem(item: other, score: score))
        }
        var list: [ScoredItem] = []
        top.drain(into: &list)
        return list
    }

    /// Puts the most similar users with their cosine into the scratch, in list order.
    private func findNeighbours(of profile: Profile, scratch: inout Scratch) {
        for entry in profile.entries where entry.item >= 0 && Int(entry.item) < itemCount {
            scratch.users.add(items, row: Int(entry.item), weight: entry.weight)
        }
        scratch.neighbours.removeAll(keepingCapacity: true)
        scratch.topUsers.reset(capacity: min(options.neighbours, users.rowCount))
        offerUsers(from: &scratch.users, profileNorm: profile.norm, to: &scratch.topUsers)
        scratch.topUsers.drain(into: &scratch.neighbours)
    }

    private func offerUsers(from sums: inout SparseAccumulator, profileNorm: Float, to top: inout TopK) {
        sums.drain { user, product in
            let score = product / (profileNorm * norms[Int(user)] + options.shrinkage)
            top.offer(ScoredItem(item: user, score: score))
        }
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
