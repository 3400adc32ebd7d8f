import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@Suite("Batch taken over", .serialized)
struct BatchTakeoverTests {
    /// Works like a process that is killed at a point: its lease is left to end by itself, and then it has ended.
    private func kill(at point: PartialRun.Point, _ shop: ShopFixture) async throws -> BatchJob {
        let services = shop.batchServices(owner: "killed")
        let outcome = try await services.jobs.acquire(owner: "killed", leaseDuration: .seconds(60), newJob: .timer)
        guard case .granted(let job, let lease) = outcome else { throw ConditionNotMet(what: "lease", limit: .zero) }
        try await PartialRun(services: services, job: job, lease: lease).work(until: point)
        _ = try await shop.client.execute(
            "UPDATE batch_jobs SET lease_until = clock_timestamp() - interval '1 second' WHERE status = 'running'"
        )
        return job
    }

    private func lists(_ shop: ShopFixture) async throws -> [String] {
        try await shop.client.query(
            "SELECT u.user_id || ' ' || c.recommended_products::text FROM recommendation_cache c JOIN users u ON u.id = c.user_key ORDER BY u.user_id"
        ).map { try $0.decode(String.self, at: 0) }
    }

    @Test(
        "a process killed at any point is resumed by the next tick, which ends with the same bytes as an undisturbed run",
        arguments: PartialRun.Point.allCases.filter { $0 != .flipped }
    )
    func resumed(point: PartialRun.Point) async throws {
        let whole = try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await shop.runner().run(.timer)
            return try await lists(shop)
        }
        try await ShopFixture.with { shop in
            try await shop.seed()
            let job = try await kill(at: point, shop)
            #expect(try await shop.modelRows.live() == nil)
            let report = try await shop.runner(owner: "process-2").run(.timer)
            guard case .completed(let jobID, _, _, let metrics) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(jobID == job.jobID)
            #expect(metrics.lists == 60)
            #expect(try await shop.jobs.find(jobID)?.attempts == 2)
            #expect(try await lists(shop) == whole)
            let log = try await shop.logs.list(jobID: jobID).map(\.message)
            #expect(log.contains { $0.contains("goes on at chunk 3 of 6") } == (point == .someChunks))
        }
    }

    @Test("a process killed right after the flip has completed its job; the next tick does its housekeeping")
    func afterFlip() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let job = try await kill(at: .flipped, shop)
            #expect(try await shop.jobs.find(job.jobID)?.status == .completed)
            #expect(try await shop.modelRows.live() != nil)
            guard case .housekeeping(let report) = try await shop.runner(owner: "process-2").run(.timer) else {
                Issue.record("no housekeeping by the tick")
                return
            }
            #expect(report.jobID == job.jobID)
            guard case .notDue = try await shop.runner(owner: "process-2").run(.timer) else {
                Issue.record("a completed job was run again")
                return
            }
            #expect(try await shop.blobs.find("models/current.json") != nil)
            #expect(try await !shop.blobs.list(prefix: "datasets/").isEmpty)
            let counted = try await shop.client.query("SELECT count(*) FROM products WHERE purchase_count > 0")
            #expect(try #require(counted.first).decode(Int64.self, at: 0) > 0)
        }
    }

    @Test("a holder that was paused while it saved its model changes nothing of its successor's live model")
    func pausedWhileSaving() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let blobs = FaultyBlobStore(shop.blobs)
            let successor = shop.runner(owner: "successor")
            // The first holder is about to write its manifest when it is paused; another process finishes the job meanwhile.
            blobs.beforePuts { path in
                guard path.hasSuffix("manifest.json") else { return }
                blobs.beforePuts(nil)
                do {
                    _ = try await shop.client.execute(
                        "UPDATE batch_jobs SET lease_until = clock_timestamp() - interval '1 second'"
                    )
                    guard case .completed = try await successor.run(.timer) else {
                        Issue.record("the successor did not complete the job")
                        return
                    }
                } catch {
                    Issue.record(error)
                }
            }
            // Its own connections are ended by the successor only if they bear its name; here they do not.
            guard case .interrupted(_, _, .completed) = try await shop.runner(owner: "paused", blobs: blobs).run(.timer)
            else {
                Issue.record("the paused holder went on")
                return
            }
            let live = try #require(try await shop.modelRows.live())
            let record = try #require(try await shop.modelRows.find(live.modelVersion))
            let bundle = try await ModelStore(blobs: shop.blobs).load(record)
            #expect(bundle.version == live.modelVersion)
            let rows = try await shop.client.query("SELECT count(*) FROM models")
            #expect(try #require(rows.first).decode(Int64.self, at: 0) == 1)
        }
    }

    @Test("a product added between the kill and the tick waits for the next run; the job is completed by the tick")
    func productAdded() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let job = try await kill(at: .someChunks, shop)
            _ = try await shop.client.execute(
                """
                INSERT INTO products (product_id, name, category, price_minor, stock)
                VALUES ('P-000-new', 'New', 'Group 0', 100, 1)
                """
            )
            let report = try await shop.runner(owner: "process-2").run(.timer)
            guard case .completed(let jobID, _, _, let metrics) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(jobID == job.jobID)
            #expect(metrics.items == 30)
            guard case .completed(_, _, _, let next) = try await shop.runner().run(.manual) else {
                Issue.record("not completed")
                return
            }
            #expect(next.items == 31)
        }
    }
}
