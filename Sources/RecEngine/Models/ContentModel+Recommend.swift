extension ContentModel {
    /// Writes all scores. Cost: O(items + entries of the profile's features), which is at most the entries of all items.
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        weigh(profile, into: &scratch)
        var taste = scratch.takeFactors(count: features.matrix.columnCount + features.categoryNames.count)
        for (position, entry) in profile.entries.enumerated() where isKnown(entry.item) {
            Self.add(features.matrix, row: Int(entry.item), weight: scratch.weights[position], to: &taste)
            let category = features.categories[Int(entry.item)]
            if category >= 0 {
                taste[features.matrix.columnCount + Int(category)] +=
                    options.categoryAffinity * scratch.weights[position]
            }
        }
        Self.score(occurrences, features.categories, taste, &scores)
        scratch.giveBack(factors: taste)
    }

    /// The profile's weights times the similarities. Cost: O(entries of the item + entries of the profile's items).
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        guard isKnown(item) else { return [Float](repeating: 0, count: profile.count) }
        weigh(profile, into: &scratch)
        var target = scratch.takeFactors(count: features.matrix.columnCount)
        Self.add(features.matrix, row: Int(item), weight: 1, to: &target)
        let category = features.categories[Int(item)]
        var parts: [Float] = []
        parts.reserveCapacity(profile.count)
        for (position, entry) in profile.entries.enumerated() {
            guard isKnown(entry.item) else {
                parts.append(0)
                continue
            }
            let isSame = category >= 0 && features.categories[Int(entry.item)] == category
            let similarity = Self.dot(features.matrix, row: Int(entry.item), target)
            parts.append(scratch.weights[position] * (similarity + (isSame ? options.categoryAffinity : 0)))
        }
        scratch.giveBack(factors: target)
        return parts
    }

    /// The items with the highest cosine to an item, best first. Cost: O(items + entries of the item's features).
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        guard isKnown(item) else { return [] }
        var taste = [Float](repeating: 0, count: features.matrix.columnCount + features.categoryNames.count)
        var scores = [Float](repeating: 0, count: itemCount)
        Self.add(features.matrix, row: Int(item), weight: 1, to: &taste)
        Self.score(occurrences, features.categories, taste, &scores)
        scores[Int(item)] = 0
        var scratch = makeScratch()
        var list: [ScoredItem] = []
        scratch.selectTop(of: &scores, Selection(count: count, allowing: allowing), profile: .empty, into: &list)
        return list
    }

    func isKnown(_ item: Int32) -> Bool {
        item >= 0 && Int(item) < itemCount
    }

    /// Puts the weights of the profile's entries into the scratch, divided by the sum of their sizes over known items.
    private func weigh(_ profile: Profile, into scratch: inout Scratch) {
        profile.weigh(saturation: options.saturation, halfLife: options.halfLife, into: &scratch.weights)
        var sum = 0.0
        for (position, entry) in profile.entries.enumerated() where isKnown(entry.item) {
            sum += Double(abs(scratch.weights[position]))
        }
        // Divided in double precision: the reciprocal of a sum near 0 has no 32-bit value.
        for position in scratch.weights.indices {
            scratch.weights[position] = sum > 0 ? Float(Double(scratch.weights[position]) / sum) : 0
        }
    }

    /// vector += weight · row.
    private static func add(_ matrix: CSRMatrix, row: Int, weight: Float, to vector: inout [Float]) {
        let indices = matrix.indices.span
        let values = matrix.values.span
        var vector = vector.mutableSpan
        for entry in matrix.entries(ofRow: row) { vector[Int(indices[entry])] += weight * values[entry] }
    }

    /// ⟨row, vector⟩, in the order of features, as ``score(_:_:_:_:)`` sums.
    private static func dot(_ matrix: CSRMatrix, row: Int, _ vector: borrowing [Float]) -> Float {
        let indices = matrix.indices.span
        let values = matrix.values.span
        let vector = vector.span
        var sum: Float = 0
        for entry in matrix.entries(ofRow: row) { sum += values[entry] * vector[Int(indices[entry])] }
        return sum
    }

    /// Scores of all items for a taste, which holds a weight for each feature and then one for each category.
    ///
    /// By feature and not by item, because a profile touches few features: of 20,000 items with 12 features each, one
    /// with 10 items in a profile reads a fifth.
    private static func score(
        _ occurrences: CSRMatrix,
        _ categories: borrowing [Int32],
        _ taste: borrowing [Float],
        _ scores: inout [Float]
    ) {
        let items = occurrences.indices.span
        let values = occurrences.values.span
        let taste = taste.span
        var scores = scores.mutableSpan
        let featureCount = occurrences.rowCount
        // The matrix was checked or made here: its indices are items. Checks would cost a third of the loop.
        precondition(scores.count == occurrences.columnCount, "one score an item")
        for item in 0..<scores.count { scores[item] = 0 }
        if taste.count > featureCount {
            let categories = categories.span
            for item in 0..<scores.count where categories[item] >= 0 {
                scores[item] = taste[featureCount + Int(categories[item])]
            }
        }
        for feature in nonZero(taste, count: featureCount) {
            let weight = taste[Int(feature)]
            for entry in occurrences.entries(ofRow: Int(feature)) {
                scores[unchecked: Int(items[unchecked: entry])] += weight * values[unchecked: entry]
            }
        }
    }

    /// The features that a taste has, ascending. Found without a branch: one a feature would be mispredicted for each
    /// that is there, which costs more than the feature's items.
    private static func nonZero(_ taste: Span<Float>, count: Int) -> [Int32] {
        [Int32](unsafeUninitializedCapacity: count + 1) { buffer, found in
            for feature in 0..<count {
                buffer[found] = Int32(truncatingIfNeeded: feature)
                found += taste[unchecked: feature] != 0 ? 1 : 0
            }
        }
    }
}

extension Scratch {
    /// A vector of zeros, to be given back so that the next call allocates nothing.
    fileprivate mutating func takeFactors(count: Int) -> [Float] {
        var taken: [Float] = []
        swap(&taken, &factors)
        if taken.count != count { return [Float](repeating: 0, count: count) }
        for place in taken.indices { taken[place] = 0 }
        return taken
    }

    /// Takes a lent vector back.
    fileprivate mutating func giveBack(factors: [Float]) {
        self.factors = factors
    }
}
