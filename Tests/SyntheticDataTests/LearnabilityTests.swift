import RecEngine
import SyntheticData
import Testing

@Suite("The synthetic shop has something to learn")
struct LearnabilityTests {
    /// Mean nDCG@10 on the temporal 80/20 split.
    private struct Judgement {
        let personal: Double
        /// The better of popularity with and without decay.
        let popular: Double
        let usersJudged: Int

        var margin: Double { personal / popular }

        init(_ log: InteractionLog) async throws {
            let split = try #require(DataSplit.temporal(log))
            let evaluator = Evaluator(split)
            let matrix = ProfileTable(split.train).matrix()
            let neighbours = try await ItemKNN.fit(matrix)
            let personal = try await evaluator.evaluate(neighbours)
            let recent = try await evaluator.evaluate(try PopularityModel.fit(split.train, now: split.now))
            let overall = try await evaluator.evaluate(try PopularityModel.fit(matrix))
            self.personal = personal.mean.ndcg
            self.popular = max(recent.mean.ndcg, overall.mean.ndcg)
            self.usersJudged = personal.usersJudged
        }
    }

    @Test(
        "item neighbours beat popularity clearly, and not once histories are shuffled",
        arguments: [42, 7] as [UInt64]
    )
    func personalModelBeatsPopularity(seed: UInt64) async throws {
        let log = SyntheticShop(.init(seed: seed)).log()
        // Items change places among all rows and take their weights along: every user keeps the number and the times of
        // the events, every item its popularity, and nobody the taste.
        var random = SeededGenerator(seed: seed, stream: 1)
        let places = (0..<log.count).shuffled(using: &random)
        let shuffled = InteractionLog(
            userCount: log.userCount,
            itemCount: log.itemCount,
            users: log.users,
            items: places.map { log.items[$0] },
            weights: places.map { log.weights[$0] },
            times: log.times
        )
        let real = try await Judgement(log)
        let noise = try await Judgement(shuffled)
        print(
            """
            synthetic shop, seed \(seed), nDCG@10: item_knn \(real.personal), popularity \(real.popular), \
            margin \(real.margin), users judged \(real.usersJudged)
            histories shuffled: item_knn \(noise.personal), popularity \(noise.popular), margin \(noise.margin), \
            users judged \(noise.usersJudged)
            """
        )
        #expect(real.usersJudged > 300)
        #expect(real.margin >= 1.5)
        #expect(noise.margin < 1.1)
    }
}
