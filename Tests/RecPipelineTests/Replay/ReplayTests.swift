import Foundation
import Postgres
import RecEngine
import RecPipeline
import Shop
import ShopTestSupport
import Testing
import TextFormats

@Suite("Replay of a job", .serialized)
struct ReplayTests {
    private func replay(_ shop: ShopFixture, _ jobID: String = "job-000001", chunkSize: Int = 7) async throws
        -> JobReplay.Outcome
    {
        var options = BatchOptions()
        // The size of chunks does not decide.
        options.chunkSize = chunkSize
        return try await JobReplay(services: shop.batchServices(owner: "replay"), options: options).run(jobID)
    }

    private func isEqual(_ outcome: JobReplay.Outcome) -> Bool {
        if case .equal = outcome { true } else { false }
    }

    private func reason(_ outcome: JobReplay.Outcome) -> String {
        if case .notReplayable(let reason) = outcome { reason } else { "\(outcome)" }
    }

    @Test("a job's lists are made again bit for bit, with its rows and without them")
    func equal() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            guard case .equal(let result) = try await replay(shop) else {
                Issue.record("not equal")
                return
            }
            #expect(result.lists == 60 && result.comparedRows)
            _ = try await shop.client.execute(
                "ALTER TABLE recommendation_cache DETACH PARTITION recommendation_cache_g1"
            )
            _ = try await shop.client.execute("DROP TABLE recommendation_cache_g1")
            guard case .equal(let without) = try await replay(shop) else {
                Issue.record("not equal without rows")
                return
            }
            #expect(without.lists == 60 && !without.comparedRows)
        }
    }

    @Test("the manifest of a job names the commit and the packages of the build that made its lists")
    func build() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let packages = ["swift-log": "1.2.3", "swift-nio": "2.0.1"]
            let report = try await shop.runner {
                $0.codeVersion = "1.0+0123abc"
                $0.packages = packages
            }.run(.cli)
            guard case .completed = report else { throw BatchNotCompleted(description: report.summary) }
            let stored = try JSONParser.parse(
                String(decoding: try await shop.blobs.get("reports/job-000001/manifest.json"), as: UTF8.self)
            )
            #expect(stored.object?["code_version"]?.string == "1.0+0123abc")
            #expect(stored.object?["packages"]?.object?.mapValues(\.string) == packages)
        }
    }

    @Test("newer events, sold-out and new products change nothing of an older job")
    func later() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await shop.client.execute("UPDATE products SET stock = 0 WHERE product_id IN ('P-01', 'P-12')")
            try await shop.generateLists()
            _ = try await shop.client.execute("UPDATE products SET stock = 5 WHERE product_id = 'P-01'")
            _ = try await shop.client.execute("UPDATE products SET active = false WHERE product_id = 'P-20'")
            _ = try await shop.record("later-1", user: "U-1", product: "P-05")
            _ = try await shop.client.execute(
                "INSERT INTO products (product_id, name, category, price_minor, stock) VALUES ('P-000', 'New', 'New', 1, 1)"
            )
            #expect(isEqual(try await replay(shop)))
            try await shop.generateLists()
            #expect(isEqual(try await replay(shop, "job-000002")))
            #expect(isEqual(try await replay(shop)))
        }
    }

    @Test("a row that was changed names its customer and both lists")
    func changedRow() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            _ = try await shop.client.execute(
                """
                UPDATE recommendation_cache_g1 SET recommended_products =
                    jsonb_set(recommended_products, '{p,0}', recommended_products -> 'p' -> 1)
                WHERE user_key = (SELECT id FROM users WHERE user_id = 'U-17')
                """
            )
            guard case .listDiffers(let difference) = try await replay(shop) else {
                Issue.record("not different")
                return
            }
            #expect(difference.userID == "U-17" && difference.against == "the row in the cache")
            let stored = try #require(difference.stored)
            #expect(stored.count == difference.rebuilt.count && stored[0] == difference.rebuilt[1])
        }
    }

    @Test("an event that was changed, or a customer who was erased, makes a job not replayable")
    func changedInput() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            _ = try await shop.client.execute("UPDATE interactions SET value = 3 WHERE event_id = 'e-3-2' OR id = 5")
            #expect(reason(try await replay(shop)).contains("events up to its cut have changed"))
            _ = try await shop.client.execute(
                "DELETE FROM interactions WHERE user_key = (SELECT id FROM users WHERE user_id = 'U-9')"
            )
            _ = try await shop.client.execute("DELETE FROM users WHERE user_id = 'U-9'")
            #expect(reason(try await replay(shop)).hasPrefix("erased: 1 customers"))
        }
    }

    @Test("a job of a release that did not store its users in order can still be replayed")
    func withoutUsersFile() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            let path = "reports/job-000001/manifest.json"
            let stored = try JSONSerialization.jsonObject(with: Data(try await shop.blobs.get(path)))
            var manifest = try #require(stored as? [String: Any])
            let files = try #require(manifest["files"] as? [[String: Any]])
            manifest["files"] = files.filter { $0["name"] as? String != "users.npz" }
            try await shop.blobs.put(path, Array(try JSONSerialization.data(withJSONObject: manifest)))
            try await shop.blobs.delete("reports/job-000001/users.npz")
            #expect(isEqual(try await replay(shop)))
        }
    }

    @Test("a byte of any file that changed is found, and a missing file is named")
    func changedFiles() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            let version = try #require(try await shop.modelRows.live()).modelVersion
            for path in [
                "models/\(version)/manifest.json", "models/\(version)/model.npz", "models/\(version)/popularity.npz",
                "models/\(version)/items.npz", "reports/job-000001/lists.npz", "reports/job-000001/sellable.npz",
                "reports/job-000001/users.npz",
                "reports/job-000001/manifest.json",
            ] {
                let bytes = try await shop.blobs.get(path)
                var changed = bytes
                changed[bytes.count / 2] ^= 0x01
                try await shop.blobs.put(path, changed)
                let outcome = try await replay(shop)
                #expect(!isEqual(outcome), "\(path)")
                try await shop.blobs.delete(path)
                let name = path.hasSuffix("job-000001/manifest.json") ? "manifest was removed" : path
                #expect(reason(try await replay(shop)).contains(name), "\(path)")
                try await shop.blobs.put(path, bytes)
            }
            #expect(isEqual(try await replay(shop)))
        }
    }

    @Test("a fit that gives other bytes than the artifact has is told from lists that differ")
    func otherModel() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            let version = try #require(try await shop.modelRows.live()).modelVersion
            // A complete artifact that says that it was fitted with other options.
            let path = "models/\(version)/manifest.json"
            var manifest = try ManifestJSON.decode(ModelManifest.self, from: try await shop.blobs.get(path))
            manifest.configuration.discover = try manifest.configuration.discover.setting("neighbours", to: 2)
            let bytes = try ManifestJSON.encode(manifest)
            try await shop.blobs.put(path, bytes)
            _ = try await shop.client.execute("UPDATE models SET sha256 = \(SHA256.hex(of: bytes))")
            #expect(try await replay(shop) == .modelDiffers(file: "model.npz", modelVersion: version))
        }
    }

    @Test("lists with a pinned model are made again too")
    func pinned() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            let version = try #require(try await shop.modelRows.live()).modelVersion
            _ = try await shop.record("pin-1", user: "U-1", product: "P-25")
            _ = try await shop.runner { $0.modelVersion = version }.run(.manual)
            #expect(isEqual(try await replay(shop, "job-000002")))
        }
    }

    @Test(
        "a model that was fitted long ago makes lists with what is left of demand, and they are made again as they were",
        arguments: [60, 0]
    )
    func oldModel(halfLifeDays: Double) async throws {
        try await ShopFixture.with { shop in
            try await shop.seedOverTime()
            try await shop.configure { settings in
                settings.candidates = [.init("ease_demand")]
                settings.candidates[0].parameters = ["demand.age_half_life_days": halfLifeDays]
                settings.ranking.diversity = 1
            }
            try await shop.generateLists()
            let live = try #require(try await shop.modelRows.live())
            let version = live.modelVersion
            // The same artifact, as if it had been fitted 120 days before.
            let path = "models/\(version)/manifest.json"
            var manifest = try ManifestJSON.decode(ModelManifest.self, from: try await shop.blobs.get(path))
            #expect(manifest.algorithm == "ease_demand")
            manifest.asOf -= 120 * 86_400
            let bytes = try ManifestJSON.encode(manifest)
            try await shop.blobs.put(path, bytes)
            _ = try await shop.client.execute("UPDATE models SET sha256 = \(SHA256.hex(of: bytes))")
            let report = try await shop.runner(owner: "second") { $0.modelVersion = version }.run(.manual)
            guard case .completed(let job, let generation, _, _) = report else {
                Issue.record("\(report)")
                return
            }
            let rows = try await shop.client.query(
                """
                SELECT count(*) FROM recommendation_cache a JOIN recommendation_cache b USING (user_key, list)
                WHERE a.generation = \(live.generation) AND b.generation = \(generation) AND a.list = 'discover'
                  AND a.recommended_products <> b.recommended_products
                """
            )
            let changed = try rows[0].decode(Int64.self, at: 0)
            #expect(halfLifeDays > 0 ? changed > 10 : changed == 0, "\(changed)")
            #expect(isEqual(try await replay(shop, job)))
            // What a request is told of such a list is told at the list's moment.
            #expect(try await shop.server().explain(userID: "U-1").isServed == true)
        }
    }

    @Test("jobs without lists say why")
    func without() async throws {
        try await ShopFixture.with { shop in
            #expect(reason(try await replay(shop, "job-999999")) == "there is no job job-999999")
            _ = try await shop.runner().run(.manual)
            #expect(reason(try await replay(shop)) == "the job wrote no lists")
        }
    }

    @Test("a job that is resumed sells what its first holder saw, and its lists are made again as they were")
    func resumed() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let faulty = FaultyBlobStore(shop.blobs)
            // The first holder stops after it fixed what can be sold.
            faulty.beforePuts { path in if path.hasPrefix("features/") { faulty.failPuts(true) } }
            let failed = try await shop.runner(owner: "first", blobs: faulty).run(.manual)
            guard case .failed = failed else {
                Issue.record("\(failed)")
                return
            }
            let fixed = try await shop.blobs.get("reports/job-000001/sellable.npz")
            _ = try await shop.client.execute("UPDATE products SET stock = 0 WHERE product_id = 'P-03'")
            _ = try await shop.client.execute(
                """
                UPDATE batch_jobs SET status = 'running', completed_at = NULL, error_message = NULL,
                    lease_until = clock_timestamp() - interval '1 second'
                """
            )
            let report = try await shop.runner(owner: "second").run(.timer)
            guard case .completed(let jobID, _, _, _) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(jobID == "job-000001")
            #expect(try await shop.blobs.get("reports/job-000001/sellable.npz") == fixed)
            #expect(try NPZArchive(bytes: fixed).integers("product_key").count == 30)
            #expect(isEqual(try await replay(shop)))
        }
    }
}
