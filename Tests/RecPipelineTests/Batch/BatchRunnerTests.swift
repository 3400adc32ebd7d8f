import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing

@Suite("Batch", .serialized)
struct BatchRunnerTests {
    @Test("a first run gives every customer a full list of products they have not bought, and goes live")
    func firstRun() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let report = try await shop.runner().run(.timer)
            guard case .completed(let jobID, let generation, let modelVersion, let metrics) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(metrics.users == 60)
            #expect(metrics.lists == 120)
            #expect(metrics.chunks == 6)
            #expect(
                try await shop.modelRows.live()
                    == LivePointer(variant: .default, generation: generation, modelVersion: modelVersion)
            )
            for user in 0..<60 {
                let lookup = try #require(try await shop.cache.lookup(userID: "U-\(user)", list: .discover))
                let list = try #require(lookup.entry).list
                #expect(list.count == 8)
                let owned = try await shop.interactions.metProducts(userKey: lookup.userKey).productKeys
                #expect(owned.isDisjoint(with: list.products))
                #expect(Set(list.products).count == 8)
                let own = list.products.prefix(10 - owned.count)
                let groups = try await Self.groups(of: Array(own), shop)
                #expect(groups == Array(repeating: "Group \(user % 3)", count: own.count), "user \(user)")
                if !own.isEmpty { #expect(list.evidence.first.map(owned.contains) == true) }
            }
            let job = try #require(try await shop.jobs.find(jobID))
            #expect(job.status == .completed)
            #expect(job.progress == 100)
            for stage in ["cut", "load", "fit", "generate", "seal", "validate", "flip", "housekeeping"] {
                #expect(metrics.seconds[stage] != nil, "\(stage)")
            }
            #expect(try #require(metrics.peakMemoryMB) > 1)
            #expect(try #require(metrics.usersPerSecond) > 0)
            #expect(try await !shop.logs.list(jobID: jobID).isEmpty)
        }
    }

    private static func groups(of products: [Int64], _ shop: ShopFixture) async throws -> [String] {
        let rows = try await shop.client.query("SELECT id, category FROM products WHERE id = ANY(\(products))")
        var groups: [Int64: String] = [:]
        for row in rows { groups[try row.decode(Int64.self, at: 0)] = try row.decode(String.self, at: 1) }
        return products.compactMap { groups[$0] }
    }

    @Test("a second tick is not due: it says so and leaves a log row, not a job")
    func notDue() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await shop.runner().run(.timer)
            let report = try await shop.runner().run(.timer)
            guard case .notDue = report else {
                Issue.record("\(report)")
                return
            }
            #expect(!report.isFailure)
            #expect(try await shop.jobs.list(page: 1, pageSize: 10, status: nil).total == 1)
            #expect(try await shop.logs.list(jobID: nil).last?.message.contains("not due") == true)
        }
    }

    @Test("a shop without events answers clearly, by timer and by hand, and stays without lists")
    func noData() async throws {
        try await ShopFixture.with { shop in
            #expect(try await shop.runner().run(.timer).summary.contains("no interactions"))
            let byHand = try await shop.runner().run(.manual)
            guard case .noData = byHand else {
                Issue.record("\(byHand)")
                return
            }
            #expect(try await shop.modelRows.live() == nil)
            let job = try #require(try await shop.jobs.state().lastCompleted)
            #expect(job.errorMessage == nil)
            #expect(try await shop.logs.list(jobID: nil).last?.message.contains("no interactions") == true)
            #expect(try await shop.logs.list(jobID: job.jobID).last?.message.contains("no data") == true)
        }
    }

    @Test("the first data after a run that found none need not wait for the interval")
    func firstData() async throws {
        try await ShopFixture.with { shop in
            guard case .noData = try await shop.runner().run(.manual) else {
                Issue.record("there was data")
                return
            }
            try await shop.seed()
            guard case .completed = try await shop.runner().run(.timer) else {
                Issue.record("not completed")
                return
            }
        }
    }

    @Test("a second process that starts while one runs changes nothing")
    func alreadyRunning() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let outcome = try await shop.jobs.acquire(owner: "other", leaseDuration: .seconds(60), newJob: .timer)
            guard case .granted(let job, _) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            for trigger in [BatchJob.Trigger.timer, .manual, .cli] {
                let report = try await shop.runner().run(trigger)
                guard case .alreadyRunning(let jobID, _, _) = report else {
                    Issue.record("\(trigger): \(report)")
                    continue
                }
                #expect(jobID == job.jobID)
                #expect(try await shop.logs.list(jobID: nil).last?.message.contains("already running") == true)
            }
            #expect(try await shop.logs.list(jobID: nil).count == 3)
            #expect(try await shop.jobs.find(job.jobID)?.fencingToken == job.fencingToken)
            #expect(try await shop.jobs.list(page: 1, pageSize: 10, status: nil).total == 1)
            #expect(try await shop.modelRows.live() == nil)
        }
    }

    @Test("many processes that start at once run one batch between them")
    func startAtOnce() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let completed = try await withThrowingTaskGroup(of: Bool.self) { group in
                for process in 0..<6 {
                    group.addTask {
                        if case .completed = try await shop.runner(owner: "process-\(process)").run(.timer) {
                            true
                        } else {
                            false
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(completed == 1)
            #expect(try await shop.jobs.list(page: 1, pageSize: 10, status: nil).total == 1)
        }
    }

    @Test("a run that was asked for waits as a pending job and is done by the next tick")
    func pending() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            guard case .created(let job) = try await shop.jobs.enqueue(trigger: .api, idempotencyKey: "k1") else {
                Issue.record("not created")
                return
            }
            guard case .replayed(let again) = try await shop.jobs.enqueue(trigger: .api, idempotencyKey: "k1") else {
                Issue.record("the same key made another job")
                return
            }
            #expect(again.jobID == job.jobID)
            guard case .busy = try await shop.jobs.enqueue(trigger: .api, idempotencyKey: nil) else {
                Issue.record("two jobs wait")
                return
            }
            guard case .completed(let jobID, _, _, _) = try await shop.runner().run(.timer) else {
                Issue.record("not completed")
                return
            }
            #expect(jobID == job.jobID)
        }
    }

    @Test("readers never wait and never see half a generation while batches go live and old ones are dropped")
    func readersDuringFlips() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await shop.runner().run(.timer)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for round in 0..<6 {
                        _ = try await shop.record(
                            "again-\(round)",
                            user: "U-1",
                            product: ShopFixture.productID(round),
                            type: .view
                        )
                        let report = try await shop.runner { $0.keptGenerations = 1 }.run(.manual)
                        guard case .completed = report else {
                            Issue.record("\(report)")
                            return
                        }
                        _ = try await shop.client.execute(
                            "UPDATE generations SET retired_at = now() - interval '11 minutes' WHERE status = 'retired'"
                        )
                    }
                }
                group.addTask {
                    var reads = 0
                    while !Task.isCancelled,
                        try await shop.jobs.list(page: 1, pageSize: 1, status: .completed).total < 7
                    {
                        for user in 0..<60 {
                            let lookup = try await shop.cache.lookup(userID: "U-\(user)", list: .discover)
                            #expect(lookup?.entry?.list.count == 8)
                            reads += 1
                        }
                    }
                    #expect(reads > 0)
                }
                try await group.next()
                try await group.next()
            }
            let dropped = try await shop.client.query("SELECT count(*) FROM generations WHERE status = 'dropped'")
            #expect(try #require(dropped.first).decode(Int64.self, at: 0) >= 3)
            let tables = try await shop.client.query(
                "SELECT count(*) FROM pg_inherits WHERE inhparent = 'recommendation_cache'::regclass"
            )
            #expect(try #require(tables.first).decode(Int64.self, at: 0) <= 5)
        }
    }
}
