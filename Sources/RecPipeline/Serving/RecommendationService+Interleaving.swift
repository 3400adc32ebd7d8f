import Experiments
import FoundationEssentials
import Shop

extension RecommendationService {
    /// Both arms' lists in one, by team draft. While they cannot be merged, the control's, and nothing is counted.
    func interleaved(
        _ request: RecommendationRequest,
        _ served: ServedExperiment,
        now: Date
    ) async throws -> RecommendationAnswer? {
        async let control = answer(request, of: served, arm: 0, now: now)
        async let treatment = answer(request, of: served, arm: 1, now: now)
        guard var result = try await control, let other = try await treatment else { return nil }
        // Positions are those of one catalogue; it may have changed between the two.
        guard result.catalogue === other.catalogue, [result.variant, other.variant] == served.variants else {
            return result
        }
        let (first, second) = (result.items, other.items)
        let picks = TeamDraft.merge(
            first.map(\.position),
            second.map(\.position),
            count: request.limit,
            seed: served.seed(of: request.userID, (result.generation ?? 0) &+ (other.generation ?? 0))
        )
        result.items = picks.map { $0.isSecond ? second[$0.index] : first[$0.index] }
        // A list of two generations is of none: its propensities are not those of either.
        result.listGeneration = 0
        result.stale = result.stale || other.stale
        result.origin = AnswerOrigin(
            experimentID: served.experiment.id,
            arm: 0,
            armName: "interleaved",
            teams: picks.map(\.isSecond)
        )
        return result
    }
}
