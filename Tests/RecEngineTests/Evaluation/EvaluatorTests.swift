import RecEngine
import Testing

@Suite("Evaluation")
struct EvaluatorTests {
    private func gain(_ rank: Int) -> Double { logarithm(2) / logarithm(Double(rank) + 1) }

    private let train = smallLog([(0, 0, 1), (0, 1, 2), (1, 2, 3), (3, 0, 4)], users: 5, items: 5)
    private let test = smallLog(
        [
            (0, 0, 11),  // met before
            (0, 2, 12), (0, 2, 13),  // one pair
            (0, 4, 14),  // item unknown in train
            (1, 0, 15), (1, 1, 16),
            (2, 0, 17),  // user unknown in train
            (3, 0, 18),  // met before: nothing new
        ],
        users: 5,
        items: 5
    )

    @Test("judged are known users, relevant are known items the user had not met")
    func newItems() {
        let evaluator = Evaluator(DataSplit.given(train: train, test: test))
        #expect(evaluator.users == [0, 1])
        #expect(evaluator.relevant == [[2], [0, 1]])
        var summary = Evaluator.TargetSummary()
        summary.pairs = 7
        summary.targets = 3
        summary.judgedUsers = 2
        summary.unknownUsers = 1
        summary.unknownUserPairs = 1
        summary.usersWithoutTarget = 1
        summary.unknownItems = 1
        summary.metBefore = 2
        #expect(evaluator.summary == summary)
    }

    @Test("with all items as targets those met before are relevant too")
    func allItems() {
        let split = DataSplit.given(train: train, test: test)
        let evaluator = Evaluator(split, options: .init(targets: .allItems))
        #expect(evaluator.users == [0, 1, 3])
        #expect(evaluator.relevant == [[0, 2], [0, 1], [0]])
        #expect(evaluator.summary.metBefore == 0)
    }

    @Test("items unknown in train are targets only when asked for")
    func unknownItems() {
        let split = DataSplit.given(train: train, test: test)
        let evaluator = Evaluator(split, options: .init(targetsUnknownItems: true))
        #expect(evaluator.relevant == [[2, 4], [0, 1]])
        #expect(evaluator.summary.unknownItems == 0)
    }

    @Test("a pair whose weights do not sum to more than 0 is no target")
    func dislikes() {
        var test = InteractionLog(userCount: 5, itemCount: 5)
        test.append(user: 0, item: 2, weight: -1, time: 5)
        test.append(user: 1, item: 0, weight: 1, time: 5)
        test.append(user: 1, item: 0, weight: -1, time: 6)
        test.append(user: 1, item: 1, weight: 0.5, time: 6)
        let evaluator = Evaluator(DataSplit.given(train: train, test: test))
        #expect(evaluator.users == [1])
        #expect(evaluator.relevant == [[1]])
        #expect(evaluator.summary.notPositive == 2)
    }

    @Test("an item that was viewed in train and not met is a target and may be listed, a met one is neither")
    func viewedIsNew() async throws {
        let train = InteractionLog(
            userCount: 3,
            itemCount: 3,
            users: [0, 0, 1, 1, 2],
            items: [0, 1, 0, 2, 1],
            weights: [0.1, 1, 1, 1, 1],
            times: [1, 2, 3, 4, 5],
            meetings: [.none, .purchased, .purchased, .purchased, .purchased]
        )
        let split = DataSplit.given(train: train, test: smallLog([(0, 0, 11), (0, 1, 12)], users: 3, items: 3))
        let evaluator = Evaluator(split)
        #expect(evaluator.users == [0] && evaluator.relevant == [[0]])
        #expect(evaluator.summary.metBefore == 1)
        let model = try PopularityModel.fit(evaluator.profiles.matrix())
        let lists = try await evaluator.lists(of: model)
        #expect(lists.items(ofRow: 0).map(\.item) == [2, 0] || lists.items(ofRow: 0).map(\.item) == [0, 2])
        let result = try await evaluator.evaluate(model)
        #expect(result.mean.recall == 1)
        #expect(evaluator.evaluate(lists: (0..<3).map { lists.items(ofRow: $0).map(\.item) }) == result)
        #expect(evaluator.evaluate(lists: [[1, 0], [], []]).mean.reciprocalRank == 1)
    }

    @Test("users and items that only the test part has are counted and not judged")
    func strangers() {
        let train = smallLog([(0, 0, 1), (0, 1, 2)], users: 1, items: 2)
        let test = smallLog([(0, 2, 3), (1, 0, 4), (1, 2, 5)], users: 2, items: 3)
        let evaluator = Evaluator(DataSplit.given(train: train, test: test))
        #expect(evaluator.users.isEmpty)
        #expect(evaluator.summary.unknownUsers == 1 && evaluator.summary.unknownItems == 1)
    }

    private let shop = smallLog([(0, 0, 1), (0, 1, 2), (1, 0, 3), (1, 2, 3), (2, 0, 4)], users: 3, items: 3)

    @Test("seen items are removed from rankings, and means are means over users")
    func evaluate() async throws {
        let test = smallLog([(0, 2, 11), (1, 1, 12), (2, 2, 13)], users: 3, items: 3)
        let evaluator = Evaluator(DataSplit.given(train: shop, test: test), options: .init(cutoffs: [2]))
        let model = try PopularityModel.fit(ProfileTable(shop).matrix())
        // Popularity 0: 3, 1: 1, 2: 1. User 0 gets [2], user 1 [1], user 2 [1, 2].
        let result = try await evaluator.evaluate(model)
        #expect(result.usersJudged == 3)
        #expect(result.perUser.map(\.precision) == [0.5, 0.5, 0.5])
        #expect(isClose(result.perUser[2].ndcg, gain(2)))
        #expect(isClose(result.mean.ndcg, (2 + gain(2)) / 3))
        #expect(isClose(result.mean.averagePrecision, 2.5 / 3))
        #expect(isClose(result.mean.reciprocalRank, 2.5 / 3))
        #expect(result.mean.recall == 1)
        #expect(result.mean.hitRate == 1)
        #expect(result.mean.precision == 0.5)
        #expect(isClose(result.lists.meanLength, 4.0 / 3))
    }

    @Test("lists may repeat the profile's items when all items are targets, at each cut-off")
    func evaluateAll() async throws {
        let test = smallLog([(0, 0, 11), (1, 1, 12)], users: 3, items: 3)
        let options = Evaluator.Options(targets: .allItems, cutoffs: [2, 1])
        let evaluator = Evaluator(DataSplit.given(train: shop, test: test), options: options)
        // Everybody gets [0, 1, 2].
        let result = try await evaluator.evaluate(PopularityModel.fit(ProfileTable(shop).matrix()))
        #expect(result.k == 2 && result.cutoffs.map(\.k) == [2, 1])
        #expect(result.perUser.map(\.recall) == [1, 1])
        let one = try #require(result.at(1))
        #expect(one.perUser.map(\.recall) == [1, 0])
        #expect(one.mean.recall == 0.5)
        #expect(result.at(3) == nil)
        #expect(one.lists.catalogueCoverage == 1.0 / 3)
    }

    @Test("nobody to judge gives zeros, not a division by zero")
    func nobody() async throws {
        let train = smallLog([(0, 0, 1)], users: 1, items: 2)
        let evaluator = Evaluator(DataSplit.given(train: train, test: InteractionLog(userCount: 1, itemCount: 2)))
        let result = try await evaluator.evaluate(PopularityModel.fit(ProfileTable(train).matrix()))
        #expect(result.usersJudged == 0)
        #expect(result.mean == RankingMetrics())
        #expect(result.lists.novelty == 0 && result.lists.meanLength == 0)
        #expect(result.cutoffs[0].intervals().isEmpty)
        #expect(result.compared(with: result).isEmpty)
        #expect(result.comparisons(of: [result]).isEmpty)
    }

    @Test("lists made elsewhere lose what the user had met, and what does not exist holds its place")
    func foreignLists() {
        let test = smallLog([(0, 2, 11), (2, 1, 13)], users: 3, items: 3)
        let evaluator = Evaluator(DataSplit.given(train: shop, test: test), options: .init(cutoffs: [2]))
        // User 0 had met 0 and 1: [2, …] stays. User 2 had met 0: [99, 1] stays.
        let result = evaluator.evaluate(lists: [[0, 1, 2], [2], [0, 99, 1]])
        #expect(result.perUser.map(\.reciprocalRank) == [1, 0.5])
        let all = Evaluator(
            DataSplit.given(train: shop, test: test),
            options: .init(targets: .allItems, cutoffs: [3])
        ).evaluate(lists: [[0, 1, 2], [], [1, 1, -5]])
        #expect(all.perUser.map(\.reciprocalRank) == [1.0 / 3, 1])
        #expect(isClose(all.perUser[1].precision, 1.0 / 3))
    }

    @Test("a model's own lists judged as foreign ones give the same result", arguments: [false, true])
    func sameRules(allItems: Bool) async throws {
        let seed: UInt64 = 31
        print("seed \(seed)")
        let log = RandomInputs.log(users: 60, items: 40, rows: 1_500, seed: seed)
        let split = try #require(DataSplit.temporal(log, fraction: 0.6))
        let features = RandomInputs.matrix(users: 40, items: 25, density: 0.2, seed: seed)
        let options = Evaluator.Options(targets: allItems ? .allItems : .newItems, cutoffs: [10, 3, 20])
        let evaluator = Evaluator(split, options: options, features: features)
        let model = try await ItemKNN.fit(evaluator.profiles.matrix())
        let result = try await evaluator.evaluate(model, workers: 2)
        let lists = (0..<60).map { user in
            let selection = Selection(count: 20, excludesProfile: !allItems)
            return model.recommend(evaluator.profiles[user], selection: selection).map(\.item)
        }
        #expect(evaluator.evaluate(lists: lists) == result)
        #expect(try await evaluator.evaluate(model, workers: 1) == result)
        // Against the plain form, list by list.
        for (place, user) in evaluator.users.enumerated() {
            for cutoff in result.cutoffs {
                let relevant = Set(evaluator.relevant[place])
                let single = RankingMetrics(ranking: lists[Int(user)], relevant: relevant, k: cutoff.k)
                #expect(cutoff.perUser[place] == single)
            }
        }
        #expect(result.usersJudged > 30 && result.mean.ndcg > 0)
        // Every pair of the test part is accounted for.
        let summary = evaluator.summary
        let leftOut = summary.unknownUserPairs + summary.unknownItems + summary.metBefore + summary.notPositive
        #expect(summary.targets + leftOut == summary.pairs)
        #expect(summary.targets == evaluator.relevant.reduce(0) { $0 + $1.count })
        #expect(summary.judgedUsers == result.usersJudged)
    }
}
