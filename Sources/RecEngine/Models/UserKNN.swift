import RealModule

/// User-based nearest neighbours: an item scores the similarity-weighted sum over the most similar users who have it.
///
/// Resnick et al., "GroupLens" (CSCW 1994), with the cosine and without mean centring, as fits implicit feedback.
/// Neighbours are found for a *profile*, so a person needs no training row; a person who has one is simply their own
/// closest neighbour, which adds nothing to a list of new items.
///
/// Rows and profiles are weighed alike: weights are saturated, halved for each half-life of age, and items that many
/// users have count less (Breese, Heckerman, Kadie, "Empirical analysis of predictive algorithms for collaborative
/// filtering", UAI 1998, call this inverse user frequency). A row's age counts to the end of the data, so users who
/// have not been there for long have little to say; a profile's counts to its own newest entry, which comes to the same,
/// because the cosine does not see a common factor.
public struct UserKNN: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "user_knn"

    /// How the model is fitted and applied.
    public struct Options: Sendable, Equatable, Codable {
        /// Most similar users that are asked.
        public var neighbours: Int
        /// Added to the denominator of the cosine: pulls down similarities that few items support.
        public var shrinkage: Float
        /// s of a weight's saturation w · (1 + s) / (|w| + s): 0 uses the sign alone, large values the weight itself.
        public var saturation: Float
        /// Half-life of an entry in seconds; nil for no decay.
        public var halfLife: Double?
        /// Whether an entry is multiplied by √ln(1 + (users − n + ½) / (n + ½)) for an item of n users, so that the
        /// cosine's products carry the logarithm once.
        public var weighsItems: Bool

        /// Options. The defaults were chosen on the same tuning slice as those of ``ItemKNN/Options``: nDCG@10 there is
        /// 0.077 with plain weights, 0.085 with their signs, 0.095 with a half-life of 60 days, 0.099 with 30. Ten days
        /// reach 0.107 with 300 neighbours, but lean on the season: a neighbour of last month hardly counts then. Where
        /// there is none a short half-life costs much, and none at all is best; a search on the shop's own data finds out.
        public init(
            neighbours: Int = 150,
            shrinkage: Float = 0,
            saturation: Float = 0,
            halfLife: Double? = 30 * 86_400,
            weighsItems: Bool = true
        ) {
            self.neighbours = neighbours
            self.shrinkage = shrinkage
            self.saturation = saturation
            self.halfLife = halfLife
            self.weighsItems = weighsItems
            requireValid()
        }

        /// The cosine of the weights as they are.
        public static func plain(neighbours: Int, shrinkage: Float = 0) -> Options {
            Options(
                neighbours: neighbours,
                shrinkage: shrinkage,
                saturation: .greatestFiniteMagnitude,
                halfLife: nil,
                weighsItems: false
            )
        }
    }

    /// The options of the model.
    public let options: Options
    /// Users × items, weighed.
    public let users: CSRMatrix
    /// Factor of each item in a profile.
    public let itemWeights: [Float]
    /// Items × users, the transpose.
    let items: CSRMatrix
    /// Euclidean length of each user's row.
    let norms: [Float]

    /// Number of items.
    public var itemCount: Int { users.columnCount }

    init(options: Options, users: CSRMatrix, itemWeights: [Float]) {
        self.options = options
        self.users = users
        self.itemWeights = itemWeights
        self.items = users.transposed()
        self.norms = users.rowNorms()
    }

    /// A workspace for this model: about 4 bytes a user and 5 an item.
    public func makeScratch() -> Scratch { Scratch(itemCount: itemCount, userCount: users.rowCount) }
}

extension UserKNN {
    /// Weighs a users × items matrix and prepares its transpose and norms: O(entries). Times are not known, so only
    /// profiles decay. The neighbours are found when asked for.
    /// - Throws: ``FitError`` for a matrix without entries or with a value that is not finite.
    public static func fit(_ matrix: CSRMatrix, options: Options = Options()) throws(FitError) -> Self {
        try matrix.checkFittable()
        return make(matrix, options: options) { _ in 1 }
    }

    /// The same for the profiles of all users, whose entries decay from their times to `now`; one later than `now`
    /// counts in full.
    /// - Throws: ``FitError`` for a table without entries or with a weight or time that is not finite.
    public static func fit(
        _ profiles: ProfileTable,
        now: Double,
        options: Options = Options()
    ) throws(FitError) -> Self {
        let matrix = profiles.matrix()
        try matrix.checkFittable()
        try profiles.checkTimes()
        guard let halfLife = options.halfLife else { return make(matrix, options: options) { _ in 1 } }
        let now = decayOrigin(now: now, newest: profiles.entries[...].newestTime, halfLife: halfLife)
        return make(matrix, options: options) { entry in
            Float(Double.exp2(min(0, profiles.entries[entry].time - now) / halfLife))
        }
    }

    private static func make(_ matrix: CSRMatrix, options: Options, decay: (Int) -> Float) -> Self {
        let itemWeights = options.itemWeights(for: matrix)
        var values: [Float] = []
        values.reserveCapacity(matrix.nonZeroCount)
        for (entry, item) in matrix.indices.enumerated() {
            let weight = matrix.values[entry].saturated(by: options.saturation)
            values.append(weight * decay(entry) * itemWeights[Int(item)])
        }
        return UserKNN(options: options, users: matrix.replacing(values: values), itemWeights: itemWeights)
    }
}

extension UserKNN.Options {
    fileprivate func itemWeights(for matrix: CSRMatrix) -> [Float] {
        guard weighsItems else { return [Float](repeating: 1, count: matrix.columnCount) }
        var counts = [Int](repeating: 0, count: matrix.columnCount)
        for item in matrix.indices { counts[Int(item)] += 1 }
        // Users without an entry are not there: they may have been numbered for another part of the data.
        let users = Double((0..<matrix.rowCount).count { !matrix.entries(ofRow: $0).isEmpty })
        return counts.map { count in
            let odds = (users - Double(count) + 0.5) / (Double(count) + 0.5)
            return Float(Double.log(onePlus: odds).squareRoot())
        }
    }
}

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
        return top.drained()
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

extension Sequence<Float> {
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
        (0..<rowCount).map { values[entries(ofRow: $0)].norm }
    }
}

extension UserKNN {
    /// The weighed matrix as scipy stores one, with the items' weights and the options beside it.
    public func archive() -> NPZArchive {
        var archive = users.archive()
        archive.arrays.append(NPYArray(name: "item_weights", itemWeights))
        archive.append(options)
        archive.arrays.append(NPYArray(name: "weighs_items", number: options.weighsItems ? 1 : 0))
        return archive
    }

    /// Restores a model, checking the matrix and the weights.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let matrix = try CSRMatrix(archive: archive)
        let itemWeights = try archive.floats("item_weights")
        guard itemWeights.count == matrix.columnCount, itemWeights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw ArchiveError(.invalidContents, "item_weights", "must be one number of at least 0 for each item")
        }
        var options = Options(weighsItems: try archive.integer("weighs_items", in: 0...1) == 1)
        try archive.read(into: &options)
        self.init(options: options, users: matrix, itemWeights: itemWeights)
    }
}
