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
        addItemsOfNeighbours(of: profile, scratch: &scratch)
        scratch.selectTop(selection, profile: profile, into: &list)
    }

    /// Writes all scores. Cost: as ``appendRecommendations(for:selection:to:scratch:)``, and O(items).
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        addItemsOfNeighbours(of: profile, scratch: &scratch)
        scratch.items.write(to: &scores)
    }

    /// The score is a sum over neighbours of (similarity × their weight), and the similarity a sum over the profile's
    /// items, so each profile item has an exact part. Cost: O(neighbours · profile · log of a row).
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        var parts = [Float](repeating: 0, count: profile.count)
        findNeighbours(of: profile, scratch: &scratch)
        addParts(of: item, profile: profile, scratch: scratch, to: &parts)
        return parts
    }

    /// Appends the evidence; the neighbours are found once for the whole list.
    public func appendEvidence(
        for list: ArraySlice<ScoredItem>,
        profile: Profile,
        to evidence: inout [Evidence?],
        scratch: inout Scratch
    ) {
        findNeighbours(of: profile, scratch: &scratch)
        var parts: [Float] = []
        for item in list {
            parts.removeAll(keepingCapacity: true)
            parts.append(contentsOf: repeatElement(0, count: profile.count))
            addParts(of: item.item, profile: profile, scratch: scratch, to: &parts)
            evidence.append(Evidence(largestOf: parts, profile: profile, score: item.score))
        }
    }

    private func addParts(of item: Int32, profile: Profile, scratch: borrowing Scratch, to parts: inout [Float]) {
        let norm = scratch.weights.norm
        for neighbour in scratch.neighbours {
            let user = Int(neighbour.item)
            let value = users.value(row: user, column: item)
            guard value != 0 else { continue }
            let scale = value / (norm * norms[user] + options.shrinkage)
            for (position, entry) in profile.entries.enumerated() where items.hasRow(entry.item) {
                parts[position] += scale * users.value(row: user, column: entry.item) * scratch.weights[position]
            }
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
        sums.drain { run, values in
            SparseAccumulator.divide(&values, run, byLengths: norms, times: norms[Int(item)], plus: 0)
            top.offer(values, in: run.lowerBound..<min(run.upperBound, itemCount)) { other in
                other != item && allowing?.contains(other) ?? true
            }
        }
        var list: [ScoredItem] = []
        top.drain(into: &list)
        return list
    }

    /// Sums the weighted rows of the most similar users in the scratch.
    private func addItemsOfNeighbours(of profile: Profile, scratch: inout Scratch) {
        findNeighbours(of: profile, scratch: &scratch)
        for neighbour in scratch.neighbours {
            scratch.items.add(users, row: Int(neighbour.item), weight: neighbour.score)
        }
    }

    /// Puts the most similar users with their cosine into the scratch, in list order, and the profile's weights.
    private func findNeighbours(of profile: Profile, scratch: inout Scratch) {
        weigh(profile, into: &scratch.weights)
        scratch.users.add(items, rows: profile.entries, weights: scratch.weights)
        scratch.neighbours.removeAll(keepingCapacity: true)
        scratch.topUsers.reset(capacity: min(options.neighbours, users.rowCount))
        offerUsers(from: &scratch.users, profileNorm: scratch.weights.norm, to: &scratch.topUsers)
        scratch.topUsers.drain(into: &scratch.neighbours)
    }

    private func weigh(_ profile: Profile, into weights: inout [Float]) {
        profile.weigh(saturation: options.saturation, halfLife: options.halfLife, into: &weights)
        var place = 0
        for entry in profile.entries {
            weights[place] *= items.hasRow(entry.item) ? itemWeights[Int(entry.item)] : 1
            place += 1
        }
    }

    private func offerUsers(from sums: inout SparseAccumulator, profileNorm: Float, to top: inout TopK) {
        sums.drain { run, values in
            SparseAccumulator.divide(&values, run, byLengths: norms, times: profileNorm, plus: options.shrinkage)
            top.offer(values, in: run.lowerBound..<min(run.upperBound, norms.count)) { _ in true }
        }
    }
}

extension [Float] {
    /// Euclidean length, summed in double precision.
    var norm: Float {
        var sum = 0.0
        for value in self { sum += Double(value) * Double(value) }
        return Float(sum.squareRoot())
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
