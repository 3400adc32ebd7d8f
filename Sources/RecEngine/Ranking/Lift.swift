/// Another model's view of what a person does at the moment, which moves their list.
///
/// Both models' scores are divided by their largest among the items that may be listed, and the lift's are added with a
/// weight. If both are sums over a profile so is the result, and its evidence is exact.
public struct Lift: Sendable {
    /// Says what goes with what was met last.
    public let model: any Recommender
    /// What was met last.
    public let profile: Profile
    /// Weight of the lift's scores beside those of the list's own model, which count 1.
    public let weight: Float

    /// A lift.
    public init(_ model: any Recommender, profile: Profile, weight: Float = 0.5) {
        precondition(weight.isFinite && weight >= 0, "a weight must be at least 0")
        self.model = model
        self.profile = profile
        self.weight = weight
    }
}

/// The candidates of a list that a ``Lift`` moved, and what both models' scores were multiplied by.
struct LiftedCandidates {
    let candidates: [ScoredItem]
    private let own: Float
    private let lifted: Float

    /// The best items by the sum of both. Cost: that of both models' scores of all items.
    init(_ model: any Recommender, _ profile: Profile, _ lift: Lift, _ selection: Selection) {
        let scores = model.scores(for: profile)
        let moves = lift.model.scores(for: lift.profile)
        let admitted = (0..<Int32(scores.count)).filter { item in
            selection.admits(item) && !(selection.excludesProfile && profile.contains(item))
        }
        let own = Self.factor(1, scores, admitted)
        let lifted = Self.factor(lift.weight, moves, admitted)
        (self.own, self.lifted) = (own, lifted)
        var top = TopK()
        top.reset(capacity: min(selection.count, scores.count))
        for item in admitted {
            top.offer(ScoredItem(item: item, score: own * scores[Int(item)] + lifted * moves[Int(item)]))
        }
        candidates = top.drained()
    }

    /// What makes the largest score that may be listed equal to the weight; 0 where there is none.
    private static func factor(_ weight: Float, _ scores: [Float], _ admitted: [Int32]) -> Float {
        let largest = admitted.reduce(0) { max($0, scores[Int($1)]) }
        return largest > 0 ? weight / largest : 0
    }

    /// The item of either profile that contributed most to each of a list's items.
    func evidence(
        for items: [ScoredItem],
        _ model: any Recommender,
        _ profile: Profile,
        _ lift: Lift,
        scratch: inout Scratch
    ) -> [Evidence?] {
        var liftScratch = lift.model.makeScratch()
        return items.map { item in
            let parts = model.contributions(to: item.item, profile: profile, scratch: &scratch) ?? []
            let moves = lift.model.contributions(to: item.item, profile: lift.profile, scratch: &liftScratch) ?? []
            // An item of both profiles contributes through both.
            var sums: [Int32: Float] = [:]
            for (entry, part) in zip(profile.entries, parts) { sums[entry.item, default: 0] += own * part }
            for (entry, part) in zip(lift.profile.entries, moves) { sums[entry.item, default: 0] += lifted * part }
            var found = LargestPart(of: item.score)
            for (item, part) in sums.sorted(by: { $0.key < $1.key }) { found.add(part, from: item) }
            return Evidence(found)
        }
    }
}
