import RealModule

extension TruncatedSVD {
    /// Writes all scores. Cost: O((profile + items) × factors).
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        let sum = addFactors(of: profile, scratch: &scratch)
        var output = scores.mutableSpan
        for item in 0..<itemCount { output[item] = itemFactors.dot(item, sum) }
        scratch.factors = sum
    }

    /// The profile's weights times the products of the factors. Cost: O(profile × factors).
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        guard isKnown(item) else { return [Float](repeating: 0, count: profile.count) }
        weigh(profile, into: &scratch.weights)
        let factors = itemFactors.row(Int(item))
        return zip(profile.entries, scratch.weights).map { entry, weight in
            weight == 0 ? 0 : weight * itemFactors.dot(Int(entry.item), factors)
        }
    }

    /// The items with the most similar columns: the cosine of factors times singular values. Cost: O(items × factors).
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        guard isKnown(item) else { return [] }
        let own = scaled(Int(item))
        let length = Self.dot(own, own).squareRoot()
        var top = TopK()
        top.reset(capacity: min(count, itemCount))
        for other in 0..<Int32(itemCount) where other != item && allowing?.contains(other) ?? true {
            let factors = scaled(Int(other))
            let score = Self.dot(own, factors) / (length * Self.dot(factors, factors).squareRoot())
            top.offer(ScoredItem(item: other, score: score))
        }
        var list: [ScoredItem] = []
        top.drain(into: &list)
        return list
    }

    private func scaled(_ item: Int) -> [Float] {
        zip(itemFactors.row(item), singularValues).map { $0 * $1 }
    }

    private static func dot(_ first: [Float], _ second: [Float]) -> Float {
        zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private func isKnown(_ item: Int32) -> Bool {
        item >= 0 && Int(item) < itemCount
    }

    /// The weighted sum of the factors of the profile's items, in the scratch's vector, which is to be given back.
    private func addFactors(of profile: Profile, scratch: inout Scratch) -> [Float] {
        weigh(profile, into: &scratch.weights)
        var sum: [Float] = []
        swap(&sum, &scratch.factors)
        sum.removeAll(keepingCapacity: true)
        sum.append(contentsOf: repeatElement(0, count: itemFactors.columnCount))
        for (position, entry) in profile.entries.enumerated() where scratch.weights[position] != 0 {
            itemFactors.addRow(Int(entry.item), weight: scratch.weights[position], to: &sum)
        }
        return sum
    }

    /// Weights of the profile's entries: saturated, and halved for each half-life an entry is older than the newest; 0
    /// for items outside the model.
    private func weigh(_ profile: Profile, into weights: inout [Float]) {
        weights.removeAll(keepingCapacity: true)
        for entry in profile.entries {
            weights.append(isKnown(entry.item) ? entry.weight.saturated(by: options.saturation) : 0)
        }
        guard let halfLife = options.halfLife else { return }
        let newest = profile.entries.reduce(-Double.infinity) { $1.time > $0 && $1.time.isFinite ? $1.time : $0 }
        for (position, entry) in profile.entries.enumerated() where weights[position] != 0 {
            let decay = Float(Double.exp2((entry.time - newest) / halfLife))
            weights[position] *= decay.isFinite ? decay : 0
        }
    }
}
