import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

/// The server's clock was wrong once: what it wrote lies ahead of now.
@Suite("Times in the future", .serialized)
struct BatchClockTests {
    /// A shop whose first job is completed, with something new to learn.
    private func withCompletedJob(_ body: (ShopFixture, BatchRunner) async throws -> Void) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            _ = try await shop.record("new", user: "U-1", product: "P-29", type: .view)
            try await body(shop, shop.runner())
        }
    }

    private func moveAhead(_ shop: ShopFixture, _ jobID: String) async throws {
        _ = try await shop.client.execute(
            """
            UPDATE batch_jobs SET requested_at = requested_at + interval '1 year', started_at = started_at + interval '1 year',
                completed_at = completed_at + interval '1 year' WHERE job_id = \(jobID)
            """
        )
    }

    @Test("a completed job in the future does not delay the next run, and after it the interval counts again")
    func completed() async throws {
        try await withCompletedJob { shop, runner in
            guard case .notDue = try await runner.run(.timer) else {
                Issue.record("due before the interval has passed")
                return
            }
            try await moveAhead(shop, "job-000001")
            guard case .completed(let jobID, _, _, _) = try await runner.run(.timer) else {
                Issue.record("not due")
                return
            }
            #expect(try await shop.jobs.state().lastCompleted?.jobID == jobID)
            _ = try await shop.record("newer", user: "U-1", product: "P-28", type: .view)
            guard case .notDue = try await runner.run(.timer) else {
                Issue.record("due again at once")
                return
            }
        }
    }

    @Test("a failed job in the future delays no tick, neither before nor after a success by hand")
    func failed() async throws {
        try await withCompletedJob { shop, runner in
            let pinned = shop.runner { $0.modelVersion = "no-such-model" }
            guard case .failed(let jobID, _, _) = try await pinned.run(.manual) else {
                Issue.record("not failed")
                return
            }
            try await moveAhead(shop, jobID)
            _ = try await shop.client.execute(
                "UPDATE batch_jobs SET started_at = now() - interval '1 day' WHERE job_id <> \(jobID)"
            )
            guard case .due = try runner.decide(.timer, try await shop.jobs.state()) else {
                Issue.record("the failed job blocks the tick")
                return
            }
            guard case .completed = try await runner.run(.manual) else {
                Issue.record("not completed by hand")
                return
            }
            // Even one that is not yet over by its own time has been succeeded.
            _ = try await shop.client.execute("UPDATE batch_jobs SET completed_at = now() WHERE job_id = \(jobID)")
            _ = try await shop.client.execute("UPDATE batch_jobs SET started_at = now() - interval '1 day'")
            _ = try await shop.record("newer", user: "U-1", product: "P-28", type: .view)
            guard case .completed = try await runner.run(.timer) else {
                Issue.record("the failed job blocks ticks after a success")
                return
            }
        }
    }

    @Test("a lease that ends in the far future counts as ended: the next tick takes the job over")
    func lease() async throws {
        try await withCompletedJob { shop, runner in
            let outcome = try await shop.jobs.acquire(owner: "killed", leaseDuration: .seconds(60), newJob: .manual)
            guard case .granted(let job, let lease) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            guard case .alreadyRunning = try await runner.run(.timer) else {
                Issue.record("a valid lease was taken over")
                return
            }
            _ = try await shop.client.execute(
                "UPDATE batch_jobs SET lease_until = now() + interval '1 day' WHERE job_id = \(job.jobID)"
            )
            #expect(try await shop.jobs.find(job.jobID)?.isAbandoned == true)
            guard case .completed(let jobID, _, _, _) = try await runner.run(.timer) else {
                Issue.record("not taken over")
                return
            }
            #expect(jobID == job.jobID)
            await #expect(throws: LeaseLost.self) { try await shop.jobs.renew(lease, for: .seconds(60)) }
        }
    }

    @Test("a lease of housekeeping that ends in the far future counts as ended")
    func housekeepingLease() async throws {
        try await withCompletedJob { shop, _ in
            let housekeeping = HousekeepingRepository(database: shop.client)
            try await housekeeping.request(for: "job-000001")
            _ = try await housekeeping.acquire(owner: "killed", leaseDuration: .seconds(60))
            #expect(try await shop.jobs.state().housekeepingJobID == nil)
            _ = try await shop.client.execute("UPDATE housekeeping SET lease_until = now() + interval '1 day'")
            #expect(try await shop.jobs.state().housekeepingJobID == "job-000001")
        }
    }

    @Test("a generation that was retired in the future is dropped")
    func retired() async throws {
        try await withCompletedJob { shop, runner in
            _ = try await runner.run(.manual)
            #expect(try await shop.generations.dropExpired(retaining: 0).dropped == [])
            _ = try await shop.client.execute(
                "UPDATE generations SET retired_at = now() + interval '1 year' WHERE status = 'retired'"
            )
            #expect(try await shop.generations.dropExpired(retaining: 0).dropped == [1])
        }
    }
}
