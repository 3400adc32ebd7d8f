import RealModule

/// Items by the sum of their interaction weights, recent ones counting more: for everyone the same list, or each
/// person's own mixture of categories.
///
/// An interaction of age a counts 2^(−a / halfLife); a half-life of some days makes the list one of what is trending.
/// With the scope `.profileCategories` an item's popularity is multiplied by the part that its category has in the
/// profile's weights, which makes the score a sum over the profile, with exact evidence. A profile without an item of
/// a category gets everyone's list: so a visitor without history has one. Items without interactions have score 0 and
/// are not returned. There is no similarity of items.
public struct PopularityModel: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "popularity"

    /// How the model is fitted and applied.
    public struct Options: Sendable, Equatable, Codable {
        /// For whom a list is made.
        public enum Scope: String, Sendable, Equatable, Codable {
            /// One list for everyone.
            case everyone
            /// A profile's categories weigh the items; needs the items' categories.
            case profileCategories
        }

        /// What is counted.
        public enum Counting: String, Sendable, Equatable, Codable {
            /// Every interaction, by its weight.
            case interactions
            /// Every user once, as of their last interaction with the item: one who orders each week counts as one.
            case users
        }

        /// Half-life of an interaction in seconds; nil for no decay.
        public var halfLife: Double?
        /// For whom a list is made.
        public var scope: Scope
        /// What is counted.
        public var counting: Counting

        /// Options; 30 days, everyone and interactions by default.
        public init(
            halfLife: Double? = 30 * 86_400,
            scope: Scope = .everyone,
            counting: Counting = .interactions
        ) {
            self.halfLife = halfLife
            self.scope = scope
            self.counting = counting
            requireValid()
        }

        /// What is met often these days: a half-life of a week.
        public static let trending = Options(halfLife: 7 * 86_400)
    }

    /// The options the model was fitted with.
    public let options: Options
    /// Popularity of each item.
    public let scores: [Float]
    /// Category of each item, −1 for none; empty where categories are not known.
    public let categories: [Int32]
    /// Items with a score above 0, in list order.
    let order: [ScoredItem]
    /// One more than the highest category.
    let categoryCount: Int

    /// Number of items.
    public var itemCount: Int { scores.count }

    init(options: Options, scores: [Float], categories: [Int32] = []) {
        self.options = options
        self.scores = scores
        self.categories = categories
        self.categoryCount = Int((categories.max() ?? -1) + 1)
        self.order = scores.indices
            .filter { scores[$0] > 0 }
            .map { ScoredItem(item: Int32($0), score: scores[$0]) }
            .sorted { $0.isBefore($1) }
    }

    /// A workspace; it holds nothing until scores are asked for.
    public func makeScratch() -> Scratch { Scratch() }

    /// Writes the popularity of each item, times the part of its category where the scope says so.
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        guard let shares = categoryShares(of: profile) else {
            scores = self.scores
            return
        }
        for item in scores.indices {
            let category = categories[item]
            scores[item] = category >= 0 ? shares[Int(category)] * self.scores[item] : 0
        }
    }

    /// Of the entries in the item's category each its share; nil for everyone's list, which does not come from the
    /// profile.
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        guard let shares = shares(of: profile) else { return nil }
        let category = category(of: item)
        return zip(profile.entries, shares).map { entry, share in
            category >= 0 && self.category(of: entry.item) == category ? share * scores[Int(item)] : 0
        }
    }

    /// Appends the best admitted items. Cost: O(count + items left out) for everyone's list, O(items) for a profile's.
    public func appendRecommendations(
        for profile: Profile,
        selection: Selection,
        to list: inout [ScoredItem],
        scratch: inout Scratch
    ) {
        if let shares = categoryShares(of: profile) {
            scratch.top.reset(capacity: min(selection.count, itemCount))
            for candidate in order where isAdmitted(candidate.item, selection, profile) {
                let category = categories[Int(candidate.item)]
                let share = category >= 0 ? shares[Int(category)] : 0
                scratch.top.offer(ScoredItem(item: candidate.item, score: share * candidate.score))
            }
            scratch.top.drain(into: &list)
        } else {
            var left = selection.count
            for candidate in order {
                if left == 0 { break }
                guard isAdmitted(candidate.item, selection, profile) else { continue }
                list.append(candidate)
                left -= 1
            }
        }
    }

    private func isAdmitted(_ item: Int32, _ selection: Selection, _ profile: Profile) -> Bool {
        selection.admits(item) && !(selection.excludesProfile && profile.contains(item))
    }

    /// Nothing: the model knows no similarity of items.
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] { [] }
}

extension PopularityModel {
    /// Fits on a users × items matrix of weights; times are not known, so the half-life does not apply.
    ///
    /// `categories` holds the category of each item, −1 for none; it may be left out unless the scope needs it
    /// (precondition). Cost: O(entries + items · log items).
    public static func fit(
        _ matrix: CSRMatrix,
        categories: [Int32] = [],
        options: Options = Options(halfLife: nil)
    ) throws(FitError) -> Self {
        checkCategories(categories, itemCount: matrix.columnCount, options)
        try matrix.checkFittable()
        var sums = [Double](repeating: 0, count: matrix.columnCount)
        for (item, value) in zip(matrix.indices, matrix.values) {
            sums[Int(item)] += options.counting == .users ? (value > 0 ? 1 : 0) : Double(value)
        }
        return PopularityModel(options: options, scores: sums.map(Float.init), categories: categories)
    }

    /// Fits on interactions, each decayed from its time to `now`; one later than `now` counts in full.
    ///
    /// `categories` as for a matrix. Cost: O(rows + items · log items).
    public static func fit(
        _ log: InteractionLog,
        categories: [Int32] = [],
        now: Double,
        options: Options = Options()
    ) throws(FitError) -> Self {
        checkCategories(categories, itemCount: log.itemCount, options)
        try log.checkFittable()
        let origin = options.origin(of: log, now: now)
        var sums = [Double](repeating: 0, count: log.itemCount)
        switch options.counting {
        case .interactions:
            for row in 0..<log.count { sums[Int(log.items[row])] += options.decayed(log, row, now: origin) }
        case .users:
            for entry in ProfileTable(log).entries where entry.weight > 0 {
                sums[Int(entry.item)] += options.decay(entry.time, now: origin)
            }
        }
        return PopularityModel(options: options, scores: sums.map(Float.init), categories: categories)
    }

    private static func checkCategories(_ categories: [Int32], itemCount: Int, _ options: Options) {
        precondition(
            categories.count == itemCount || (categories.isEmpty && options.scope == .everyone),
            "one category an item"
        )
        precondition(categories.allSatisfy { $0 >= -1 && $0 < Int32.max }, "category out of range")
    }
}

extension PopularityModel.Options {
    /// What a row of a log counts at a time.
    func decayed(_ log: InteractionLog, _ row: Int, now: Double) -> Double {
        Double(log.weights[row]) * decay(log.times[row], now: now)
    }

    /// From when a log's ages are counted.
    func origin(of log: InteractionLog, now: Double) -> Double {
        halfLife.map { decayOrigin(now: now, newest: log.times.max() ?? now, halfLife: $0) } ?? now
    }

    fileprivate func decay(_ time: Double, now: Double) -> Double {
        halfLife.map { Double.exp2(-max(0, now - time) / $0) } ?? 1
    }
}

extension PopularityModel {
    /// The weight of each of a profile's entries that a category counts, over their sum: what part of the profile each
    /// entry is. Nil when the model looks at no categories or none of the profile's entries has one: then everyone's
    /// list is meant.
    func shares(of profile: Profile) -> [Float]? {
        guard options.scope == .profileCategories else { return nil }
        let weights = profile.entries.map { entry in
            category(of: entry.item) >= 0 && entry.weight > 0 && entry.weight.isFinite ? Double(entry.weight) : 0
        }
        let sum = weights.reduce(0, +)
        return sum > 0 ? weights.map { Float($0 / sum) } : nil
    }

    /// The part of each category in a profile; nil as with ``shares(of:)``.
    func categoryShares(of profile: Profile) -> [Float]? {
        shares(of: profile).map { shares in
            var parts = [Float](repeating: 0, count: categoryCount)
            for (entry, share) in zip(profile.entries, shares) where share > 0 {
                parts[Int(category(of: entry.item))] += share
            }
            return parts
        }
    }

    /// The category of an item; −1 for none and for an unknown item.
    func category(of item: Int32) -> Int32 {
        item >= 0 && Int(item) < categories.count ? categories[Int(item)] : -1
    }
}

extension PopularityModel {
    /// The scores, categories and options.
    public func archive() -> NPZArchive {
        var archive = NPZArchive([
            NPYArray(name: "scores", scores)
        ])
        archive.append(options)
        if options.counting != .interactions {
            archive.arrays.append(NPYArray(name: "counting", string: options.counting.rawValue))
        }
        // Everyone's list without categories is stored as it always was.
        if options.scope != .everyone || !categories.isEmpty {
            archive.arrays.append(NPYArray(name: "scope", string: options.scope.rawValue))
            archive.arrays.append(NPYArray(name: "categories", categories))
        }
        return archive
    }

    /// Restores a model; refuses scores that are not finite and categories that do not fit them.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let scores = try archive.floats("scores")
        guard scores.allSatisfy(\.isFinite) else {
            throw ArchiveError(.invalidContents, "scores", "holds a value that is not finite")
        }
        var options = Options()
        try archive.read(into: &options)
        if archive["counting"] != nil {
            guard let counting = Options.Counting(rawValue: try archive.string("counting")) else {
                throw ArchiveError(.invalidContents, "counting", "is not known")
            }
            options.counting = counting
        }
        guard archive["scope"] != nil || archive["categories"] != nil else {
            self.init(options: options, scores: scores)
            return
        }
        guard let scope = Options.Scope(rawValue: try archive.string("scope")) else {
            throw ArchiveError(.invalidContents, "scope", "is not known")
        }
        options.scope = scope
        let categories = try archive.int32s("categories")
        // A category is an index of a table, so there are no more of them than items that could have one.
        guard categories.count == scores.count, categories.allSatisfy({ $0 >= -1 && Int($0) < 1 << 24 }) else {
            throw ArchiveError(.invalidContents, "categories", "must be one number of −1 to 2²⁴ − 1 for each item")
        }
        self.init(options: options, scores: scores, categories: categories)
    }
}
