import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@Suite("Batch taken over", .serialized)
struct BatchTakeoverTests {
    /// Runs the batch in a process of its own that is killed at a point; its lease is left to end by itself, and then it has.
    private func kill(
        at point: BatchPoint,
        occurrence: Int = 1,
        of type: BatchJob.JobType = .full,
        _ shop: ShopFixture
    ) async throws -> BatchJob {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("BatchProcess")
        process.arguments = [
            "--point", point.rawValue, "--occurrence", String(occurrence), "--job-type", type.rawValue,
        ]
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "DATABASE_URL": shop.database.uri,
            "BLOB_STORAGE": "file:\(shop.blobDirectory)", "BLOB_CONTAINER": "recommendations", "BATCH_SIZE": "10",
            "AUTH_MODE": "demo", "ADMIN_API_KEY": "of-a-test-and-nothing-else",
        ]
        let (ends, ended) = AsyncStream.makeStream(of: Process.TerminationReason.self)
        process.terminationHandler = { process in
            ended.yield(process.terminationReason)
            ended.finish()
        }
        try process.run()
        for await reason in ends { #expect(reason == .uncaughtSignal, "the process was to be killed at \(point)") }
        _ = try await shop.client.execute(
            "UPDATE batch_jobs SET lease_until = clock_timestamp() - interval '1 second' WHERE status = 'running'"
        )
        _ = try await shop.client.execute(
            "UPDATE housekeeping SET lease_until = clock_timestamp() - interval '1 second' WHERE lease_until IS NOT NULL"
        )
        let newest = try await shop.jobs.list(page: 1, pageSize: 1, status: nil).items.first
        return try #require(newest)
    }

    private func lists(_ shop: ShopFixture) async throws -> [String] {
        try await shop.client.query(
            """
            SELECT u.user_id || ' ' || c.list::text || ' ' || c.recommended_products::text
            FROM recommendation_cache c JOIN users u ON u.id = c.user_key ORDER BY u.user_id, c.list
            """
        ).map { try $0.decode(String.self, at: 0) }
    }

    @Test(
        "a process killed at any point is resumed by the next tick, which ends with the same bytes as an undisturbed run",
        arguments: BatchPoint.before(endOf: .full)
    )
    func resumed(point: BatchPoint) async throws {
        let undisturbed = try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await shop.runner().run(.timer)
            return try await lists(shop)
        }
        try await ShopFixture.with { shop in
            try await shop.seed()
            let isOfChunk = point == .chunkScored || point == .chunkLoaded
            let job = try await kill(at: point, occurrence: isOfChunk ? 3 : 1, shop)
            #expect(try await shop.modelRows.live() == nil)
            #expect(job.status == .running)
            let report = try await shop.runner(owner: "process-2").run(.timer)
            guard case .completed(let jobID, _, _, let metrics) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(jobID == job.jobID)
            #expect(metrics.lists == 120)
            #expect(try await shop.jobs.find(jobID)?.attempts == 2)
            #expect(try await lists(shop) == undisturbed)
            let log = try await shop.logs.list(jobID: jobID).map(\.message)
            #expect(log.contains { $0.contains("goes on: 2 of 6 chunks") } == (point == .chunkScored))
            #expect(log.contains { $0.contains("goes on: 3 of 6 chunks") } == (point == .chunkLoaded))
            try await expectOneOfEach(shop)
        }
    }

    /// One live generation, complete; no table, row or file that nothing names.
    private func expectOneOfEach(_ shop: ShopFixture) async throws {
        let generations = try await shop.client.query("SELECT status FROM generations").map {
            try $0.decode(String.self, at: 0)
        }
        #expect(generations == ["live"])
        let tables = try await shop.client.query(
            "SELECT count(*) FROM pg_class WHERE relname ~ '^recommendation_cache_g[0-9]+$'"
        )
        #expect(try tables.first?.decode(Int64.self, at: 0) == 1)
        let models = try await shop.client.query("SELECT version, status FROM models")
        #expect(try models.map { try $0.decode(String.self, at: 1) } == ["live"])
        let model = try #require(models.first)
        let live = try model.decode(String.self, at: 0)
        // Files of a holder that was killed before it named them are removed once they are old; nothing else is there.
        let folders = Set(try await shop.blobs.list(prefix: "models/").map { $0.path.split(separator: "/")[1] })
        #expect(folders.contains(Substring(live)))
        #expect(folders.subtracting([Substring(live), "current.json"]).count <= 1)
    }

    @Test(
        "a process killed at any point of a refresh is resumed by the next tick, and every stale list is made once",
        arguments: [BatchJob.JobType.incremental, .activeUsers],
        BatchPoint.before(endOf: .incremental)
    )
    func refreshResumed(type: BatchJob.JobType, point: BatchPoint) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            for user in 0..<25 { _ = try await shop.record("b\(user)", user: "U-\(user)", product: "P-29") }
            let isOfChunk = point == .chunkScored || point == .chunkLoaded
            let job = try await kill(at: point, occurrence: isOfChunk ? 2 : 1, of: type, shop)
            #expect(job.jobType == type && job.status == .running)
            let done = point == .chunkScored ? 10 : point == .chunkLoaded ? 20 : 0
            let stored = try await shop.client.query("SELECT count(*) FROM recommendation_cache_overlay")
            // Both lists of a customer or none.
            #expect(try stored[0].decode(Int.self, at: 0) == 2 * done)
            let report = try await shop.runner(owner: "process-2").run(.timer, type)
            guard case .refreshed(let jobID, let customers, _) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(jobID == job.jobID)
            #expect(customers == 25 - done)
            let resumed = try #require(try await shop.jobs.find(jobID))
            #expect(resumed.status == .completed && resumed.attempts == 2 && resumed.progress == 100)
            let fresh = try await shop.client.query(
                """
                SELECT count(*) FROM recommendation_cache_overlay o JOIN users u ON u.id = o.user_key
                WHERE o.data_cut >= u.invalidated_after
                """
            )
            #expect(try fresh[0].decode(Int64.self, at: 0) == 50)
            try await expectOneOfEach(shop)
        }
    }

    @Test("a process killed at any step of housekeeping leaves the rest to the next tick", arguments: 1...7)
    func housekeeping(step: Int) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let job = try await kill(at: .housekeeping, occurrence: step, shop)
            #expect(job.status == .completed)
            guard case .housekeeping(let report) = try await shop.runner(owner: "process-2").run(.timer) else {
                Issue.record("no housekeeping by the tick")
                return
            }
            #expect(report.jobID == job.jobID && report.failures.isEmpty)
            #expect(try await shop.blobs.find("models/current.json") != nil)
            #expect(try await !shop.blobs.list(prefix: "datasets/").isEmpty)
            try await expectOneOfEach(shop)
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
            let job = try await kill(at: .chunkLoaded, occurrence: 3, shop)
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
