import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@Suite("Lease and fencing token", .serialized)
struct LeaseTests {
    /// A job with an open generation of one chunk.
    private struct Opened {
        var lease: BatchLease
        var claim: ChunkClaim
        var stamp: CacheStamp
        var rows: [CacheRow]

        var generation: Int64 { stamp.generation }
        var result: ChunkResult {
            ChunkResult(chunk: claim.chunk, listCount: 1, filled: 0, empty: 0, digests: [7, 0], listed: [])
        }
    }

    private func open(_ shop: ShopFixture, owner: String, leaseDuration: Duration = .seconds(60)) async throws -> Opened
    {
        let outcome = try await shop.jobs.acquire(owner: owner, leaseDuration: leaseDuration, newJob: .manual)
        guard case .granted(_, let lease) = outcome else { throw ConditionNotMet.leaseNotGranted }
        let model = ModelRecord(
            version: "m-1",
            algorithm: "item_knn",
            parametersJSON: "{}",
            metricsJSON: "{}",
            artifactPath: "models/m-1/manifest.json",
            sha256: "",
            dataCut: 1
        )
        try await shop.modelRows.insert(model)
        let chunk = BatchChunk(number: 0, firstUser: 0, userCount: 1)
        let generation = try await shop.generations.open(
            lease,
            variant: .default,
            modelVersion: "m-1",
            dataCut: 1,
            chunks: [chunk],
            planJSON: "{}"
        )
        let claim = try #require(try await claim(lease.jobID, by: owner, shop, for: leaseDuration))
        var list = StoredList()
        list.append(1, score: 1)
        return Opened(
            lease: lease,
            claim: claim,
            stamp: CacheStamp(generation: generation, dataCut: 1, modelVersion: "m-1", generatedAt: Date()),
            rows: [CacheRow(userKey: 1, list: .discover, payload: list.jsonBytes())]
        )
    }

    private func claim(
        _ jobID: String,
        by owner: String,
        _ shop: ShopFixture,
        for duration: Duration = .seconds(60)
    ) async throws -> ChunkClaim? {
        try await shop.chunks.claim(jobID: jobID, owner: owner, users: [1], leaseDuration: duration)
    }

    private func rows(_ generation: Int64, _ shop: ShopFixture) async throws -> Int64 {
        try await #require(
            shop.client.query("SELECT count(*) FROM \(identifier: "recommendation_cache_g\(generation)")").first
        ).decode(Int64.self, at: 0)
    }

    private func expire(_ shop: ShopFixture) async throws {
        _ = try await shop.client.execute(
            "UPDATE batch_jobs SET lease_until = clock_timestamp() - interval '1 millisecond' WHERE status = 'running'"
        )
        _ = try await shop.client.execute(
            """
            UPDATE batch_chunks SET lease_until = clock_timestamp() - interval '1 millisecond' WHERE (job_id, chunk) IN (
                SELECT job_id, chunk FROM batch_chunks WHERE status = 'pending' FOR UPDATE SKIP LOCKED)
            """
        )
    }

    @Test("a paused holder that wakes after its lease expired can write nothing, even when nobody took over")
    func pausedHolder() async throws {
        try await ShopFixture.with { shop in
            let job = try await open(shop, owner: "paused")
            try await expire(shop)
            await #expect(throws: LeaseLost.self) {
                try await shop.chunks.load(job.claim, job.rows, job.result, job.stamp)
            }
            await #expect(throws: LeaseLost.self) { try await shop.generations.seal(job.generation, job.lease) }
            await #expect(throws: LeaseLost.self) {
                try await shop.generations.flip(
                    to: LivePointer(variant: .default, generation: job.generation, modelVersion: "m-1"),
                    listCount: 1,
                    metricsJSON: "{}",
                    job.lease
                )
            }
            await #expect(throws: LeaseLost.self) { try await shop.jobs.renew(job.lease, for: .seconds(60)) }
            await #expect(throws: LeaseLost.self) {
                try await shop.jobs.report(job.lease, stage: "x", progress: 50, metricsJSON: "{}")
            }
            await #expect(throws: LeaseLost.self) {
                try await shop.jobs.finish(job.lease, status: .failed, error: "x")
            }
            #expect(try await rows(job.generation, shop) == 0)
            #expect(try await shop.modelRows.live() == nil)
            #expect(try await shop.chunks.pending(jobID: job.lease.jobID) == [job.claim.chunk])
        }
    }

    @Test("after a takeover the old token writes nothing and the new one does")
    func takeover() async throws {
        try await ShopFixture.with { shop in
            let old = try await open(shop, owner: "old")
            try await expire(shop)
            let outcome = try await shop.jobs.acquire(owner: "new", leaseDuration: .seconds(60), newJob: nil)
            guard case .granted(let job, let lease) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(job.jobID == old.lease.jobID)
            #expect(job.attempts == 2)
            #expect(lease.fencingToken > old.lease.fencingToken)
            await #expect(throws: LeaseLost.self) {
                try await shop.chunks.load(old.claim, old.rows, old.result, old.stamp)
            }
            #expect(try await rows(old.generation, shop) == 0)
            let new = try #require(try await claim(job.jobID, by: "new", shop))
            #expect(new.chunk == old.claim.chunk && new.fencingToken > old.claim.fencingToken)
            try await shop.chunks.load(new, old.rows, old.result, old.stamp)
            #expect(try await rows(old.generation, shop) == 1)
            await #expect(throws: LeaseLost.self) {
                try await shop.chunks.load(new, old.rows, old.result, old.stamp)
            }
            #expect(try await rows(old.generation, shop) == 1)
            #expect(try await claim(job.jobID, by: "new", shop) == nil)
        }
    }

    @Test("a holder that is paused in the middle of a chunk loses its connection to its successor, and its rows")
    func pausedInChunk() async throws {
        try await ShopFixture.with { shop in
            let owner = "paused-in-chunk"
            let paused = shop.database.client { $0.applicationName = owner }
            let job = try await open(shop, owner: owner)
            let isIdle = AsyncStream.makeStream(of: Void.self)
            let goOn = AsyncStream.makeStream(of: Void.self)
            // The statements of a chunk, held open by a process that does nothing.
            let holder = Task {
                try await paused.withTransaction { connection in
                    _ = try await connection.query(
                        "SELECT status FROM batch_chunks WHERE job_id = \(job.lease.jobID) AND chunk = 0 FOR UPDATE"
                    )
                    isIdle.continuation.yield()
                    for await _ in goOn.stream { break }
                    _ = try await connection.execute(
                        "UPDATE batch_chunks SET status = 'done' WHERE job_id = \(job.lease.jobID)"
                    )
                }
            }
            for await _ in isIdle.stream { break }
            try await expire(shop)
            let outcome = try await shop.jobs.acquire(owner: "successor", leaseDuration: .seconds(60), newJob: nil)
            guard case .granted = outcome else {
                Issue.record("\(outcome)")
                return
            }
            let claim = try #require(try await claim(job.lease.jobID, by: "successor", shop))
            try await shop.chunks.load(claim, job.rows, job.result, job.stamp)
            goOn.continuation.yield()
            await #expect(throws: (any Error).self) { try await holder.value }
            #expect(try await rows(job.generation, shop) == 1)
            await paused.shutdown()
        }
    }

    @Test("tokens only grow, whoever asks")
    func tokensGrow() async throws {
        try await ShopFixture.with { shop in
            var last: Int64 = 0
            for round in 0..<5 {
                let outcome = try await shop.jobs.acquire(
                    owner: "p\(round)",
                    leaseDuration: .seconds(60),
                    newJob: .timer
                )
                guard case .granted(_, let lease) = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                #expect(lease.fencingToken > last)
                last = lease.fencingToken
                try await expire(shop)
            }
        }
    }

    @Test("the generation of a failed job is dropped, what is live is not")
    func failedGeneration() async throws {
        try await ShopFixture.with { shop in
            let job = try await open(shop, owner: "p")
            try await shop.jobs.finish(job.lease, status: .failed, error: "on purpose")
            #expect(try await shop.generations.dropExpired(retaining: 3).dropped == [job.generation])
            let table = try await shop.client.query("SELECT to_regclass('recommendation_cache_g1')::text")
            #expect(try #require(table.first).decode(String?.self, at: 0) == nil)
        }
    }
}

extension ConditionNotMet {
    fileprivate static var leaseNotGranted: ConditionNotMet { ConditionNotMet(what: "lease granted", limit: .zero) }
}
