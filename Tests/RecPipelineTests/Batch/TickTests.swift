import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@Suite("Ticks", .serialized)
struct TickTests {
    private func ticks(_ shop: ShopFixture) -> TickRepository { TickRepository(database: shop.client) }

    private func outcome(_ shop: ShopFixture, _ function: TimerFunction = .generateRecommendations) async throws
        -> String
    {
        try #require(try await ticks(shop).last(function)?.outcome)
    }

    @Test("the last tick of each timer is kept with what it led to, one row a timer")
    func kept() async throws {
        try await ShopFixture.with { shop in
            let runner = shop.runner()
            _ = try await runner.tick(.generateRecommendations)
            #expect(try await outcome(shop) == "not due: there are no interactions yet")
            _ = try await runner.tick(.refreshActiveUsers)
            #expect(try await outcome(shop, .refreshActiveUsers) == "not due: no full run has completed yet")
            try await shop.seed()
            _ = try await runner.tick(.generateRecommendations)
            #expect(try await outcome(shop).hasPrefix("completed job-000001: generation 1 with 120 lists is live"))
            _ = try await runner.tick(.generateRecommendations)
            let again = try await outcome(shop)
            #expect(again.hasPrefix("not due: the next run is at ") && again.hasSuffix(" (every 6 hours)"), "\(again)")
            _ = try await runner.tick(.refreshActiveUsers)
            #expect(try await outcome(shop, .refreshActiveUsers) == "not due: every list is up to date")
            // The second run finds the product counts that the first one's housekeeping wrote.
            for _ in 0..<2 {
                _ = try await shop.client.execute("UPDATE batch_jobs SET started_at = started_at - interval '1 day'")
                _ = try await runner.tick(.generateRecommendations)
            }
            #expect(try await outcome(shop) == "not due: nothing has changed since job-000002")
            let rows = try await shop.client.query("SELECT count(*) FROM ticks")
            #expect(try rows[0].decode(Int64.self, at: 0) == 2)
        }
    }

    @Test("a tick that finds another run says who has the lease and until when")
    func busy() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await shop.jobs.acquire(owner: "other", leaseDuration: .seconds(60), newJob: .timer)
            _ = try await shop.runner().tick(.generateRecommendations)
            let text = try await outcome(shop)
            #expect(text.hasPrefix("already running: job-000001 is at 0 %; its holder's lease ends at 20"), "\(text)")
        }
    }

    @Test("a tick that cannot be recorded does its work all the same")
    func unrecorded() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await shop.client.execute("DROP TABLE ticks")
            guard case .completed = try await shop.runner().tick(.generateRecommendations) else {
                Issue.record("the run did not happen")
                return
            }
        }
    }

    @Test("a schedule row is followed, and one that cannot be used names its field")
    func scheduleRow() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            _ = try await shop.client.execute("UPDATE batch_jobs SET started_at = started_at - interval '1 day'")
            _ = try await shop.record("v", user: "U-1", product: "P-25", type: .view)
            var schedule = BatchSchedule(intervalSeconds: 3_600)
            let now = try await shop.jobs.state().now
            let minute = (Int(now.timeIntervalSince1970) / 60 + 120) % 1_440
            schedule.offPeak = OffPeakWindow(start: minute, end: (minute + 60) % 1_440, timeZone: "UTC")
            let stored = try await shop.config.write(.batchSchedule, json: schedule.json(), ifVersion: 0)
            guard case .notDue(let reason, let next) = try await shop.runner().run(.timer) else {
                Issue.record("a run outside the window")
                return
            }
            #expect(reason.hasPrefix("outside the off-peak window "))
            #expect(next.map { $0.timeIntervalSince(now) / 60 }.map { (118...121).contains($0) } == true)
            schedule.offPeak = nil
            let open = try await shop.config.write(.batchSchedule, json: schedule.json(), ifVersion: stored.version)
            guard case .completed = try await shop.runner().run(.timer) else {
                Issue.record("no run although one was due")
                return
            }
            _ = try await shop.config.write(
                .batchSchedule,
                json: #"{"interval_seconds": 0, "off_peak": {"start": "22:00", "end": "6:00"}, "intervall": 5}"#,
                ifVersion: open.version
            )
            let error = await #expect(throws: BatchSchedule.Problems.self) { _ = try await shop.runner().run(.timer) }
            #expect(
                error?.all.map(\.pointer)
                    == ["/interval_seconds", "/off_peak/end", "/off_peak/time_zone", "/intervall"]
            )
        }
    }

    @Test(
        "while the timer ticks nobody stands in for it; when it is silent the due run is done once, by one of several processes"
    )
    func standIn() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            func watch(_ owner: String, _ limit: Duration) -> TimerWatch {
                TimerWatch(runner: shop.runner(owner: owner), ticks: ticks(shop), limit: limit)
            }
            try await ticks(shop).begin(.generateRecommendations)
            #expect(try await watch("p", .seconds(60)).silence() == nil)
            // So long without a tick, by the rows; the process itself is not older than its limit allows.
            _ = try await shop.client.execute("UPDATE ticks SET ticked_at = ticked_at - interval '1 hour'")
            #expect(try await watch("p", .seconds(60)).silence() == nil)
            let watches = (0..<4).map { watch("process-\($0)", .milliseconds(1)) }
            for watch in watches { try await eventually("silence is noticed") { try await watch.silence() != nil } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for watch in watches { group.addTask { _ = try await watch.standIn(deadline: nil) } }
                try await group.waitForAll()
            }
            let jobs = try await shop.jobs.list(page: 1, pageSize: 9, status: nil).items
            #expect(jobs.map(\.trigger) == [.standIn])
            #expect(jobs.map(\.status) == [.completed])
            _ = try await watches[0].standIn(deadline: nil)
            #expect(try await shop.jobs.list(page: 1, pageSize: 9, status: nil).total == 1)
        }
    }
}
