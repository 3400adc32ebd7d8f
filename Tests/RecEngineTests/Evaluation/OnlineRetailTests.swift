import RecEngine
import Testing

@Suite("A real shop's orders")
struct OnlineRetailTests {
    @Test(
        "ItemKNN's defaults reach nDCG@10 of 0.080 on new items, well above popularity",
        .enabled(if: OnlineRetail.file != nil, "online_retail.csv.gz is not there: set RECSHOP_DATA to its folder")
    )
    func accuracy() async throws {
        let log = try OnlineRetail(gzipFile: #require(OnlineRetail.file)).log
        print("online retail: \(log.count) rows, \(log.userCount) users, \(log.itemCount) items")
        let split = try #require(DataSplit.temporal(log))
        let evaluator = Evaluator(split)
        let clock = ContinuousClock()
        let start = clock.now
        let model = try await ItemKNN.fit(evaluator.profiles.matrix())
        let fitted = clock.now
        let lists = try await model.recommendAll(
            evaluator.profiles,
            selection: Selection(count: 20),
            withEvidence: true
        )
        let listed = clock.now
        let itemKNN = try await evaluator.evaluate(model)
        let popularity = try await evaluator.evaluate(PopularityModel.fit(evaluator.profiles.matrix()))
        print("ItemKNN \(model.options): nDCG@10 \(itemKNN.mean.ndcg), recall@10 \(itemKNN.mean.recall)")
        print("popularity: nDCG@10 \(popularity.mean.ndcg), recall@10 \(popularity.mean.recall)")
        print(
            "\(itemKNN.usersJudged) users judged; fit \(fitted - start), \(lists.rows.count) lists \(listed - fitted)"
        )
        #expect(itemKNN.usersJudged > 1_300)
        #expect(itemKNN.mean.ndcg >= 0.080)
        #expect(popularity.mean.ndcg < 0.06)
    }
}
