import RecEngine
import Testing

@Suite("Business rules")
struct BusinessRulesTests {
    private let matrix = RandomInputs.matrix(users: 40, items: 20, density: 0.3, seed: 101)

    @Test("no list holds what a rule keeps out, and lists are refilled")
    func rules() async throws {
        let model = try await ItemKNN.fit(matrix, options: .init(weighting: .cosine, neighbours: 20))
        let prices = (0..<20).map { $0 == 3 ? Float.nan : Float($0) }
        let rules = BusinessRules(
            sellable: ItemSet(capacity: 20, (0..<20).filter { $0 % 4 != 0 }),
            excluded: ItemSet(capacity: 20, [5]),
            priceRange: 2...17,
            prices: prices
        )
        let profiles = ProfileTable(matrix)
        let hidden = HiddenItems(userCount: 40, (0..<40).map { (user: Int32($0), item: Int32(6 + $0 % 3)) })
        let lists = try await model.recommendAll(profiles, selection: rules.selection(count: 20), hidden: hidden)
        let all = try await model.recommendAll(profiles, selection: Selection(count: 20, excludesProfile: false))
        for user in 0..<40 {
            let expected = all.items(ofRow: user).filter {
                rules.reason(against: $0.item, hidden: hidden[user]) == nil
            }
            #expect(Array(lists.items(ofRow: user)) == expected)
        }
    }

    fileprivate static let namedRules: [(Int32, BusinessRules.Rejection)] = [
        (1, .notSellable), (2, .excluded), (3, .price), (4, .price), (6, .hidden),
    ]

    @Test("each rule says its name", arguments: BusinessRulesTests.namedRules)
    func reasons(item: Int32, reason: BusinessRules.Rejection) {
        let rules = BusinessRules(
            sellable: ItemSet(capacity: 10, [0, 2, 3, 4, 5, 6, 7]),
            excluded: ItemSet(capacity: 10, [2]),
            priceRange: 1...9,
            prices: [5, 5, 5, 10, .nan, 5, 5, 5, 5, 5]
        )
        #expect(rules.reason(against: item, hidden: [6]) == reason)
        #expect(rules.reason(against: 7, hidden: [6]) == nil)
    }

    @Test("hidden items stay out of a list of own items too")
    func hidden() throws {
        let model = try PopularityModel.fit(matrix)
        var selection = BusinessRules().selection(count: 20)
        let profile = ProfileTable(matrix)[0]
        let first = model.recommend(profile, selection: selection)[0].item
        selection.hidden = [first]
        #expect(!model.recommend(profile, selection: selection).map(\.item).contains(first))
    }

    @Test("hidden items are grouped by user, ascending and without repeats")
    func grouping() {
        let pairs: [(user: Int32, item: Int32)] = [(2, 5), (0, 9), (2, 1), (2, 5), (0, 3)]
        let hidden = HiddenItems(userCount: 4, pairs)
        #expect((0..<4).map { Array(hidden[$0]) } == [[3, 9], [], [1, 5], []])
    }
}
