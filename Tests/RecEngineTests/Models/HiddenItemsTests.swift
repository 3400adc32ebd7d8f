import RecEngine
import Testing

@Suite("Items that people have hidden")
struct HiddenItemsTests {
    @Test("rows are ascending, a repeated pair counts once, and users without any have none")
    func rows() {
        let pairs: [(user: Int32, item: Int32)] = [(2, 5), (0, 3), (2, 1), (2, 5), (0, 3)]
        let hidden = HiddenItems(userCount: 4, pairs)
        #expect(hidden.count == 4)
        #expect((0..<4).map { Array(hidden[$0]) } == [[3], [], [1, 5], []])
        #expect(HiddenItems(userCount: 0, []).count == 0)
    }

    @Test(
        "a hidden item is in nobody's list but others', and the rest moves up, one by one and in a batch",
        arguments: ModelKind.allCases
    )
    func hidden(kind: ModelKind) async throws {
        let matrix = RandomInputs.matrix(users: 70, items: 90, density: 0.1, seed: 631)
        let model = try await kind.fit(matrix)
        let profiles = ProfileTable(matrix)
        var generator = SeededGenerator(seed: 632)
        var pairs: [(user: Int32, item: Int32)] = []
        // The first places of many are hidden, some of their own items, items at random, and ones that are not there.
        for user in Int32(0)..<70 where user % 4 != 0 {
            let full = model.recommend(profiles[Int(user)], selection: Selection(count: 5, excludesProfile: false))
            pairs += full.prefix(2).map { (user, $0.item) }
            pairs += (0..<3).map { _ in (user, Int32(generator.below(90))) }
            pairs += [(user, 90), (user, Int32.max)]
        }
        let hidden = HiddenItems(userCount: 70, pairs)
        let some = ItemSet(capacity: 90, (0..<90).filter { $0 % 7 == 0 })
        for selection in [
            Selection(count: 8), Selection(count: 8, excludesProfile: false),
            Selection(count: 8, excluding: some), Selection(count: 300, excludesProfile: false),
        ] {
            let lists = try await model.recommendAll(profiles, selection: selection, hidden: hidden, workers: 2)
            for user in 0..<70 {
                var one = selection
                one.hidden = hidden[user]
                let list = model.recommend(profiles[user], selection: one)
                #expect(Array(lists.items(ofRow: user)) == list)
                var all = selection
                all.count = 1_000
                let admitted = model.recommend(profiles[user], selection: all).filter {
                    !hidden[user].contains($0.item)
                }
                #expect(list == Array(admitted.prefix(selection.count)))
            }
            // A part of the rows takes its own users' hidden items, and not the first ones.
            let part = try await model.recommendAll(profiles, rows: 33..<60, selection: selection, hidden: hidden)
            for user in 33..<60 { #expect(part.items(ofRow: user) == lists.items(ofRow: user)) }
            let bare = try await model.recommendAll(
                profiles,
                selection: selection,
                hidden: HiddenItems(userCount: 70, [])
            )
            #expect(try await bare == model.recommendAll(profiles, selection: selection))
        }
    }
}
