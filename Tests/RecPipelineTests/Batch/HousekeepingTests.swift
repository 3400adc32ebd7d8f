import Foundation
import Postgres
import RecPipeline
import ShopTestSupport
import TestSupport
import Testing

@testable import Shop

@Suite("Housekeeping after a batch", .serialized)
struct HousekeepingTests {
    /// Keeps the first step of housekeeping waiting while `body` runs.
    private func whileHeld(_ shop: ShopFixture, _ body: () async throws -> Void) async throws {
        try await shop.client.withTransaction { connection in
            _ = try await connection.query("SELECT pg_advisory_xact_lock(\(ProductRepository.summariesLock))")
            try await body()
        }
    }

    private func state(_ shop: ShopFixture) async throws -> (jobID: String?, owner: String?, leaseUntil: Date?) {
        let rows = try await shop.client.query("SELECT job_id, lease_owner, lease_until FROM housekeeping")
        let row = try #require(rows.first)
        return (
            try row.decode(String?.self, at: 0), try row.decode(String?.self, at: 1), try row.decode(Date?.self, at: 2)
        )
    }

    /// Whether the store and the rows are as they should be after a batch.
    private func expectDone(_ shop: ShopFixture) async throws {
        let live = try #require(try await shop.modelRows.live())
        let current = String(decoding: try await shop.blobs.get("models/current.json"), as: UTF8.self)
        #expect(current.contains(live.modelVersion))
        #expect(try await shop.blobs.list(prefix: "datasets/").contains { $0.path.hasSuffix("summary.json") })
        let left = try await state(shop)
        #expect(left.jobID == nil && left.leaseUntil == nil)
    }

    private func age(_ shop: ShopFixture) async throws {
        _ = try await shop.client.execute("UPDATE generations SET retired_at = retired_at - interval '1 hour'")
    }

    private func generate(_ shop: ShopFixture, times: Int) async throws {
        for round in 0..<times {
            try await shop.generateLists()
            _ = try await shop.record("again-\(UUID())", user: "U-\(round)", product: "P-29", type: .view)
        }
    }

    @Test(
        "housekeeping that takes longer than its lease renews it and is done to the end; the answer is the completed job"
    )
    func longerThanItsLease() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            // Long enough for a process that gets a tenth of a processor to renew it in time.
            let lease = Duration.seconds(10)
            let run = Task { try await shop.runner { $0.leaseDuration = lease }.run(.timer) }
            try await whileHeld(shop) {
                var first: Date?
                try await eventually("the lease was renewed past its first end") {
                    guard let until = try await state(shop).leaseUntil else { return false }
                    first = first ?? until
                    return until.timeIntervalSince(first ?? until) > 10
                }
                #expect(try await shop.jobs.state().lastCompleted != nil)
            }
            guard case .completed(let jobID, _, _, let metrics) = try await run.value else {
                Issue.record("\(try await run.value)")
                return
            }
            #expect(try #require(metrics.seconds["housekeeping"]) > 0)
            try await expectDone(shop)
            let stored = try await shop.client.query(
                "SELECT metrics->'seconds'->'housekeeping' IS NOT NULL FROM batch_jobs WHERE job_id = \(jobID)"
            )
            #expect(try #require(stored.first).decode(Bool.self, at: 0))
        }
    }

    @Test(
        "a process that is stopped during housekeeping answers with the completed job; the next tick does the housekeeping"
    )
    func stopped() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let run = Task { try await shop.runner().run(.timer) }
            try await whileHeld(shop) {
                try await eventually("housekeeping has begun") { try await state(shop).leaseUntil != nil }
                run.cancel()
                guard case .completed = try await run.value else {
                    Issue.record("\(try await run.value)")
                    return
                }
                let left = try await state(shop)
                #expect(left.jobID == "job-000001" && left.leaseUntil == nil)
            }
            guard case .housekeeping(let report) = try await shop.runner(owner: "process-2").run(.timer) else {
                Issue.record("no housekeeping by the tick")
                return
            }
            #expect(report.jobID == "job-000001" && report.failures.isEmpty)
            try await expectDone(shop)
            guard case .notDue = try await shop.runner(owner: "process-2").run(.timer) else {
                Issue.record("housekeeping was done twice")
                return
            }
        }
    }

    @Test("while one process does housekeeping, ticks of others leave it alone")
    func oneAtATime() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let run = Task { try await shop.runner().run(.timer) }
            try await whileHeld(shop) {
                try await eventually("housekeeping has begun") { try await state(shop).leaseUntil != nil }
                guard case .notDue = try await shop.runner(owner: "process-2").run(.timer) else {
                    Issue.record("two did housekeeping at once")
                    return
                }
                #expect(try await state(shop).owner == "process-1")
            }
            _ = try await run.value
        }
    }

    @Test(
        "a reader's open transaction delays the removal of a generation and nothing else; when it has ended, a tick removes it"
    )
    func readerDelaysDetach() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let runner = shop.runner {
                $0.keptGenerations = 0
                $0.detachLimit = .milliseconds(200)
            }
            _ = try await runner.run(.manual)
            _ = try await runner.run(.manual)
            try await age(shop)
            _ = try await shop.record("new", user: "U-1", product: "P-29", type: .view)
            try await shop.client.withTransaction { reader in
                _ = try await reader.query("SELECT count(*) FROM recommendation_cache")
                let report = try await runner.run(.manual)
                guard case .completed(let jobID, _, _, _) = report else {
                    Issue.record("\(report)")
                    return
                }
                #expect(try await shop.blobs.list(prefix: "datasets/").count { $0.path.hasSuffix("summary.json") } == 2)
                let lines = try await shop.logs.list(jobID: jobID)
                #expect(lines.contains { $0.level == .warning && $0.message.contains("reader's open transaction") })
                #expect(try await state(shop).jobID == jobID)
            }
            // The pause after a failure.
            guard case .notDue = try await runner.run(.timer) else {
                Issue.record("tried again at once")
                return
            }
            _ = try await shop.client.execute("UPDATE housekeeping SET not_before = clock_timestamp()")
            guard case .housekeeping(let report) = try await runner.run(.timer) else {
                Issue.record("no housekeeping by the tick")
                return
            }
            #expect(report.changes.contains("dropped generations 1") && report.failures.isEmpty)
            let tables = try await shop.client.query("SELECT to_regclass('recommendation_cache_g1') IS NULL")
            #expect(try #require(tables.first).decode(Bool.self, at: 0))
        }
    }

    @Test("a detach that was cut off is finalised before any other generation is dropped, whatever their numbers")
    func pendingDetach() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await generate(shop, times: 3)
            try await shop.client.withTransaction { reader in
                _ = try await reader.query("SELECT count(*) FROM recommendation_cache")
                let detaching = Task {
                    try await shop.client.execute(
                        "ALTER TABLE recommendation_cache DETACH PARTITION recommendation_cache_g2 CONCURRENTLY"
                    )
                }
                try await eventually("the detach waits for the reader") {
                    try await !shop.client.query("SELECT 1 FROM pg_inherits WHERE inhdetachpending").isEmpty
                }
                detaching.cancel()
                await #expect(throws: (any Error).self) { try await detaching.value }
            }
            _ = try await shop.client.execute("UPDATE generations SET status = 'dropped' WHERE generation = 2")
            try await age(shop)
            let (dropped, delay) = try await shop.generations.dropExpired(retaining: 0)
            #expect(dropped.sorted() == [1, 2])
            #expect(delay == nil)
            let left = try await shop.client.query(
                "SELECT count(*) FROM pg_class WHERE relname IN ('recommendation_cache_g1', 'recommendation_cache_g2')"
            )
            #expect(try #require(left.first).decode(Int64.self, at: 0) == 0)
        }
    }

    @Test("a batch that fails is cleaned up at once: its files, its lists, and what older runs left")
    func afterFailure() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await generate(shop, times: 2)
            try await age(shop)
            let before = Set(try await shop.blobs.list(prefix: "features/").map(\.path))
            let blobs = FaultyBlobStore(shop.blobs)
            // The disk is full when the model is written, after the features.
            blobs.beforePuts { path in blobs.failPuts(path.hasSuffix("model.npz")) }
            let report = try await shop.runner(blobs: blobs) { $0.keptGenerations = 0 }.run(.manual)
            guard case .failed(let jobID, _, _) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(Set(try await shop.blobs.list(prefix: "features/").map(\.path)) == before)
            #expect(try await shop.client.query("SELECT 1 FROM generations WHERE status = 'retired'").isEmpty)
            let lines = try await shop.logs.list(jobID: jobID).map(\.message)
            #expect(lines.contains { $0.contains("dropped generations 1") })
            #expect(lines.contains { $0.contains("removed from the store") && $0.contains("features/") })
        }
    }

    @Test(
        "the files of a model that another process writes at this moment stay, those of an earlier holder of its job go"
    )
    func filesOfHolders() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let run = Task { try await shop.runner().run(.timer) }
            var (writing, earlier) = ("", "")
            try await whileHeld(shop) {
                try await eventually("housekeeping has begun") { try await state(shop).leaseUntil != nil }
                let outcome = try await shop.jobs.acquire(owner: "other", leaseDuration: .seconds(60), newJob: .manual)
                guard case .granted(let job, let lease) = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                writing = "features/20260102T030405-\(job.jobID)-t\(lease.fencingToken)/labels.npz"
                earlier = "features/20260102T030405-\(job.jobID)-t\(lease.fencingToken - 1)/labels.npz"
                for path in [writing, earlier] { try await shop.blobs.put(path, [1]) }
            }
            _ = try await run.value
            #expect(try await shop.blobs.find(earlier) == nil)
            #expect(try await shop.blobs.find(writing) != nil)
        }
    }

    @Test("a step that fails leaves housekeeping to a later tick, and the others are done")
    func failedStep() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let blobs = FaultyBlobStore(shop.blobs)
            blobs.beforePuts { path in blobs.failPuts(path == "models/current.json") }
            guard case .completed = try await shop.runner(blobs: blobs).run(.timer) else {
                Issue.record("the job is not completed")
                return
            }
            #expect(try await !shop.blobs.list(prefix: "datasets/").isEmpty)
            #expect(try await state(shop).jobID == "job-000001")
            // A time that a wrong clock wrote is no pause.
            _ = try await shop.client.execute(
                "UPDATE housekeeping SET not_before = clock_timestamp() + interval '1 year'"
            )
            guard case .housekeeping = try await shop.runner().run(.timer) else {
                Issue.record("no housekeeping by the tick")
                return
            }
            try await expectDone(shop)
        }
    }

    @Test("of a holder that lost its lease nothing is recorded")
    func lostLease() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await generate(shop, times: 1)
            let housekeeping = HousekeepingRepository(database: shop.client)
            try await housekeeping.request(for: "job-000001")
            let old = try #require(try await housekeeping.acquire(owner: "old", leaseDuration: .seconds(60)))
            #expect(try await housekeeping.acquire(owner: "new", leaseDuration: .seconds(60)) == nil)
            _ = try await shop.client.execute("UPDATE housekeeping SET lease_until = clock_timestamp()")
            let new = try #require(try await housekeeping.acquire(owner: "new", leaseDuration: .seconds(60)))
            await #expect(throws: LeaseLost.self) { try await housekeeping.renew(old, for: .seconds(60)) }
            try await housekeeping.finish(old, hasFailed: false, seconds: 1)
            try await housekeeping.release(old)
            let left = try await state(shop)
            #expect(left.jobID == "job-000001" && left.owner == "new" && left.leaseUntil != nil)
            try await housekeeping.renew(new, for: .seconds(60))
        }
    }
}
