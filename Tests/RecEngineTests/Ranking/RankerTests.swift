import RecEngine
import Testing

@Suite("Ranker")
struct RankerTests {
    private let matrix = RandomInputs.matrix(users: 60, items: 40, density: 0.15, seed: 111)

    private func ranker(diversity: Bool, exploration: Bool, rules: BusinessRules = BusinessRules()) async throws
        -> Ranker
    {
        let model = try await ItemKNN.fit(matrix, options: .init(weighting: .cosine, neighbours: 40))
        let vectors = matrix.transposed()
        return Ranker(
            discovering: model,
            buyingAgain: try OwnHistory.fit(matrix),
            rules: rules,
            diversity: diversity ? (MMR(lambda: 0.5), vectors) : nil,
            exploration: exploration ? Exploration(seed: 3) : nil
        )
    }

    @Test("without diversity and exploration the list is the model's under the rules")
    func plain() async throws {
        let rules = BusinessRules(sellable: ItemSet(capacity: 40, (0..<40).filter { $0 % 3 != 0 }))
        let ranker = try await ranker(diversity: false, exploration: false, rules: rules)
        for user in 0..<60 {
            let profile = ProfileTable(matrix)[user]
            let met = profile.entries.map(\.item)[...]
            var selection = rules.selection(count: 6)
            selection.hidden = met
            let list = ranker.discover(profile, count: 6, met: met)
            #expect(list.map(\.scored) == ranker.discovering.recommend(profile, selection: selection))
            #expect(list.allSatisfy { $0.propensity == 1 && !$0.isExplored })
        }
    }

    @Test(
        "discover never holds a met item and buy again nothing but own ones, whatever the settings",
        arguments: [false, true]
    )
    func separate(isOn: Bool) async throws {
        let ranker = try await ranker(diversity: isOn, exploration: isOn)
        for user in 0..<60 {
            let profile = ProfileTable(matrix)[user]
            let own = Array(profile.entries.map(\.item))
            let hidden = own.prefix(1) + [39]
            let met = Set(own + [39]).sorted()[...]
            let discovered = ranker.discover(profile, count: 8, met: met, stream: UInt64(user))
            #expect(discovered.allSatisfy { !own.contains($0.scored.item) && $0.scored.item != 39 })
            #expect(Set(discovered.map(\.scored.item)).count == discovered.count)
            let again = ranker.buyAgain(profile, count: 8, hidden: hidden)
            #expect(again.map(\.scored.item).allSatisfy { own.dropFirst().contains($0) && $0 != 39 })
            #expect(again.count == min(8, own.dropFirst().filter { $0 != 39 }.count))
        }
    }

    @Test("a hybrid that ranks everything still gives own items only to buy again")
    func hybrid() async throws {
        let model = try await ItemKNN.fit(matrix, options: .init(weighting: .cosine, neighbours: 40))
        let blend = HybridRecommender([.init(try OwnHistory.fit(matrix), weight: 1), .init(model, weight: 0.7)])
        let ranker = Ranker(discovering: model, buyingAgain: blend)
        let profile = ProfileTable(matrix)[0]
        let own = Set(profile.entries.map(\.item))
        let list = ranker.buyAgain(profile, count: 40)
        #expect(!list.isEmpty && list.allSatisfy { own.contains($0.scored.item) })
        let first = try #require(list.first?.scored)
        #expect(ranker.explain(first.item, in: .buyAgain, profile: profile).item == first)
    }

    @Test("the reason names an item only where the person's items make half of the score")
    func reasons() async throws {
        let model = try await ItemKNN.fit(matrix, options: .init(weighting: .cosine, neighbours: 40, halfLife: nil))
        let popularity = try PopularityModel.fit(matrix)
        let profile = ProfileTable(matrix)[0]
        let item = try #require(model.recommend(profile, selection: Selection(count: 1)).first?.item)
        let own = model.explain(item, profile: profile)
        let largest = try #require(own.parts.first)
        let share = largest.contribution / own.item.score
        #expect(own.reason == .because(item: largest.item, share: share))
        #expect(popularity.explain(item, profile: profile).reason == .popular)
        let mostly = HybridRecommender([.init(model, weight: 0.1), .init(popularity, weight: 10)])
        #expect(mostly.explain(item, profile: profile).reason == .popular)
    }
}
