import RecEngine
import Testing

@Suite("Lift")
struct LiftTests {
    private let matrix = RandomInputs.matrix(users: 60, items: 40, density: 0.15, seed: 211)

    private func models() async throws -> (ranker: Ranker, session: ItemKNN) {
        let model = try await ItemKNN.fit(matrix, options: .init(weighting: .cosine, neighbours: 40, halfLife: nil))
        let session = try await ItemKNN.fit(matrix, options: .init(weighting: .tfidf, neighbours: 40, halfLife: nil))
        return (Ranker(discovering: model, buyingAgain: try OwnHistory.fit(matrix)), session)
    }

    @Test("the list is that of both scores divided by their largest and added, and each share is a part of the sum")
    func sums() async throws {
        let (ranker, session) = try await models()
        for user in 0..<20 {
            let profile = ProfileTable(matrix)[user]
            let now = ProfileTable(matrix)[user + 20]
            let own = profile.entries.map(\.item)
            let lift = Lift(session, profile: now, weight: 0.5)
            let selection = Selection(count: 8, excludesProfile: false, hidden: own[...])
            let list = ranker.list(.discover, for: profile, selection: selection, lift: lift)
            let base = ranker.discovering.scores(for: profile)
            let moves = session.scores(for: now)
            let free = (0..<40).filter { !own.contains(Int32($0)) }
            let largest = (free.map { base[$0] }.max() ?? 1, free.map { moves[$0] }.max() ?? 1)
            let expected = free.map { item in
                ScoredItem(item: Int32(item), score: base[item] / largest.0 + 0.5 * moves[item] / largest.1)
            }.sorted { $0.isBefore($1) }
            #expect(list.items.count == 8)
            for (found, wanted) in zip(list.items.map(\.scored), expected) {
                #expect(isClose(found.score, Double(wanted.score)))
            }
            for (item, evidence) in zip(list.items, list.evidence) {
                guard let evidence else { continue }
                func part(_ model: any Recommender, _ profile: Profile) -> Double {
                    let parts = model.explain(item.scored.item, profile: profile).parts
                    return Double(parts.first { $0.item == evidence.item }?.contribution ?? 0)
                }
                let sum =
                    part(ranker.discovering, profile) / Double(largest.0) + 0.5 * part(session, now)
                    / Double(largest.1)
                #expect(isClose(evidence.share, min(1, sum / Double(item.scored.score))))
            }
        }
    }

    @Test("a weight of 0 leaves the order as it is")
    func weightless() async throws {
        let (ranker, session) = try await models()
        let profile = ProfileTable(matrix)[0]
        let selection = Selection(count: 8)
        let plain = ranker.list(.discover, for: profile, selection: selection)
        let lift = Lift(session, profile: ProfileTable(matrix)[5], weight: 0)
        let lifted = ranker.list(.discover, for: profile, selection: selection, lift: lift)
        #expect(lifted.items.map(\.scored.item) == plain.items.map(\.scored.item))
        #expect(lifted.evidence.map { $0?.item } == plain.evidence.map { $0?.item })
    }
}
