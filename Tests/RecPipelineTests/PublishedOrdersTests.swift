import RecEngine
import RecPipeline
import TestSupport
import Testing

@Suite("Evaluation on a real shop's orders")
struct PublishedOrdersTests {
    @Test(
        "as the importer reads the published file, ItemKNN reaches nDCG@10 of 0.080 on new items, popularity about half",
        .enabled(
            if: OnlineRetailFile.path != nil,
            "online_retail.csv.gz is not there: set RECSHOP_DATA to its folder"
        )
    )
    func accuracy() async throws {
        let log = try EventFile.onlineRetail(path: #require(OnlineRetailFile.path))
        let report = try await OfflineEvaluation(log: log, top: 10).run()
        print(report.table())
        func ndcg(_ model: String) throws -> Double { try #require(report.rows.first { $0.model == model }).ndcg }
        #expect(report.usersJudged > 1_300)
        #expect(try ndcg("item_knn, bm25") >= 0.080)
        #expect(try (0.02..<0.06).contains(ndcg("popularity")))
    }
}
