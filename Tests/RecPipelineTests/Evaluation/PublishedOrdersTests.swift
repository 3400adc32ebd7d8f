import RecEngine
import RecPipeline
import TestSupport
import Testing

@Suite(
    "Evaluation on a real shop's orders",
    .enabled(if: SharedData.onlineRetail != nil, "online_retail.csv.gz is not there: set RECSHOP_DATA to its folder")
)
struct PublishedOrdersTests {
    private func report(_ names: String, targets: Evaluator.Options.Targets) async throws -> EvaluationReport {
        let events = try ShopEvents.onlineRetail(path: #require(SharedData.onlineRetail))
        let (parted, split) = try #require(events.split(.temporal(0.8)))
        let evaluation = try OfflineEvaluation(parted, split: split, options: .init(targets: targets))
        let report = try await evaluation.run(LineUp.standard.selecting(LineUp.names(names)))
        for model in report.models { print("\(model.model): nDCG@10 \(model.value(.ndcg, at: 10))") }
        #expect(report.split.usersJudged > 1_300)
        return report
    }

    @Test("on new products the neighbours beat popularity twice over, and demand lifts what goes together above 0.16")
    func newProducts() async throws {
        let report = try await report("popularity,item_knn,user_knn,content,ease_demand", targets: .newItems)
        func ndcg(_ model: String) throws -> Double {
            try #require(report.models.first { $0.model == model }).value(.ndcg, at: 10)
        }
        #expect(try (0.02..<0.06).contains(ndcg("popularity")))
        #expect(try ndcg("item_knn") >= 0.083)
        #expect(try ndcg("user_knn") >= 0.10)
        #expect(try ndcg("content") >= 0.07)
        #expect(try ndcg("ease_demand") >= 0.16)
        #expect(report.best == "ease_demand")
    }

    @Test("with repeats allowed, what a customer buys again and what goes with it reach 0.37, own purchases 0.33")
    func repeats() async throws {
        let report = try await report("own_history,buy_again", targets: .allItems)
        func ndcg(_ model: String) throws -> Double {
            try #require(report.models.first { $0.model == model }).value(.ndcg, at: 10)
        }
        #expect(try ndcg("own_history") >= 0.33)
        #expect(try ndcg("buy_again") >= 0.37)
    }
}
