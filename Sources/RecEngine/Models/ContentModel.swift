/// Content-based: an item scores by how much it is like the items of the profile, by text, category and price.
///
/// Lops, de Gemmis, Semeraro, "Content-based recommender systems: state of the art and trends" (2011). With x the rows
/// of ``ProductFeatures`` and w the profile's weights, saturated and decayed,
///
///     score(i) = Σ over p of w(p) · (⟨x(p), x(i)⟩ + categoryAffinity · [p and i have the same category]) / Σ |w(p)|
///
/// so it is a mean of similarities, at most 1 + categoryAffinity, and linear in the profile: what an entry contributes is
/// exact, and one with a negative weight pushes away what is like it. It needs no other users, so a new item is
/// recommended as soon as something is known about it. It knows nothing of quality or taste, so where there are
/// interactions, models that learn from them rank better.
public struct ContentModel: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "content"

    /// How the model is applied.
    public struct Options: Sendable, Equatable, Codable {
        /// What the same category adds to the similarity of two items, besides what the features say.
        public var categoryAffinity: Float
        /// s of a weight's saturation w · (1 + s) / (|w| + s) in profiles: 0 uses the sign alone.
        public var saturation: Float
        /// Half-life of a profile entry in seconds, counted back from the profile's newest entry; nil for no decay.
        public var halfLife: Double?

        /// Options. Saturation and half-life were chosen on a year of a real gift shop's orders (UCI Online Retail), on
        /// the last fifth of the training part of the temporal split; between 10 and 90 days it hardly matters. That
        /// data has no categories, so the affinity is a plain choice.
        public init(categoryAffinity: Float = 0.1, saturation: Float = 1, halfLife: Double? = 30 * 86_400) {
            self.categoryAffinity = categoryAffinity
            self.saturation = saturation
            self.halfLife = halfLife
            requireValid()
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// What is known of the items.
    public let features: ProductFeatures
    /// Features × items: where each feature occurs.
    let occurrences: CSRMatrix

    /// Number of items.
    public var itemCount: Int { features.itemCount }

    init(options: Options, features: ProductFeatures) {
        self.options = options
        self.features = features
        self.occurrences = features.matrix.transposed()
    }

    /// Takes the features. Cost: O(entries).
    /// - Throws: ``FitError`` for features without entries or with a value that is not finite.
    public static func fit(_ features: ProductFeatures, options: Options = Options()) throws(FitError) -> ContentModel {
        try features.matrix.checkFittable()
        return ContentModel(options: options, features: features)
    }

    /// A workspace; what it holds grows with use.
    public func makeScratch() -> Scratch { Scratch() }

    /// The features and the options.
    public func archive() -> NPZArchive {
        var archive = features.archive()
        archive.append(options)
        return archive
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        var options = Options()
        try archive.read(into: &options)
        self.init(options: options, features: try ProductFeatures(archive: archive))
    }
}

extension ContentModel {
    /// Writes all scores. Cost: O(items + entries of the profile's features), which is at most the entries of all items.
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        let taste = takeTaste(of: profile, &scratch)
        Self.score(occurrences, features.categories, taste, &scores)
        scratch.giveBack(factors: taste)
    }

    /// Scores of some items alone. Cost: O(features + entries of the profile's items and of these).
    public func scores(of items: ArraySlice<Int32>, for profile: Profile, scratch: inout Scratch) -> [Float] {
        let taste = takeTaste(of: profile, &scratch)
        defer { scratch.giveBack(factors: taste) }
        return items.map { isKnown($0) ? score(ofRow: Int($0), of: features, taste) : 0 }
    }

    /// The scores of products outside the model, as this model scores its own: for products that were added later.
    ///
    /// Cost: O(features + entries of the profile's items and of the products).
    /// - Parameter others: made by the space of this model's features (precondition: as many features).
    public func scores(of others: ProductFeatures, for profile: Profile, scratch: inout Scratch) -> [Float] {
        precondition(others.matrix.columnCount == features.matrix.columnCount, "features of another space")
        let taste = takeTaste(of: profile, &scratch)
        defer { scratch.giveBack(factors: taste) }
        return (0..<others.itemCount).map { score(ofRow: $0, of: others, taste) }
    }

    /// The item of the profile that contributes most to a product outside the model, with its share of the score.
    public func evidence(
        for row: Int,
        of others: ProductFeatures,
        score: Float,
        profile: Profile,
        scratch: inout Scratch
    ) -> Evidence? {
        let parts = contributions(toRow: row, of: others, profile: profile, scratch: &scratch)
        return Evidence(largestOf: parts, profile: profile, score: score)
    }

    /// A weight for each feature, then one for each category; to be given back to the scratch.
    private func takeTaste(of profile: Profile, _ scratch: inout Scratch) -> [Float] {
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
        return taste
    }

    private func score(ofRow row: Int, of products: ProductFeatures, _ taste: borrowing [Float]) -> Float {
        let category = products.categories[row]
        let affinity = category >= 0 ? taste[features.matrix.columnCount + Int(category)] : 0
        return affinity + Self.dot(products.matrix, row: row, taste)
    }

    /// The profile's weights times the similarities. Cost: O(entries of the item + entries of the profile's items).
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        guard isKnown(item) else { return [Float](repeating: 0, count: profile.count) }
        return contributions(toRow: Int(item), of: features, profile: profile, scratch: &scratch)
    }

    private func contributions(
        toRow row: Int,
        of products: ProductFeatures,
        profile: Profile,
        scratch: inout Scratch
    ) -> [Float] {
        weigh(profile, into: &scratch)
        var target = scratch.takeFactors(count: features.matrix.columnCount)
        Self.add(products.matrix, row: row, weight: 1, to: &target)
        let category = products.categories[row]
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
        var scores = cosines(toRow: Int(item), of: features)
        scores[Int(item)] = 0
        return TopK.best(count, of: scores, allowing: allowing)
    }

    /// The items with the highest cosine to a product outside the model, best first.
    /// - Parameter others: made by the space of this model's features (precondition: as many features).
    public func similarItems(
        toRow row: Int,
        of others: ProductFeatures,
        count: Int,
        allowing: ItemSet? = nil
    ) -> [ScoredItem] {
        precondition(others.matrix.columnCount == features.matrix.columnCount, "features of another space")
        return TopK.best(count, of: cosines(toRow: row, of: others), allowing: allowing)
    }

    /// The cosine of a product with every item.
    private func cosines(toRow row: Int, of products: ProductFeatures) -> [Float] {
        var taste = [Float](repeating: 0, count: features.matrix.columnCount + features.categoryNames.count)
        var scores = [Float](repeating: 0, count: itemCount)
        Self.add(products.matrix, row: row, weight: 1, to: &taste)
        Self.score(occurrences, features.categories, taste, &scores)
        return scores
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

extension ContentModel {
    /// A weight for each category from weights by name, 0 for those not named; names the shop does not have are left
    /// out.
    public func categoryPreferences(_ weights: [String: Float]) -> [Float] {
        features.categoryNames.map { weights[$0] ?? 0 }
    }

    /// A list for someone of whom only preferred categories are known, as when they have just signed up: items by the
    /// weight of their category, within it by popularity, then by item. Items of a category with a weight of 0 or less
    /// are left out.
    ///
    /// The score is the category's weight; of items with equal ones each is a unit in the last place below the one
    /// before, so that the list is in the order of scores as all lists are. `preferences` has one weight a category and
    /// `popularity` one number an item, or is empty (preconditions). Cost: O(items · log items).
    public func recommend(
        preferring preferences: [Float],
        popularity: [Float] = [],
        selection: Selection
    ) -> [ScoredItem] {
        precondition(preferences.count == features.categoryNames.count, "one weight a category")
        precondition(popularity.isEmpty || popularity.count == itemCount, "one popularity an item")
        var candidates: [(weight: Float, popularity: Float, item: Int32)] = []
        for item in 0..<Int32(itemCount) where selection.admits(item) {
            let category = Int(features.categories[Int(item)])
            guard category >= 0, preferences[category] > 0, preferences[category].isFinite else { continue }
            let rank = popularity.isEmpty || popularity[Int(item)].isNaN ? 0 : popularity[Int(item)]
            candidates.append((preferences[category], rank, item))
        }
        candidates.sort { ($1.weight, $1.popularity, $0.item) < ($0.weight, $0.popularity, $1.item) }
        var list: [ScoredItem] = []
        for candidate in candidates.prefix(selection.count) {
            let score = min(candidate.weight, list.last?.score.nextDown ?? .infinity)
            list.append(ScoredItem(item: candidate.item, score: score))
        }
        return list
    }
}
