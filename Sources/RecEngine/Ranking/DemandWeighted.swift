import RealModule

/// Another model's scores times a power of each item's ``DemandRatio``: what this person may want of what is wanted now.
/// The longer the history, the higher the power (``DemandRatio/Options/historyPrior``).
///
/// A factor an item leaves a score a sum over the profile, so contributions and shares stay exact. Any model gains from
/// it where demand moves faster than the model's history; where it does not, ratios are near 1.
public struct DemandWeighted: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "demand_weighted"

    /// The model whose scores are weighed.
    public let model: any Recommender
    /// How much more each item is in demand than before.
    public let demand: DemandRatio
    /// Seconds from the fit to the moment for which it ranks.
    public let age: Double
    private let factors: DemandFactors

    /// Number of items.
    public var itemCount: Int { model.itemCount }

    /// A weighed model; one ratio an item (precondition).
    public init(_ model: any Recommender, demand: DemandRatio) {
        self.init(model, demand: demand, age: 0)
    }

    private init(_ model: any Recommender, demand: DemandRatio, age: Double) {
        precondition(demand.ratios.count == model.itemCount, "one ratio an item")
        self.model = model
        self.demand = demand
        self.age = age
        factors = DemandFactors(demand, remainder: demand.options.remainder(after: age))
    }

    /// The same model with the powers that are left of demand (``DemandRatio/Options/ageHalfLife``). Cost: O(items), and as
    /// many powers an item as there are rows of ``DemandFactors``.
    public func aged(by seconds: Double) -> DemandWeighted {
        DemandWeighted(model.aged(by: seconds), demand: demand, age: seconds)
    }

    /// The ratio of each item as much as it still says at this age.
    public var presentRatios: [Float] {
        let remainder = demand.options.remainder(after: age)
        return remainder == 1 ? demand.ratios : demand.ratios.map { Float.pow($0, remainder) }
    }

    /// The model's own workspace, and room for its scores.
    public func makeScratch() -> Scratch { Scratch(parts: [model.makeScratch()]) }

    /// Writes the weighed scores. Cost: that of the model and O(items).
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        model.writeScores(for: profile, to: &scores, scratch: &scratch.parts[0])
        let start = factors.start(historyOf: profile.count)
        let factors = factors.values.span
        var scores = scores.mutableSpan
        for item in 0..<scores.count { scores[item] *= factors[start + item] }
    }

    /// The model's scores of some items, each times its factor.
    public func scores(of items: ArraySlice<Int32>, for profile: Profile, scratch: inout Scratch) -> [Float] {
        let factors = factors.row(historyOf: profile.count)
        return zip(items, model.scores(of: items, for: profile, scratch: &scratch.parts[0])).map { item, score in
            isKnown(item) ? score * factors[factors.startIndex + Int(item)] : 0
        }
    }

    /// Over EASE the lists of many users at once, as ``EASE`` makes them; else one by one.
    public func appendRecommendations(
        rows: Range<Int>,
        of profiles: ProfileTable,
        hidden: HiddenItems?,
        selection: Selection,
        to list: inout [ScoredItem],
        lengths: inout [Int],
        scratch: inout Scratch
    ) {
        guard let ease = model as? EASE, selection.count <= EASE.longestBatchList else {
            appendOneByOne(rows, profiles, hidden, selection, to: &list, &lengths, &scratch)
            return
        }
        ease.appendTogether(
            rows,
            profiles,
            hidden,
            selection,
            factors: factors,
            to: &list,
            &lengths,
            &scratch.parts[0]
        )
    }

    /// The model's contributions times the item's factor.
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        let parts = model.contributions(to: item, profile: profile, scratch: &scratch.parts[0])
        guard isKnown(item) else { return parts }
        let factor = factors.values[factors.start(historyOf: profile.count) + Int(item)]
        return parts?.map { $0 * factor }
    }

    /// The model's evidence: a factor changes the score and not its shares.
    public func appendEvidence(
        for items: ArraySlice<ScoredItem>,
        profile: Profile,
        to evidence: inout [Evidence?],
        scratch: inout Scratch
    ) {
        let factors = factors.row(historyOf: profile.count)
        let unweighed = items.map { item in
            ScoredItem(item: item.item, score: item.score / factors[factors.startIndex + Int(item.item)])
        }
        model.appendEvidence(for: unweighed[...], profile: profile, to: &evidence, scratch: &scratch.parts[0])
    }

    /// The model's similar items: what an item is like does not depend on what is wanted.
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        model.similarItems(to: item, count: count, allowing: allowing)
    }

    /// The model's arrays under `model.`, with the ratios beside them; as it was fitted, whatever its age.
    public func archive() -> NPZArchive {
        var archive = NPZArchive([
            NPYArray(name: "algorithm", string: Self.algorithm), NPYArray(name: "ratios", demand.ratios),
        ])
        archive.append(fieldsOf: demand.options)
        archive.append(model.archive(), under: "model.")
        return archive
    }

    /// Restores a model; refuses ratios that are not finite numbers above 0, one an item.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let model = try archive.part("model.").recommender()
        let ratios = try archive.floats("ratios")
        guard ratios.count == model.itemCount, ratios.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw ArchiveError(.invalidContents, "ratios", "must be one finite number above 0 an item")
        }
        // An archive from before histories or age counted multiplies by the ratio itself.
        var options = DemandRatio.Options(strength: 1, historyPrior: 0, ageHalfLife: nil)
        try archive.read(into: &options)
        self.init(model, demand: DemandRatio(options: options, ratios: ratios))
    }
}
