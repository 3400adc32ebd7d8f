import RealModule

/// Buy again: a person's own items, the often and the lately met first.
///
/// In shops where people reorder, this list is the hardest to beat. The score of an item of the profile is
/// w · 2^(−age / halfLife) · share, w being its weight in the profile and its age counted back from the profile's
/// newest entry. A profile keeps the sum of an item's weights and the time of the last meeting, so the whole sum is as
/// young as that meeting. Items outside the profile have score 0.
///
/// The share is the part of an item's users who came back for it, (repeaters + a·m) / (users + a), with m that part
/// over all items and a the weight of that prior: what nobody buys twice is no use in this list, however lately bought.
///
/// Lists need `Selection(excludesProfile: false)`; with the default selection, which leaves out the person's own items,
/// they are empty. The evidence of an item is the item itself with share 1.
public struct OwnHistory: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "own_history"

    /// How the model is applied.
    public struct Options: Sendable, Equatable, Codable {
        /// How the decayed weight becomes a score.
        public enum Form: Sendable, Equatable, Codable {
            /// w itself.
            case weight
            /// ln(1 + w): tenfold buying is not tenfold interest.
            case logarithm
            /// w · (1 + s) / (w + s): bounded by 1 + s.
            case saturated(Float)
        }

        /// How the decayed weight becomes a score.
        public var form: Form
        /// Half-life of an entry in seconds; nil for no decay.
        public var halfLife: Double?
        /// Users of average habits added to each item's; nil takes every share as 1.
        public var repeatPrior: Double?

        /// Options. The defaults were chosen on three tuning slices of a year of a real gift shop's orders (UCI Online
        /// Retail), all before the test part: with shares the plain weight and a year are as good as any, without them
        /// the list loses a twentieth of its nDCG@10. Priors of 3 to 30 make no difference.
        public init(form: Form = .weight, halfLife: Double? = 365 * 86_400, repeatPrior: Double? = 10) {
            self.repeatPrior = repeatPrior
            self.form = form
            self.halfLife = halfLife
            requireValid()
        }
    }

    /// The options of the model.
    public let options: Options
    /// Share of each item, 0 to 1; all 1 without a prior.
    public let repeatShares: [Float]

    /// Number of items.
    public var itemCount: Int { repeatShares.count }

    /// Counts the users of each item and those among them with a weight of at least 2, which is two plain purchases.
    /// Cost: O(entries).
    /// - Throws: ``FitError`` for a matrix without entries or with a value that is not finite.
    public static func fit(_ matrix: CSRMatrix, options: Options = Options()) throws(FitError) -> Self {
        try matrix.checkFittable()
        guard let prior = options.repeatPrior else {
            return OwnHistory(options: options, repeatShares: [Float](repeating: 1, count: matrix.columnCount))
        }
        var users = [Double](repeating: 0, count: matrix.columnCount)
        var repeaters = users
        for (item, weight) in zip(matrix.indices, matrix.values) where weight > 0 {
            users[Int(item)] += 1
            if weight >= 2 { repeaters[Int(item)] += 1 }
        }
        let mean = repeaters.reduce(0, +) / max(1, users.reduce(0, +))
        // Where nobody ever comes back there is nothing to tell items apart by.
        let shares = zip(repeaters, users).map { mean > 0 ? Float(($0 + prior * mean) / ($1 + prior)) : 1 }
        return OwnHistory(options: options, repeatShares: shares)
    }

    /// A workspace for this model.
    public func makeScratch() -> Scratch { Scratch() }

    /// Writes the scores of the profile's items. Cost: O(items + profile).
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        for item in scores.indices { scores[item] = 0 }
        let newest = profile.newestTime
        for entry in profile.entries where isKnown(entry.item) {
            scores[Int(entry.item)] = score(of: entry, newest: newest)
        }
    }

    /// Scores of some items alone. Cost: O(profile + items · log profile).
    public func scores(of items: ArraySlice<Int32>, for profile: Profile, scratch: inout Scratch) -> [Float] {
        let newest = profile.newestTime
        return items.map { item in
            isKnown(item) ? profile.entry(of: item).map { score(of: $0, newest: newest) } ?? 0 : 0
        }
    }

    /// An item's own entry makes the whole of its score. Cost: O(profile).
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        let newest = profile.newestTime
        return profile.entries.map { $0.item == item && isKnown(item) ? score(of: $0, newest: newest) : 0 }
    }

    /// The same of several items. Cost: O(profile + items · log profile).
    public func addContributions(
        to items: ArraySlice<Int32>,
        profile: Profile,
        factor: Float,
        sums: inout [Float],
        scratch: inout Scratch
    ) -> Bool {
        let newest = profile.newestTime
        for (place, item) in items.enumerated() where isKnown(item) {
            guard let position = profile.position(of: item) else { continue }
            let entry = profile.entries[profile.entries.startIndex + position]
            sums[position * items.count + place] += factor * score(of: entry, newest: newest)
        }
        return true
    }

    /// Appends the best of the profile's own items; none when the selection leaves these out. Cost: O(profile).
    public func appendRecommendations(
        for profile: Profile,
        selection: Selection,
        to list: inout [ScoredItem],
        scratch: inout Scratch
    ) {
        guard !selection.excludesProfile else { return }
        let newest = profile.newestTime
        scratch.top.reset(capacity: min(selection.count, profile.count))
        for entry in profile.entries where isKnown(entry.item) && selection.admits(entry.item) {
            scratch.top.offer(ScoredItem(item: entry.item, score: score(of: entry, newest: newest)))
        }
        scratch.top.drain(into: &list)
    }

    /// Appends each item as its own evidence.
    public func appendEvidence(
        for items: ArraySlice<ScoredItem>,
        profile: Profile,
        to evidence: inout [Evidence?],
        scratch: inout Scratch
    ) {
        for item in items { evidence.append(profile.contains(item.item) ? Evidence(item: item.item, share: 1) : nil) }
    }

    /// Nothing: the model knows no similarity of items.
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] { [] }

    /// 0 for a weight at or below 0 and for what cannot be computed.
    private func score(of entry: ProfileEntry, newest: Double) -> Float {
        let decay = options.halfLife.map { Double.exp2((entry.time - newest) / $0) } ?? 1
        let weight = Double(entry.weight) * decay
        guard weight > 0, weight.isFinite else { return 0 }
        let share = repeatShares[Int(entry.item)]
        switch options.form {
        case .weight: return Float(weight) * share
        case .logarithm: return Float(Double.log(onePlus: weight)) * share
        case .saturated(let s): return Float(weight).saturated(by: s) * share
        }
    }
}

extension OwnHistory {
    /// The shares of the items and the options.
    public func archive() -> NPZArchive {
        var archive = NPZArchive([
            NPYArray(name: "repeat_shares", repeatShares),
            NPYArray(name: "repeat_prior", number: options.repeatPrior ?? 0),
        ])
        archive.append(options)
        switch options.form {
        case .weight: archive.arrays.append(NPYArray(name: "form", string: "weight"))
        case .logarithm: archive.arrays.append(NPYArray(name: "form", string: "logarithm"))
        case .saturated(let s):
            archive.arrays.append(NPYArray(name: "form", string: "saturated"))
            archive.arrays.append(NPYArray(name: "saturation", number: Double(s)))
        }
        return archive
    }

    /// Restores a model; refuses shares outside 0 to 1.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let shares = try archive.floats("repeat_shares")
        guard shares.allSatisfy({ (0...1).contains($0) }) else {
            throw ArchiveError(.invalidContents, "repeat_shares", "must be numbers of 0 to 1")
        }
        let prior = try archive.number("repeat_prior")
        var options = Options()
        options.repeatPrior = prior == 0 ? nil : prior
        switch try archive.string("form") {
        case "weight": options.form = .weight
        case "logarithm": options.form = .logarithm
        case "saturated": options.form = .saturated(Float(try archive.number("saturation")))
        case let other: throw ArchiveError(.invalidContents, "form", "is \(other), which is not known")
        }
        try archive.read(into: &options)
        self.init(options: options, repeatShares: shares)
    }
}
