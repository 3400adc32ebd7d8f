import RealModule

/// The same list for everyone: items by the sum of their interaction weights, recent ones counting more.
///
/// An interaction of age a counts 2^(−a / halfLife). Needs no profile, so it is what a visitor without history gets.
/// Items without interactions have score 0 and are not returned. There is no evidence and no similarity of items.
public struct PopularityModel: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "popularity"

    /// How the model is fitted.
    public struct Options: Sendable, Equatable {
        /// Half-life of an interaction in seconds; nil for no decay.
        public var halfLife: Double?

        /// Options; 30 days by default.
        public init(halfLife: Double? = 30 * 86_400) {
            precondition(halfLife.map { $0 > 0 } ?? true, "half-life must be positive")
            self.halfLife = halfLife
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// Score of each item.
    public let scores: [Float]
    /// Items with a score above 0, in list order.
    private let order: [ScoredItem]

    /// Number of items.
    public var itemCount: Int { scores.count }

    init(options: Options, scores: [Float]) {
        self.options = options
        self.scores = scores
        self.order = scores.indices
            .filter { scores[$0] > 0 }
            .map { ScoredItem(item: Int32($0), score: scores[$0]) }
            .sorted { $0.isBefore($1) }
    }

    /// Fits on a users × items matrix of weights; times are not known, so the half-life does not apply.
    ///
    /// Cost: O(entries + items · log items).
    public static func fit(_ matrix: CSRMatrix, options: Options = Options(halfLife: nil)) throws(FitError) -> Self {
        try matrix.checkFittable()
        var sums = [Double](repeating: 0, count: matrix.columnCount)
        for entry in 0..<matrix.nonZeroCount { sums[Int(matrix.indices[entry])] += Double(matrix.values[entry]) }
        return PopularityModel(options: options, scores: sums.map(Float.init))
    }

    /// Fits on interactions, each decayed from its time to `now`; one later than `now` counts in full.
    ///
    /// Cost: O(rows + items · log items).
    public static func fit(_ log: InteractionLog, now: Double, options: Options = Options()) throws(FitError) -> Self {
        guard log.count > 0 else { throw .emptyMatrix }
        var sums = [Double](repeating: 0, count: log.itemCount)
        for row in 0..<log.count {
            guard log.weights[row].isFinite, log.times[row].isFinite else { throw .nonFinite(row: row) }
            let age = max(0, now - log.times[row])
            let decay = options.halfLife.map { Double.exp2(-age / $0) } ?? 1
            sums[Int(log.items[row])] += Double(log.weights[row]) * decay
        }
        return PopularityModel(options: options, scores: sums.map(Float.init))
    }

    /// A workspace; the model needs none to speak of.
    public func makeScratch() -> Scratch { Scratch(itemCount: 0) }

    /// Writes the popularity of each item.
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        scores = self.scores
    }

    /// Nil: popularity does not come from the profile.
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? { nil }

    /// Appends the most popular admitted items. Cost: O(count + items left out).
    public func appendRecommendations(
        for profile: Profile,
        selection: Selection,
        to list: inout [ScoredItem],
        scratch: inout Scratch
    ) {
        var left = selection.count
        for candidate in order {
            if left == 0 { break }
            guard selection.admits(candidate.item) else { continue }
            guard !(selection.excludesProfile && profile.contains(candidate.item)) else { continue }
            list.append(candidate)
            left -= 1
        }
    }

    /// Nothing: the model knows no similarity of items.
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] { [] }

    /// The scores and the half-life.
    public func archive() -> NPZArchive {
        NPZArchive([
            NPYArray(name: "algorithm", string: Self.algorithm),
            NPYArray(name: "scores", scores),
            NPYArray(name: "half_life", number: options.halfLife ?? 0),
        ])
    }

    /// Restores a model; refuses scores that are not finite.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let scores = try archive.floats("scores")
        guard scores.allSatisfy(\.isFinite) else {
            throw ArchiveError(.invalidContents, "scores", "holds a value that is not finite")
        }
        self.init(options: Options(halfLife: try archive.halfLife()), scores: scores)
    }
}
