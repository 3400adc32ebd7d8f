/// Another model whose data's weights had a unit other than 1 (``TrainingData/weightUnit``): weights of profiles are
/// divided by it before the model sees them.
///
/// Only models for which the size of a weight matters are wrapped, and only in shops where the unit is not 1. An entry of
/// the profile stays the same entry, so contributions and evidence are the model's own.
public struct WeightScaled: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "weight_scaled"

    /// The model, fitted on weights in units.
    public let model: any Recommender
    /// What a weight is divided by; above 0.
    public let unit: Float

    /// Number of items.
    public var itemCount: Int { model.itemCount }

    /// A model on weights in units; the unit is above 0 and finite (precondition).
    public init(_ model: any Recommender, unit: Float) {
        precondition(unit > 0 && unit.isFinite, "a unit must be above 0")
        self.model = model
        self.unit = unit
    }

    /// The model at that age.
    public func aged(by seconds: Double) -> WeightScaled { WeightScaled(model.aged(by: seconds), unit: unit) }

    /// The model's own workspace.
    public func makeScratch() -> Scratch { model.makeScratch() }

    /// Writes the model's scores. Cost: that of the model and a copy of the profile.
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        model.writeScores(for: profile.inUnits(of: unit), to: &scores, scratch: &scratch)
    }

    /// The model's scores of some items.
    public func scores(of items: ArraySlice<Int32>, for profile: Profile, scratch: inout Scratch) -> [Float] {
        model.scores(of: items, for: profile.inUnits(of: unit), scratch: &scratch)
    }

    /// The model's contributions.
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        model.contributions(to: item, profile: profile.inUnits(of: unit), scratch: &scratch)
    }

    /// The model's contributions to several items.
    public func addContributions(
        to items: ArraySlice<Int32>,
        profile: Profile,
        factor: Float,
        sums: inout [Float],
        scratch: inout Scratch
    ) -> Bool {
        model.addContributions(
            to: items,
            profile: profile.inUnits(of: unit),
            factor: factor,
            sums: &sums,
            scratch: &scratch
        )
    }

    /// The model's list.
    public func appendRecommendations(
        for profile: Profile,
        selection: Selection,
        to list: inout [ScoredItem],
        scratch: inout Scratch
    ) {
        model.appendRecommendations(
            for: profile.inUnits(of: unit),
            selection: selection,
            to: &list,
            scratch: &scratch
        )
    }

    /// The model's evidence.
    public func appendEvidence(
        for items: ArraySlice<ScoredItem>,
        profile: Profile,
        to evidence: inout [Evidence?],
        scratch: inout Scratch
    ) {
        model.appendEvidence(for: items, profile: profile.inUnits(of: unit), to: &evidence, scratch: &scratch)
    }

    /// The model's similar items, which do not depend on a profile.
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        model.similarItems(to: item, count: count, allowing: allowing)
    }

    /// The model's arrays under `model.`, with the unit beside them.
    public func archive() -> NPZArchive {
        var archive = NPZArchive([
            NPYArray(name: "algorithm", string: Self.algorithm), NPYArray(name: "unit", [unit]),
        ])
        archive.append(model.archive(), under: "model.")
        return archive
    }

    /// Restores a model; refuses a unit that is not a finite number above 0.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let unit = try archive.floats("unit")
        guard unit.count == 1, unit[0] > 0, unit[0].isFinite else {
            throw ArchiveError(.invalidContents, "unit", "must be one finite number above 0")
        }
        self.init(try archive.part("model.").recommender(), unit: unit[0])
    }
}

extension Profile {
    /// The same profile with its weights divided by a unit. Cost: O(entries).
    fileprivate func inUnits(of unit: Float) -> Profile {
        Profile(
            sorted: entries.map { ProfileEntry(item: $0.item, weight: $0.weight / unit, time: $0.time) }[...]
        )
    }
}
