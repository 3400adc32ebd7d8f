import RecEngine
import Testing

@Suite("Ranker")
struct RankerTests {
    private let matrix = RandomInputs.matrix(users: 60, items: 40, density: 0.15, seed: 111)

    private func ranker(diversity: Bool, exploration: Bool) async throws -> Ranker {
        let model = try await ItemKNN.fit(matrix, options: .init(weighting: .cosine, neighbours: 40))
        return Ranker(
            discovering: model,
            buyingAgain: try OwnHistory.fit(matrix),
            diversity: diversity ? .init(MMR(lambda: 0.5), vectors: matrix.transposed()) : nil,
            exploration: exploration ? Exploration(seed: 3) : nil
        )
    }

    /// What each user has, and an item that all of them have hidden.
    private func met(_ more: [Int32] = [39]) -> HiddenItems {
        let profiles = ProfileTable(matrix)
        let pairs = (0..<60).flatMap { user in
            (profiles[user].entries.map(\.item) + more).map { (user: Int32(user), item: $0) }
        }
        return HiddenItems(userCount: 60, pairs)
    }

    @Test("without diversity and exploration the list is the model's under the rules, with its evidence")
    func plain() async throws {
        let allowed = ItemSet(capacity: 40, (0..<40).filter { $0 % 3 != 0 })
        let ranker = try await ranker(diversity: false, exploration: false)
        for user in 0..<60 {
            let profile = ProfileTable(matrix)[user]
            let selection = Selection(count: 6, allowing: allowed, excludesProfile: false, hidden: met()[user])
            let list = ranker.list(.discover, for: profile, selection: selection)
            let expected = ranker.discovering.recommend(profile, selection: selection)
            #expect(list.items.map(\.scored) == expected)
            #expect(list.items.allSatisfy { $0.propensity == 1 && !$0.isExplored })
            #expect(list.evidence == ranker.discovering.evidence(for: expected, profile: profile))
        }
    }

    @Test(
        "discover never holds a met item and buy again nothing but purchases, whatever the settings",
        arguments: [false, true]
    )
    func separate(isOn: Bool) async throws {
        let ranker = try await ranker(diversity: isOn, exploration: isOn)
        for user in 0..<60 {
            let profile = ProfileTable(matrix)[user]
            let own = Array(profile.entries.map(\.item))
            var selection = Selection(count: 8, excludesProfile: false, hidden: met()[user])
            let discovered = ranker.list(.discover, for: profile, selection: selection, stream: UInt64(user)).items
            #expect(discovered.allSatisfy { !own.contains($0.scored.item) && $0.scored.item != 39 })
            #expect(Set(discovered.map(\.scored.item)).count == discovered.count)
            selection.hidden = own.prefix(1) + [39]
            let again = ranker.list(.buyAgain, for: profile, selection: selection, purchased: own[...]).items
            #expect(again.map(\.scored.item).allSatisfy { own.dropFirst().contains($0) && $0 != 39 })
            #expect(again.count == min(8, own.dropFirst().filter { $0 != 39 }.count))
            // What was only viewed is in the profile and no purchase.
            let bought = own.suffix(1)
            let only = ranker.list(.buyAgain, for: profile, selection: Selection(count: 8), purchased: bought).items
            #expect(only.map(\.scored.item) == Array(bought))
        }
    }

    @Test("a range of users has the same lists as one by one, for any number of workers", arguments: [1, 2, 8])
    func ranges(workers: Int) async throws {
        let ranker = try await ranker(diversity: true, exploration: true)
        let profiles = ProfileTable(matrix)
        let purchased = met([])
        let none = HiddenItems(userCount: 60, [])
        for (list, hidden) in [(Ranker.List.discover, met()), (.buyAgain, none)] {
            let lists = try await ranker.lists(
                list,
                of: profiles,
                rows: 10..<60,
                selection: Selection(count: 8, excludesProfile: false),
                hidden: hidden,
                purchased: purchased,
                workers: workers,
                stream: { UInt64($0) },
                finishing: { $1 }
            )
            for (user, found) in zip(10..<60, lists) {
                let alone = ranker.list(
                    list,
                    for: profiles[user],
                    selection: Selection(count: 8, excludesProfile: false, hidden: hidden[user]),
                    purchased: purchased[user],
                    stream: UInt64(user)
                )
                #expect(found == alone)
            }
        }
    }

    @Test("a hybrid that ranks everything still gives own items only to buy again")
    func hybrid() async throws {
        let model = try await ItemKNN.fit(matrix, options: .init(weighting: .cosine, neighbours: 40))
        let blend = HybridRecommender([.init(try OwnHistory.fit(matrix), weight: 1), .init(model, weight: 0.7)])
        let ranker = Ranker(discovering: model, buyingAgain: blend)
        let profile = ProfileTable(matrix)[0]
        let own = profile.entries.map(\.item)[...]
        let list = ranker.list(.buyAgain, for: profile, selection: Selection(count: 40), purchased: own).items
        #expect(!list.isEmpty && list.allSatisfy { own.contains($0.scored.item) })
    }

    @Test("evidence counts the other items that matter")
    func others() async throws {
        let model = try await ItemKNN.fit(matrix, options: .init(weighting: .cosine, neighbours: 40, halfLife: nil))
        for user in 0..<60 {
            let profile = ProfileTable(matrix)[user]
            let list = model.recommend(profile, selection: Selection(count: 10))
            for (item, evidence) in zip(list, model.evidence(for: list, profile: profile)) {
                let parts = model.explain(item.item, profile: profile).parts
                let notable = parts.count { $0.contribution >= item.score / 10 }
                #expect(evidence?.others == max(0, notable - 1))
                #expect(evidence?.item == parts.first?.item)
            }
        }
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
