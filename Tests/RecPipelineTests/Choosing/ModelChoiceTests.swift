import Foundation
import Postgres
import RecEngine
import Shop
import ShopTestSupport
import Testing
import TextFormats

@testable import RecPipeline

@Suite("Choice of a model", .serialized)
struct ModelChoiceTests {
    private func withShop(isShuffled: Bool = false, _ body: (ShopFixture) async throws -> Void) async throws {
        try await ShopFixture.with { shop in
            try await shop.seedOverTime(isShuffled: isShuffled)
            try await shop.configure { settings in
                settings.candidates = ["item_knn", "user_knn", "ease_demand"].map(RecommenderSettings.Candidate.init)
                settings.evaluation.minimumUsers = 20
            }
            try await body(shop)
        }
    }

    private func choice(_ shop: ShopFixture, _ jobID: String) async throws -> ModelChoice? {
        try await shop.jobs.evaluation(of: jobID).map { try ModelChoice(json: $0) }
    }

    private func run(_ shop: ShopFixture) async throws -> (jobID: String, algorithm: String) {
        let report = try await shop.runner().run(.manual)
        guard case .completed(let jobID, _, let version, _) = report else {
            throw BatchNotCompleted(description: report.summary)
        }
        return (jobID, try #require(try await shop.modelRows.find(version)).algorithm)
    }

    @Test("the first run judges candidates and baselines, serves the best and stores what it found with the job")
    func first() async throws {
        try await withShop { shop in
            let (jobID, algorithm) = try await run(shop)
            let choice = try #require(try await choice(shop, jobID))
            let report = try #require(choice.report)
            #expect(
                Set(report.models.map(\.model)) == ["item_knn", "user_knn", "ease_demand", "popularity", "trending"]
            )
            let best = try #require(report.models.max { $0.value(.ndcg, at: 10) < $1.value(.ndcg, at: 10) })
            #expect(choice.chosen.name == best.model && algorithm == best.model)
            #expect(choice.verdict.hasPrefix("\(best.model) is best: nDCG@10 0."))
            let log = try await shop.logs.list(jobID: jobID).map(\.message)
            #expect(log.contains { $0.contains("no model is live yet") && $0.contains(choice.verdict) })
            let page = String(decoding: try await shop.blobs.get("reports/\(jobID)/evaluation.html"), as: UTF8.self)
            #expect(page.contains(choice.verdict) && page.contains("\(best.model) spelled out"))
            let live = try #require(try await shop.modelRows.live())
            let row = try #require(try await shop.modelRows.stored(version: live.modelVersion))
            #expect(row.record.metricsJSON.contains("ndcg@10") && row.status == .live)
        }
    }

    @Test("the champion is kept until a day has passed, a tenth more events have come or the candidates change")
    func kept() async throws {
        try await withShop { shop in
            let first = try await run(shop)
            let second = try await run(shop)
            #expect(second.algorithm == first.algorithm)
            #expect(try await choice(shop, second.jobID) == nil)
            try await shop.configure { $0.candidates = [.init("item_knn")] }
            let third = try await run(shop)
            let choice = try #require(try await choice(shop, third.jobID))
            #expect(choice.reason == "the candidates have changed")
        }
        var settings = RecommenderSettings()
        let champion = LineUp.Entry("item_knn", .itemKNN(.init()))
        let newest = ModelChoice(
            champion,
            verdict: "",
            reason: "",
            report: nil,
            candidates: settings.candidates,
            events: 1_000,
            judgedAt: 1_000_000
        )
        func reason(events: Int = 1_000, after seconds: Double = 60) -> String? {
            ModelChooser.reason(settings, champion: champion, newest: newest, events: events, now: 1_000_000 + seconds)
        }
        #expect(reason() == nil)
        #expect(reason(after: 86_399) == nil && reason(after: 86_400) != nil)
        #expect(reason(events: 1_099) == nil && reason(events: 1_100) == "events have grown from 1000 to 1100")
        // Written while the clock was wrong.
        #expect(reason(after: -60) != nil)
        #expect(
            ModelChooser.reason(settings, champion: nil, newest: newest, events: 1, now: 0) == "no model is live yet"
        )
        settings.candidates.removeLast()
        #expect(reason() == "the candidates have changed")
    }

    @Test("where histories say nothing of what comes next, popularity is served and the job says so")
    func shuffled() async throws {
        try await withShop(isShuffled: true) { shop in
            let (jobID, algorithm) = try await run(shop)
            let choice = try #require(try await choice(shop, jobID))
            #expect(RecommenderSettings.baselines.contains(algorithm))
            #expect(choice.verdict.hasPrefix("No candidate beats "))
        }
    }

    @Test("a shop too small to judge takes the first candidate and says why")
    func small() async throws {
        try await withShop { shop in
            try await shop.configure { $0.evaluation.minimumUsers = 500 }
            let (jobID, algorithm) = try await run(shop)
            let choice = try #require(try await choice(shop, jobID))
            #expect(algorithm == "item_knn" && choice.report == nil)
            #expect(choice.verdict.contains("500 are needed: item_knn, the first candidate, is used"))
        }
    }

    @Test("a candidate that cannot be fitted is left out with its reason")
    func unfit() async throws {
        try await withShop { shop in
            // Two products that the same customers buy at the same times: without regularization the equations are singular.
            _ = try await shop.client.execute(
                """
                INSERT INTO products (product_id, name, category, price_minor, stock)
                SELECT id, id, 'Group 0', 100, 1 FROM unnest(ARRAY['P-90', 'P-91']) AS id
                """
            )
            _ = try await shop.client.execute(
                """
                INSERT INTO interactions (event_id, user_key, product_key, interaction_type, value, timestamp)
                SELECT p.product_id || u.user_id, u.id, p.id, 'purchase', 1, '2023-11-20'
                FROM products p, users u WHERE p.product_id IN ('P-90', 'P-91') AND u.user_id < 'U-2'
                """
            )
            var singular = RecommenderSettings.Candidate("ease")
            singular.parameters = ["regularization": 1e-30]
            try await shop.configure { [singular] in $0.candidates.append(singular) }
            let (jobID, _) = try await run(shop)
            let choice = try #require(try await choice(shop, jobID))
            let report = try #require(choice.report)
            let ease = try #require(report.models.first { $0.model == "ease" })
            #expect(ease.error?.contains("singular") == true, "\(ease)")
        }
    }

    @Test("a model whose weights were exchanged by hand does not go live; customers notice nothing")
    func spoilt() async throws {
        try await withShop { shop in
            _ = try await run(shop)
            let live = try #require(try await shop.modelRows.live())
            let record = try #require(try await shop.modelRows.find(live.modelVersion))
            // Rows of the similarity in another order; every checksum is right.
            let store = ModelStore(blobs: shop.blobs)
            var manifest = try await store.manifest(record)
            let path = "models/\(live.modelVersion)/"
            var archive = try NPZArchive(bytes: try await shop.blobs.get(path + "model.npz"))
            var generator = SeededGenerator(seed: 5)
            for index in archive.arrays.indices {
                if case .float32(var values) = archive.arrays[index].storage, values.count > 40 {
                    values.shuffle(using: &generator)
                    archive.arrays[index].storage = .float32(values)
                }
                if case .int32(let values) = archive.arrays[index].storage, archive.arrays[index].name == "indices" {
                    archive.arrays[index].storage = .int32(values.map { 39 - $0 })
                }
            }
            let bytes = try archive.serialized()
            try await shop.blobs.put(path + "model.npz", bytes)
            let position = try #require(manifest.files.firstIndex { $0.name == "model.npz" })
            manifest.files[position].size = bytes.count
            manifest.files[position].sha256 = SHA256.hex(of: bytes)
            let text = try ManifestJSON.encode(manifest)
            try await shop.blobs.put(path + "manifest.json", text)
            _ = try await shop.client.execute("UPDATE models SET sha256 = \(SHA256.hex(of: text))")
            let report = try await shop.runner { $0.modelVersion = live.modelVersion }.run(.manual)
            guard case .failed(let jobID, let reason, _) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(reason.contains("nDCG@10") && reason.contains("is expected"))
            #expect(try await shop.jobs.find(jobID)?.status == .failed)
            #expect(try await shop.modelRows.live() == live)
        }
    }

    @Test(
        "settings that make no sense are told by their place in the document",
        arguments: [
            (#"{"candidates":[]}"#, "/candidates"), (#"{"candidates":["no_such"]}"#, "/candidates/0"),
            (#"{"candidates":["item_knn","item_knn"]}"#, "/candidates"),
            (#"{"candidates":["buy_again"]}"#, "/candidates/0"),
            (#"{"candidates":[{"name":"hybrid","parameters":{"part0.weight":-1}}]}"#, "/candidates/0"),
            (#"{"ranking":{"list_length":0}}"#, "/ranking/list_length"),
            (#"{"ranking":{"diversity":2}}"#, "/ranking/diversity"),
            (#"{"ranking":{"exploration":0.6}}"#, "/ranking/exploration"),
            (#"{"ranking":{"min_price":9,"max_price":3}}"#, "/ranking/max_price"),
            (#"{"evaluation":{"growth":-1}}"#, "/evaluation/growth"),
        ]
    )
    func problems(json: String, pointer: String) throws {
        let error = #expect(throws: DocumentProblem.self) { try RecommenderSettings(json: json) }
        #expect(error?.pointer == pointer)
    }

    @Test("settings are written and read back; what is not there has its default")
    func settings() throws {
        var settings = try RecommenderSettings(
            json: #"{"candidates":["als",{"name":"hybrid","parameters":{"part0.weight":0.7}}]}"#
        )
        #expect(settings.ranking == RankingOptions() && settings.evaluation == .init())
        #expect(settings.candidates[1].parameters == ["part0.weight": 0.7])
        settings.ranking.excludedProducts = ["GIFT"]
        #expect(try RecommenderSettings(json: settings.json()) == settings)
        #expect(try RecommenderSettings(json: nil) == RecommenderSettings())
    }
}
