import RecEngine
import Testing

@Suite("Evaluation")
struct EvaluationTests {
    /// One over the logarithm to base 2 of rank + 1.
    private func gain(_ rank: Int) -> Double { logarithm(2) / logarithm(Double(rank) + 1) }

    @Test("the metrics of a list are those worked out by hand")
    func metrics() {
        // Relevant at ranks 2 and 4 of 5; three relevant items in all.
        let metrics = RankingMetrics(ranking: [9, 1, 8, 2, 7, 3], relevant: [1, 2, 3], k: 5)
        #expect(isClose(metrics.precision, 2.0 / 5))
        #expect(isClose(metrics.recall, 2.0 / 3))
        #expect(isClose(metrics.ndcg, (gain(2) + gain(4)) / (gain(1) + gain(2) + gain(3))))
        #expect(isClose(metrics.averagePrecision, (1.0 / 2 + 2.0 / 4) / 3))
    }

    @Test("a perfect list has nDCG and average precision 1 even with more relevant items than places")
    func perfect() {
        let metrics = RankingMetrics(ranking: [1, 2, 3], relevant: [1, 2, 3, 4, 5], k: 3)
        #expect(metrics.ndcg == 1)
        #expect(metrics.averagePrecision == 1)
        #expect(metrics.precision == 1)
        #expect(metrics.recall == 0.6)
    }

    @Test("an empty list has metrics of 0")
    func emptyList() {
        #expect(RankingMetrics(ranking: [], relevant: [1], k: 10) == RankingMetrics())
    }

    private func log(_ rows: [(user: Int32, item: Int32, time: Double)], users: Int, items: Int) -> InteractionLog {
        var log = InteractionLog(userCount: users, itemCount: items)
        for row in rows { log.append(user: row.user, item: row.item, weight: 1, time: row.time) }
        return log
    }

    @Test("the cut is the time of row ⌊0.8 · n⌋ in time order, and train is strictly before it")
    func split() throws {
        let log = log(
            [(0, 0, 50), (0, 1, 10), (0, 2, 40), (0, 3, 40), (0, 4, 20)] + [(1, 0, 30), (1, 1, 40)],
            users: 2,
            items: 5
        )
        // Times in order 10 20 30 40 40 40 50; row ⌊5.6⌋ = 5 has time 40, so train is what is before 40.
        let split = try #require(TemporalSplit(log))
        #expect(split.cut == 40)
        #expect(split.train.times == [10, 20, 30])
        #expect(split.test.times == [50, 40, 40, 40])
        #expect(split.train.items == [1, 4, 0])
        #expect(TemporalSplit(InteractionLog(userCount: 1, itemCount: 1)) == nil)
    }

    @Test("judged are known users, relevant are known items the user had not met")
    func judged() throws {
        let train = log([(0, 0, 1), (0, 1, 2), (1, 2, 3), (3, 0, 4)], users: 5, items: 5)
        let test = log(
            [
                (0, 0, 11),  // met before
                (0, 2, 12), (0, 2, 13),  // relevant once
                (0, 4, 14),  // item unknown in train
                (1, 0, 15), (1, 1, 16),  // both relevant
                (2, 0, 17),  // user unknown in train
                (3, 0, 18),  // met before: nothing relevant
            ],
            users: 5,
            items: 5
        )
        let evaluator = Evaluator(train: ProfileTable(train), test: test)
        #expect(evaluator.users == [0, 1])
        #expect(evaluator.relevant == [[2], [0, 1]])
    }

    @Test("seen items are removed from rankings, and means are means over users")
    func evaluate() async throws {
        let train = log([(0, 0, 1), (0, 1, 2), (1, 0, 3), (1, 2, 3), (2, 0, 4)], users: 3, items: 3)
        let test = log([(0, 2, 11), (1, 1, 12), (2, 2, 13)], users: 3, items: 3)
        let evaluator = Evaluator(train: ProfileTable(train), test: test, k: 2)
        let model = try PopularityModel.fit(ProfileTable(train).matrix())
        // Popularity 0: 3, 1: 1, 2: 1. User 0 gets [2], user 1 [1], user 2 [1, 2].
        let result = try await evaluator.evaluate(model)
        #expect(result.usersJudged == 3)
        #expect(result.perUser.map(\.precision) == [0.5, 0.5, 0.5])
        #expect(isClose(result.perUser[2].ndcg, gain(2)))
        #expect(isClose(result.mean.ndcg, (2 + gain(2)) / 3))
        #expect(isClose(result.mean.averagePrecision, 2.5 / 3))
        #expect(result.mean.recall == 1)
        #expect(result.mean.precision == 0.5)
    }

    @Test("nobody to judge gives zeros, not a division by zero")
    func nobody() async throws {
        let train = log([(0, 0, 1)], users: 1, items: 2)
        let evaluator = Evaluator(train: ProfileTable(train), test: InteractionLog(userCount: 1, itemCount: 2))
        let result = try await evaluator.evaluate(PopularityModel.fit(ProfileTable(train).matrix()))
        #expect(result.usersJudged == 0)
        #expect(result.mean == RankingMetrics())
    }
}
