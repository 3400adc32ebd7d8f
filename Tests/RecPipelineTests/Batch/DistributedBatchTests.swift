import Foundation
import Postgres
import RecEngine
import RecPipeline
import Shop
import ShopTestSupport
import Synchronization
import TestSupport
import Testing

/// A timer's run that hands its chunks over, and processes that score them.
@Suite("Batch on a queue", .serialized)
struct DistributedBatchTests {
    /// A process of its own, with the limit above which chunks are handed over.
    private func process(_ name: String, _ shop: ShopFixture, above users: Int = 0) -> BatchRunner {
        shop.runner(owner: name) {
            $0.distributedAbove = users
            $0.maxScorers = 4
        }
    }

    private func tick(_ runner: BatchRunner) async throws -> BatchReport {
        try await runner.tick(.generateRecommendations, canHandOver: true)
    }

    /// Plans a job and hands it over.
    private func handOver(_ shop: ShopFixture) async throws -> String {
        let report = try await tick(process("planner", shop))
        guard case .scoring(let jobID, 0, 6, 4) = report else {
            throw ConditionNotMet(what: "6 chunks handed over to 4 processes: \(report)", limit: .zero)
        }
        return jobID
    }

    private func lists(_ shop: ShopFixture) async throws -> [String] {
        try await shop.client.query(
            """
            SELECT u.user_id || ' ' || c.list::text || ' ' || c.recommended_products::text
            FROM recommendation_cache c JOIN users u ON u.id = c.user_key ORDER BY u.user_id, c.list
            """
        ).map { try $0.decode(String.self, at: 0) }
    }

    /// The lists of the same shop by one process.
    private func inline() async throws -> [String] {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            return try await lists(shop)
        }
    }

    private func expectCompleted(_ jobID: String, _ shop: ShopFixture, quarantined: Int = 0) async throws {
        let job = try #require(try await shop.jobs.find(jobID))
        #expect(job.status == .completed && job.progress == 100)
        let metrics = BatchMetrics(json: job.metricsJSON)
        #expect(metrics.quarantined == quarantined)
        #expect(metrics.lists == 2 * (60 - quarantined))
        #expect(metrics.coverage != nil && metrics.usersPerSecond != nil)
        let live = try await shop.client.query("SELECT generation FROM live")
        #expect(try live.map { try $0.decode(Int64.self, at: 0) } == [job.generation])
        #expect(try await JobReports(blobs: shop.blobs).manifest(jobID) != nil)
    }

    // MARK: - What it makes

    @Test("a job below the limit is scored by the invocation itself")
    func belowTheLimit() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            guard case .completed = try await tick(process("p", shop, above: 60)) else {
                Issue.record("not completed")
                return
            }
        }
    }

    @Test(
        "lists that other processes make are byte-equal to those of one process; whoever stores the last one completes the job"
    )
    func sameLists() async throws {
        let expected = try await inline()
        try await ShopFixture.with { shop in
            try await shop.seed()
            let jobID = try await handOver(shop)
            let planned = try #require(try await shop.jobs.find(jobID))
            #expect(planned.status == .running && planned.stage == "scoring" && planned.isHandedOver)
            #expect(try await shop.modelRows.live() == nil)
            let reports = try await withThrowingTaskGroup(of: BatchReport.self) { group in
                for number in 0..<3 {
                    group.addTask { try await process("scorer-\(number)", shop).score(jobID: jobID) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(reports.count { if case .completed = $0 { true } else { false } } == 1)
            try await expectCompleted(jobID, shop)
            #expect(try await lists(shop) == expected)
            guard
                case .equal(let result) = try await JobReplay(
                    services: shop.batchServices(owner: "replay"),
                    options: BatchOptions()
                ).run(jobID)
            else {
                Issue.record("the job cannot be made again")
                return
            }
            #expect(result.lists == 60 && result.comparedRows)
        }
    }

    @Test("messages doubled, late, of other jobs and of jobs that are over change nothing")
    func messages() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let jobID = try await handOver(shop)
            for foreign in ["job-000099", "no-job"] {
                guard case .nothingToScore = try await process("s", shop).score(jobID: foreign) else {
                    Issue.record("\(foreign) was worked on")
                    return
                }
            }
            _ = try await withThrowingTaskGroup(of: BatchReport.self) { group in
                for number in 0..<12 {
                    group.addTask { try await process("scorer-\(number)", shop).score(jobID: jobID) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await expectCompleted(jobID, shop)
            let before = try await lists(shop)
            guard case .nothingToScore(let reason) = try await process("late", shop).score(jobID: jobID) else {
                Issue.record("a job that is over was worked on")
                return
            }
            #expect(reason == "\(jobID) is completed")
            #expect(try await lists(shop) == before)
        }
    }

    @Test("a thousand messages withheld, doubled and of a run that is over, in any order, leave the same lists")
    func thousandsOfMessages() async throws {
        let seed: UInt64 = 104
        print("messages seed \(seed)")
        try await ShopFixture.with { shop in
            try await shop.seed()
            let old = try await handOver(shop)
            guard case .completed = try await process("first", shop).score(jobID: old) else {
                Issue.record("the first run is not completed")
                return
            }
            _ = try await shop.jobs.enqueue(trigger: .api, idempotencyKey: nil)
            let planner = process("planner", shop)
            guard case .scoring(let jobID, 0, let chunks, var withheld) = try await tick(planner) else {
                Issue.record("the second run is not handed over")
                return
            }
            while withheld < 1_000 {
                guard case .scoring(jobID, 0, chunks, let calls) = try await tick(planner) else {
                    Issue.record("the tick did not call again")
                    return
                }
                withheld += calls
            }
            var generator = SeededGenerator(seed: seed)
            var messages = [String](repeating: jobID, count: 2_000) + [String](repeating: old, count: 1_000)
            for index in messages.indices.reversed() { messages.swapAt(index, generator.below(index + 1)) }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<4 {
                    let delivered = stride(from: number, to: messages.count, by: 4).map { messages[$0] }
                    group.addTask {
                        let scorer = process("scorer-\(number)", shop)
                        var completed = 0
                        for message in delivered {
                            if case .completed = try await scorer.score(jobID: message) { completed += 1 }
                        }
                        return completed
                    }
                }
                let completed = try await group.reduce(0, +)
                #expect(completed == 1, "one of them completes the run")
            }
            try await expectCompleted(jobID, shop)
            guard
                case .equal(let result) = try await JobReplay(
                    services: shop.batchServices(owner: "replay"),
                    options: BatchOptions()
                ).run(jobID)
            else {
                Issue.record("the job cannot be made again")
                return
            }
            #expect(result.lists == 60 && result.comparedRows)
        }
    }

    // MARK: - What goes wrong

    @Test("messages that are lost are sent again by each tick, for the chunks that nobody has")
    func lostMessages() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let jobID = try await handOver(shop)
            let claim = try await shop.chunks.claim(
                jobID: jobID,
                owner: "alive",
                users: [],
                leaseDuration: .seconds(60)
            )
            #expect(claim != nil)
            for _ in 0..<2 {
                guard case .scoring(jobID, 0, 6, let calls) = try await tick(process("planner", shop)) else {
                    Issue.record("the tick did not call again")
                    return
                }
                // The limit, less the process that is at work.
                #expect(calls == 3)
            }
            #expect(try await shop.jobs.find(jobID)?.attempts == 1)
        }
    }

    @Test("a run by hand without a queue scores what was handed over and completes it")
    func withoutQueue() async throws {
        let expected = try await inline()
        try await ShopFixture.with { shop in
            try await shop.seed()
            let jobID = try await handOver(shop)
            guard case .completed(jobID, _, _, _) = try await process("cli", shop).run(.cli) else {
                Issue.record("not completed")
                return
            }
            try await expectCompleted(jobID, shop)
            #expect(try await lists(shop) == expected)
        }
    }

    @Test("when no message is delivered for a while the tick scores by itself")
    func unheardQueue() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let jobID = try await handOver(shop)
            let tick = shop.runner(owner: "planner") {
                $0.distributedAbove = 0
                $0.scoringPatience = .zero
            }
            guard case .completed(jobID, _, _, _) = try await tick.tick(.generateRecommendations, canHandOver: true)
            else {
                Issue.record("not completed")
                return
            }
            try await expectCompleted(jobID, shop)
        }
    }

    @Test("the last chunk's process is killed before it completes the job: the next tick does")
    func killedBeforeTheEnd() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let jobID = try await handOver(shop)
            struct Killed: Error {}
            let chunks = Atomic(0)
            await #expect(throws: Killed.self) {
                _ = try await process("killed", shop).hooked { point in
                    if point == .chunkLoaded, chunks.add(1, ordering: .relaxed).newValue == 6 { throw Killed() }
                }.score(jobID: jobID)
            }
            let states = try await shop.chunks.states(jobID: jobID)
            #expect(states.unfinished == 0 && states.isRunning)
            guard case .completed(jobID, _, _, _) = try await tick(process("planner", shop)) else {
                Issue.record("not completed")
                return
            }
            try await expectCompleted(jobID, shop)
        }
    }

    @Test("a chunk whose process was killed is scored by one that waits for it")
    func killedScorer() async throws {
        let expected = try await inline()
        try await ShopFixture.with { shop in
            try await shop.seed()
            let jobID = try await handOver(shop)
            let dead = try await shop.chunks.claim(
                jobID: jobID,
                owner: "killed",
                users: [],
                leaseDuration: .seconds(2)
            )
            #expect(dead?.chunk.number == 0)
            guard case .completed(jobID, _, _, _) = try await process("alive", shop).score(jobID: jobID) else {
                Issue.record("not completed")
                return
            }
            #expect(try await lists(shop) == expected)
        }
    }

    @Test(
        "a customer who cannot be scored costs that customer's lists only, and is named in the job",
        arguments: [true, false]
    )
    func poisonUser(isDistributed: Bool) async throws {
        let expected = try await inline()
        try await ShopFixture.with { shop in
            try await shop.seed()
            let rows = try await shop.client.query("SELECT id FROM users WHERE user_id = 'U-17'")
            let poisoned = try #require(rows.first).decode(Int64.self, at: 0)
            struct Poisoned: Error, CustomStringConvertible { let description = "the profile is not finite" }
            let runner = process("p", shop).hookedScoring { if $0.contains(poisoned) { throw Poisoned() } }
            let jobID: String
            if isDistributed {
                jobID = try await handOver(shop)
                guard case .completed(jobID, _, _, _) = try await runner.score(jobID: jobID) else {
                    Issue.record("not completed")
                    return
                }
            } else {
                guard case .completed(let id, _, _, _) = try await runner.run(.cli) else {
                    Issue.record("not completed")
                    return
                }
                jobID = id
            }
            try await expectCompleted(jobID, shop, quarantined: 1)
            #expect(try await lists(shop) == expected.filter { !$0.hasPrefix("U-17 ") })
            let found = try await shop.chunks.quarantined(jobID: jobID)
            #expect(found == [QuarantinedUser(userKey: poisoned, userID: "U-17", reason: "the profile is not finite")])
            let served = try #require(
                try await shop.server().recommend(RecommendationRequest(userID: "U-17", list: .discover, limit: 8))
            )
            #expect(served.source == .computed && !served.items.isEmpty)
            guard
                case .equal(let result) = try await JobReplay(
                    services: shop.batchServices(owner: "replay"),
                    options: BatchOptions()
                ).run(jobID)
            else {
                Issue.record("the job cannot be made again")
                return
            }
            #expect(result.lists == 59)
        }
    }

    @Test("a customer whose scoring ends the process three times is found and quarantined")
    func poisonUserByCrash() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let jobID = try await handOver(shop)
            let users = try await shop.client.query(
                "SELECT u.id FROM users u ORDER BY (SELECT max(timestamp) FROM interactions i WHERE i.user_key = u.id) DESC, id"
            ).map { try $0.decode(Int64.self, at: 0) }
            // A process that claims a chunk and is gone: the claim ends and nothing was stored. The user at fault is the third.
            var crashes = 0
            while try await shop.chunks.quarantined(jobID: jobID).isEmpty {
                try #require(crashes < 40, "the chunk is not narrowed down")
                guard
                    let claim = try await shop.chunks.claim(
                        jobID: jobID,
                        owner: "crashing-\(crashes)",
                        users: users,
                        leaseDuration: .seconds(60)
                    )
                else { break }
                guard claim.chunk.users.contains(2) else { continue }
                crashes += 1
                _ = try await shop.client.execute(
                    "UPDATE batch_chunks SET lease_until = clock_timestamp() WHERE fencing_token = \(claim.fencingToken)"
                )
            }
            #expect(try await shop.chunks.quarantined(jobID: jobID).map(\.userKey) == [users[2]])
            // 3 claims of ten users, one of each half on the way to a single one, and its three.
            #expect((7...10).contains(crashes), "\(crashes) crashes")
            _ = try await shop.client.execute(
                "UPDATE batch_chunks SET lease_until = clock_timestamp(), attempts = 0 WHERE status = 'pending'"
            )
            guard case .completed(jobID, _, _, _) = try await process("alive", shop).score(jobID: jobID) else {
                Issue.record("not completed")
                return
            }
            try await expectCompleted(jobID, shop, quarantined: 1)
        }
    }

    @Test("when many customers cannot be scored the job fails with the reason, and what is live stays")
    func manyPoisoned() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            let live = try await shop.modelRows.live()
            guard case .scoring(let jobID, _, _, _) = try await process("planner", shop).run(.manual, canHandOver: true)
            else {
                Issue.record("not handed over")
                return
            }
            struct Broken: Error, CustomStringConvertible { let description = "no model can score" }
            let report = try await process("p", shop).hookedScoring { _ in throw Broken() }.score(jobID: jobID)
            guard case .failed(jobID, let reason, _) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(reason == "2 customers could not be scored, more than 1 of 60")
            #expect(try await shop.modelRows.live() == live)
            #expect(
                try await shop.logs.list(jobID: jobID).contains { $0.message.contains("no model can score") }
            )
        }
    }

    @Test("a job that is cancelled while it is scored: nothing more is stored, and its processes stop")
    func cancelled() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let jobID = try await handOver(shop)
            let report = try await process("p", shop).hooked { point in
                if point == .chunkLoaded { _ = try await shop.jobs.cancel(jobID) }
            }.score(jobID: jobID)
            guard case .nothingToScore = report else {
                Issue.record("\(report)")
                return
            }
            #expect(try await shop.chunks.states(jobID: jobID).done == 1)
            #expect(try await shop.modelRows.live() == nil)
        }
    }
}
