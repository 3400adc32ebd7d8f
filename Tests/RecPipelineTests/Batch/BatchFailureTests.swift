import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@Suite("Batch disturbed", .serialized)
struct BatchFailureTests {
    enum Stage: CaseIterable {
        case load, fit, generate, seal
    }

    /// Makes a stage fail from now on, and undoes it.
    private func disturb(_ stage: Stage, _ shop: ShopFixture, _ blobs: FaultyBlobStore) async throws {
        switch stage {
        case .load: _ = try await shop.client.execute("ALTER TABLE interactions RENAME COLUMN value TO hidden")
        case .fit: blobs.failPuts(true)
        case .generate: try await onChunk(nil, shop, "RAISE EXCEPTION 'broken on purpose'")
        // A second row of one customer: the chunk is written, the primary key is not.
        case .seal:
            try await onChunk(
                2,
                shop,
                """
                EXECUTE format('INSERT INTO %I SELECT * FROM %I LIMIT 1',
                    'recommendation_cache_g' || (SELECT max(generation) FROM generations),
                    'recommendation_cache_g' || (SELECT max(generation) FROM generations))
                """
            )
        }
    }

    private func repair(_ stage: Stage, _ shop: ShopFixture, _ blobs: FaultyBlobStore) async throws {
        switch stage {
        case .load: _ = try await shop.client.execute("ALTER TABLE interactions RENAME COLUMN hidden TO value")
        case .fit: blobs.failPuts(false)
        case .generate, .seal: _ = try await shop.client.execute("DROP TRIGGER disturb ON batch_chunks")
        }
    }

    /// Runs a statement in the transaction that marks a chunk done; of all chunks without a number.
    private func onChunk(_ number: Int?, _ shop: ShopFixture, _ statement: String) async throws {
        _ = try await shop.client.execute(
            """
            CREATE OR REPLACE FUNCTION disturb() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF \(unescaped: number.map { "NEW.chunk = \($0)" } ?? "true") THEN \(unescaped: statement); END IF; RETURN NEW; END $$
            """
        )
        _ = try await shop.client.execute(
            """
            CREATE TRIGGER disturb AFTER UPDATE ON batch_chunks FOR EACH ROW WHEN (NEW.status = 'done')
            EXECUTE FUNCTION disturb()
            """
        )
    }

    @Test("a failed stage marks the job with its reason and leaves what is live as it was", arguments: Stage.allCases)
    func failedStage(stage: Stage) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let blobs = FaultyBlobStore(shop.blobs)
            _ = try await shop.runner(blobs: blobs).run(.timer)
            let live = try #require(try await shop.modelRows.live())
            try await disturb(stage, shop, blobs)
            let report = try await shop.runner(blobs: blobs).run(.manual)
            guard case .failed(let jobID, let reason, _) = report else {
                Issue.record("\(report)")
                return
            }
            let job = try #require(try await shop.jobs.find(jobID))
            #expect(job.status == .failed)
            #expect(job.errorMessage == reason)
            #expect(
                try await shop.logs.list(jobID: jobID).contains {
                    $0.level == .error && $0.message == "failed: \(reason)"
                }
            )
            try await repair(stage, shop, blobs)
            #expect(try await shop.modelRows.live() == live)
            let lookup = try #require(try await shop.cache.lookup(userID: "U-1", list: .discover))
            #expect(lookup.entry?.list.count == 8)
            guard case .completed = try await shop.runner(blobs: blobs).run(.manual) else {
                Issue.record("not completed after the repair")
                return
            }
        }
    }

    @Test("a connection that the server ends in the middle interrupts the job; the next tick goes on at the next chunk")
    func connectionLost() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await onChunk(3, shop, "PERFORM pg_terminate_backend(pg_backend_pid())")
            let report = try await shop.runner().run(.timer)
            guard case .interrupted(let jobID, _, .running) = report else {
                Issue.record("\(report)")
                return
            }
            let job = try #require(try await shop.jobs.find(jobID))
            #expect(job.status == .running)
            #expect(try #require(job.leaseUntil) <= Date())
            #expect(
                try await shop.logs.list(jobID: jobID).last?.message.contains("the database is not available") == true
            )
            #expect(try await shop.chunks.pending(jobID: jobID).map(\.number) == [3, 4, 5])
            _ = try await shop.client.execute("DROP TRIGGER disturb ON batch_chunks")
            guard case .completed(let completedID, _, _, let metrics) = try await shop.runner(owner: "p2").run(.timer)
            else {
                Issue.record("not completed")
                return
            }
            #expect(completedID == jobID)
            #expect(metrics.lists == 120)
            #expect(
                try await shop.logs.list(jobID: jobID).contains {
                    $0.message.contains("goes on: 3 of 6 chunks are done")
                }
            )
        }
    }

    @Test(
        "a transaction that writes interactions across the data cut is what the interruption names; the next tick takes the cut"
    )
    func openInsert() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.client.withTransaction { writer in
                _ = try await writer.execute("UPDATE interactions SET value = value WHERE id = 1")
                let report = try await shop.runner { $0.dataCutLimit = .zero }.run(.timer)
                guard case .interrupted(let jobID, let reason, .running) = report else {
                    Issue.record("\(report)")
                    return
                }
                #expect(reason.contains("a transaction that writes interactions has been open"))
                try await expectGivenBack(jobID, reason, shop)
            }
            guard case .completed = try await shop.runner(owner: "process-2").run(.timer) else {
                Issue.record("not completed")
                return
            }
        }
    }

    @Test("a renewal that meets a lost connection is asked again, and the run goes on")
    func renewalLost() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            // Counted by a sequence, which a transaction that is cut off does not take back.
            for statement: SQLQuery in [
                "CREATE SEQUENCE renewals",
                """
                CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN IF nextval('renewals') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$
                """,
                """
                CREATE TRIGGER cut_off AFTER UPDATE ON batch_jobs FOR EACH ROW
                WHEN (NEW.fencing_token = OLD.fencing_token AND NEW.lease_until > OLD.lease_until) EXECUTE FUNCTION cut_off()
                """,
            ] { _ = try await shop.client.execute(statement) }
            let blobs = FaultyBlobStore(shop.blobs)
            blobs.beforePuts { _ in
                blobs.beforePuts(nil)
                try? await eventually("the lease was renewed after a renewal was cut off") {
                    let row = try await shop.client.query("SELECT last_value FROM renewals").first
                    return try row?.decode(Int64.self, at: 0) ?? 0 >= 2
                }
            }
            let report = try await shop.runner(blobs: blobs) { $0.leaseDuration = .seconds(3) }.run(.timer)
            guard case .completed(let jobID, _, _, _) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(try await shop.jobs.find(jobID)?.attempts == 1)
            let renewals = try await shop.client.query("SELECT last_value FROM renewals")
            #expect(try #require(renewals.first).decode(Int64.self, at: 0) >= 2)
        }
    }

    @Test("a run that is out of time gives its lease back and says so; the next tick completes the job")
    func deadline() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let blobs = FaultyBlobStore(shop.blobs)
            // The deadline passes while the model is written: the steps are in the middle of something.
            blobs.beforePuts { _ in await untilCancelled() }
            let report = try await shop.runner(blobs: blobs).run(.timer, deadline: .milliseconds(50))
            guard case .interrupted(let jobID, let reason, .running) = report else {
                Issue.record("\(report)")
                return
            }
            try await expectGivenBack(jobID, reason, shop)
            guard case .completed(let completedID, _, _, _) = try await shop.runner(owner: "process-2").run(.timer)
            else {
                Issue.record("not completed")
                return
            }
            #expect(completedID == jobID)
        }
    }

    @Test("a process that is asked to stop gives its lease back and says so")
    func stopped() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let blobs = FaultyBlobStore(shop.blobs)
            let isWriting = AsyncStream.makeStream(of: Void.self)
            blobs.beforePuts { _ in
                isWriting.continuation.yield()
                await untilCancelled()
            }
            let run = Task { try await shop.runner(blobs: blobs).run(.timer) }
            for await _ in isWriting.stream { break }
            run.cancel()
            guard case .interrupted(let jobID, let reason, .running) = try await run.value else {
                Issue.record("not interrupted")
                return
            }
            try await expectGivenBack(jobID, reason, shop)
        }
    }

    private func expectGivenBack(_ jobID: String, _ reason: String, _ shop: ShopFixture) async throws {
        let job = try #require(try await shop.jobs.find(jobID))
        #expect(job.status == .running)
        #expect(try #require(job.leaseUntil) <= Date())
        let line = try #require(try await shop.logs.list(jobID: jobID).last)
        #expect(line.level == .warning)
        #expect(line.message == "interrupted: \(reason)")
    }
}

/// Returns when the task is cancelled.
private func untilCancelled() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    await withTaskCancellationHandler {
        for await _ in stream {}
    } onCancel: {
        continuation.finish()
    }
}
