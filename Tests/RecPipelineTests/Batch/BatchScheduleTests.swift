import Foundation
import Testing
import TextFormats

@testable import RecPipeline

@Suite("Batch schedule")
struct BatchScheduleTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let schedule = BatchSchedule(intervalSeconds: 3_600)

    private func facts(lastStart secondsAgo: Double?, events: Int64 = 10, lastCut: Int64? = 5) -> BatchSchedule.Facts {
        var facts = BatchSchedule.Facts()
        facts.lastStartedAt = secondsAgo.map { now.addingTimeInterval(-$0) }
        facts.lastDataCut = lastCut
        facts.lastCatalogueVersion = 1
        facts.catalogueVersion = 1
        facts.newestEventID = events
        return facts
    }

    private func isDue(_ decision: BatchSchedule.Decision) -> Bool {
        if case .due = decision { true } else { false }
    }

    @Test("the first run is due as soon as there are interactions")
    func first() {
        #expect(isDue(schedule.decide(now: now, isManual: false, facts(lastStart: nil))))
        #expect(!isDue(schedule.decide(now: now, isManual: false, facts(lastStart: nil, events: 0))))
    }

    @Test("a run is due when the interval has passed, half a minute of drift allowed")
    func interval() {
        #expect(!isDue(schedule.decide(now: now, isManual: false, facts(lastStart: 3_500))))
        #expect(isDue(schedule.decide(now: now, isManual: false, facts(lastStart: 3_575))))
        #expect(isDue(schedule.decide(now: now, isManual: false, facts(lastStart: 90_000))))
    }

    @Test("not due says when it will be")
    func next() {
        guard case .notDue(_, let next) = schedule.decide(now: now, isManual: false, facts(lastStart: 600)) else {
            Issue.record("due too early")
            return
        }
        #expect(next == now.addingTimeInterval(3_000))
    }

    @Test("nothing is done again for unchanged inputs, but a changed catalogue is a change")
    func unchanged() {
        var facts = facts(lastStart: 7_200, events: 5, lastCut: 5)
        #expect(!isDue(schedule.decide(now: now, isManual: false, facts)))
        facts.catalogueVersion = 2
        #expect(isDue(schedule.decide(now: now, isManual: false, facts)))
    }

    @Test("a user who was erased since the last run is a change")
    func erasure() {
        var facts = facts(lastStart: 7_200, events: 5, lastCut: 5)
        facts.lastErasureAt = now.addingTimeInterval(-7_300)
        #expect(!isDue(schedule.decide(now: now, isManual: false, facts)))
        facts.lastErasureAt = now.addingTimeInterval(-7_100)
        #expect(isDue(schedule.decide(now: now, isManual: false, facts)))
    }

    @Test("a run by hand is always due, even switched off and without a change")
    func manual() {
        var off = BatchSchedule(intervalSeconds: 3_600)
        off.enabled = false
        let facts = facts(lastStart: 1, events: 5, lastCut: 5)
        #expect(isDue(off.decide(now: now, isManual: true, facts)))
        #expect(!isDue(off.decide(now: now, isManual: false, facts)))
    }

    @Test("a waiting or abandoned job is due whatever the schedule says")
    func unfinished() {
        var off = BatchSchedule(intervalSeconds: 3_600)
        off.enabled = false
        var waiting = facts(lastStart: 1)
        waiting.hasPending = true
        #expect(isDue(off.decide(now: now, isManual: false, waiting)))
        var abandoned = facts(lastStart: 1)
        abandoned.hasAbandoned = true
        #expect(isDue(off.decide(now: now, isManual: false, abandoned)))
    }

    @Test("after a failure the next tries are spaced out")
    func failure() {
        var facts = facts(lastStart: 90_000)
        facts.lastFailedAt = now.addingTimeInterval(-300)
        #expect(!isDue(schedule.decide(now: now, isManual: false, facts)))
        facts.lastFailedAt = now.addingTimeInterval(-601)
        #expect(isDue(schedule.decide(now: now, isManual: false, facts)))
    }

    @Test("times that lie ahead of now delay nothing, and unchanged inputs are still no reason to run")
    func future() {
        var facts = facts(lastStart: -90_000)
        facts.lastFailedAt = now.addingTimeInterval(90_000)
        #expect(isDue(schedule.decide(now: now, isManual: false, facts)))
        facts.lastDataCut = facts.newestEventID
        #expect(!isDue(schedule.decide(now: now, isManual: false, facts)))
    }

    // MARK: - The next runs

    @Test("the next five runs are an interval apart, and the first is the one that a tick would start")
    func nextFive() {
        let runs = schedule.nextRuns(5, now: now, facts(lastStart: 600))
        #expect(runs == (0..<5).map { now.addingTimeInterval(3_000 + 3_600 * Double($0)) })
        let due = schedule.nextRuns(5, now: now, facts(lastStart: 7_200))
        #expect(due.first == now && due.count == 5)
        // Nothing has changed: as soon as something does.
        #expect(schedule.nextRuns(1, now: now, facts(lastStart: 7_200, events: 5, lastCut: 5)) == [now])
        // A failed run is tried again first.
        var failed = facts(lastStart: 7_200)
        failed.lastFailedAt = now.addingTimeInterval(-100)
        let retry = now.addingTimeInterval(BatchSchedule.retryAfterFailure - 100)
        #expect(schedule.nextRuns(2, now: now, failed) == [retry, retry.addingTimeInterval(3_600)])
    }

    @Test(
        "each of the next runs is a run when its time comes, in a window over midnight and on both days when clocks change"
    )
    func nextRunsAreRuns() throws {
        // The last Sundays of March and October 2027 in Berlin, from Saturday noon.
        for start in ["2027-03-27T12:00:00Z", "2027-10-30T12:00:00Z"] {
            var schedule = BatchSchedule(intervalSeconds: 3_600)
            schedule.offPeak = OffPeakWindow(start: 23 * 60, end: 4 * 60, timeZone: "Europe/Berlin")
            let now = try #require(Timestamp.date(start))
            var facts = BatchSchedule.Facts()
            facts.lastStartedAt = now.addingTimeInterval(-600)
            (facts.lastDataCut, facts.newestEventID) = (5, 10)
            let runs = schedule.nextRuns(12, now: now, facts)
            for run in runs {
                #expect(schedule.offPeak?.contains(run) == true, "\(run)")
                #expect(isDue(schedule.decide(now: run, isManual: false, facts)), "\(run)")
                facts.lastStartedAt = run
                facts.lastDataCut = facts.newestEventID
                facts.newestEventID += 5
            }
            #expect(zip(runs, runs.dropFirst()).allSatisfy { $1.timeIntervalSince($0) >= 3_600 })
        }
    }

    @Test("an adaptive schedule has its next runs a day apart while hardly anything happens, and not otherwise")
    func nextRunsAdaptive() {
        var schedule = BatchSchedule(intervalSeconds: 3_600)
        schedule.isAdaptive = true
        let quiet = facts(lastStart: 7_200, events: 10_010, lastCut: 10_000)
        let runs = schedule.nextRuns(3, now: now, quiet)
        #expect(runs == (0..<3).map { now.addingTimeInterval(86_400 - 7_200 + 86_400 * Double($0)) })
        // Within the interval already: what comes is too little for a run when it has passed.
        let early = facts(lastStart: 600, events: 10_001, lastCut: 10_000)
        #expect(schedule.nextRuns(1, now: now, early) == [now.addingTimeInterval(86_400 - 600)])
        let busy = facts(lastStart: 7_200, events: 20_000, lastCut: 10_000)
        #expect(schedule.nextRuns(3, now: now, busy) == (0..<3).map { now.addingTimeInterval(3_600 * Double($0)) })
    }

    @Test("a schedule that is off and a shop without events have no next runs")
    func noNextRuns() {
        var off = schedule
        off.enabled = false
        #expect(off.nextRuns(5, now: now, facts(lastStart: 7_200)) == [])
        #expect(schedule.nextRuns(5, now: now, facts(lastStart: nil, events: 0)) == [])
    }
}

@Suite("Batch schedule: hours and growth")
struct BatchScheduleHoursTests {
    private func date(_ text: String) throws -> Date { try #require(Timestamp.date(text)) }

    private func window(_ start: String, _ end: String, _ zone: String = "Europe/Berlin") throws -> OffPeakWindow {
        let start = try #require(OffPeakWindow.minutes(start))
        let end = try #require(OffPeakWindow.minutes(end))
        return try #require(OffPeakWindow(start: start, end: end, timeZone: zone))
    }

    @Test(
        "a window is open from its start to before its end by the clock of its zone, over midnight too",
        arguments: [
            ("22:00", "06:00", "2026-01-10T20:59:59Z", false), ("22:00", "06:00", "2026-01-10T21:00:00Z", true),
            ("22:00", "06:00", "2026-01-11T04:59:59Z", true), ("22:00", "06:00", "2026-01-11T05:00:00Z", false),
            ("22:00", "06:00", "2026-07-10T20:00:00Z", true), ("22:00", "06:00", "2026-07-11T04:00:00Z", false),
            ("02:00", "04:30", "2026-01-10T01:00:00Z", true), ("02:00", "04:30", "2026-01-10T03:30:00Z", false),
            // Clocks go from 02:00 to 03:00: what is skipped is the hour after.
            ("02:00", "03:00", "2026-03-29T00:59:59Z", false), ("02:00", "03:00", "2026-03-29T01:00:00Z", true),
            ("02:00", "03:00", "2026-03-29T01:59:59Z", true), ("02:00", "03:00", "2026-03-29T02:00:00Z", false),
            // Clocks go from 03:00 to 02:00: the hour comes twice.
            ("02:00", "03:00", "2026-10-25T00:30:00Z", true), ("02:00", "03:00", "2026-10-25T01:30:00Z", true),
            ("02:00", "03:00", "2026-10-25T02:00:00Z", false),
        ]
    )
    func contains(start: String, end: String, moment: String, isOpen: Bool) throws {
        #expect(try window(start, end).contains(date(moment)) == isOpen)
    }

    @Test(
        "the next opening is the first minute inside, on days of 23 and 25 hours too",
        arguments: [
            ("22:00", "06:00", "2026-01-10T12:00:30Z", "2026-01-10T21:00:00Z"),
            ("22:00", "06:00", "2026-01-10T22:00:00Z", "2026-01-10T22:00:00Z"),
            ("02:30", "04:00", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
            ("04:00", "05:00", "2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z"),
            ("04:00", "05:00", "2026-10-24T03:00:00Z", "2026-10-25T03:00:00Z"),
        ]
    )
    func opening(start: String, end: String, from: String, expected: String) throws {
        #expect(try window(start, end).opening(from: date(from)) == date(expected))
    }

    private func facts(cut: Int64, newest: Int64, started: Date) -> BatchSchedule.Facts {
        var facts = BatchSchedule.Facts()
        facts.lastJobID = "job-000012"
        facts.lastStartedAt = started
        facts.lastDataCut = cut
        facts.newestEventID = newest
        return facts
    }

    @Test("an adaptive schedule waits up to a day while fewer than 1 % of the events are new")
    func adaptive() throws {
        let start = try date("2026-01-10T00:00:00Z")
        var schedule = BatchSchedule(intervalSeconds: 3_600)
        schedule.isAdaptive = true
        func decide(_ new: Int64, hours: Double) -> BatchSchedule.Decision {
            schedule.decide(
                now: start.addingTimeInterval(hours * 3_600),
                isManual: false,
                facts(cut: 1_000, newest: 1_000 + new, started: start)
            )
        }
        #expect(
            decide(9, hours: 2)
                == .notDue(
                    "9 events are new, fewer than 1 %; the next run is at 2026-01-11T00:00:00Z unless more come",
                    next: start.addingTimeInterval(86_400)
                )
        )
        #expect(decide(10, hours: 2) == .due("the interval of 1 hour has passed"))
        #expect(decide(9, hours: 24) == .due("the interval of 1 hour has passed"))
        schedule.isAdaptive = false
        #expect(decide(9, hours: 2) == .due("the interval of 1 hour has passed"))
    }

    @Test(
        "a run that is due outside the window waits for it, one by hand does not; the next run of an early tick is inside"
    )
    func offPeak() throws {
        let start = try date("2026-01-10T08:00:00Z")
        var schedule = BatchSchedule(intervalSeconds: 3_600)
        schedule.offPeak = try window("22:00", "06:00")
        let facts = facts(cut: 1, newest: 5, started: start)
        let opening = try date("2026-01-10T21:00:00Z")
        #expect(
            schedule.decide(now: start.addingTimeInterval(7_200), isManual: false, facts)
                == .notDue(
                    "outside the off-peak window 22:00–06:00 Europe/Berlin; the next run is at 2026-01-10T21:00:00Z",
                    next: opening
                )
        )
        #expect(
            schedule.decide(now: start.addingTimeInterval(7_200), isManual: true, facts) == .due("asked for by hand")
        )
        #expect(
            schedule.decide(now: start.addingTimeInterval(60), isManual: false, facts)
                == .notDue("the next run is at 2026-01-10T21:00:00Z (every 1 hour)", next: opening)
        )
        #expect(schedule.decide(now: opening, isManual: false, facts) == .due("the interval of 1 hour has passed"))
    }

    @Test("a stored schedule is read again as it was written")
    func roundTrip() throws {
        var schedule = BatchSchedule(intervalSeconds: 7_200)
        schedule.activeIntervalSeconds = 30
        schedule.offPeak = try window("22:00", "06:05")
        schedule.isAdaptive = true
        schedule.enabled = false
        #expect(try BatchSchedule(json: schedule.json(), defaultInterval: 1) == schedule)
        #expect(try BatchSchedule(json: "{}", defaultInterval: 99) == BatchSchedule(intervalSeconds: 99))
        #expect(try BatchSchedule(json: nil, defaultInterval: 99) == BatchSchedule(intervalSeconds: 99))
    }

    @Test(
        "every wrong field is named with what would be right",
        arguments: [
            (#"{"interval_seconds": 0}"#, "/interval_seconds", "from 1 to 2592000"),
            (#"{"interval_seconds": "1h"}"#, "/interval_seconds", "whole number"),
            (#"{"active_interval_seconds": 2592001}"#, "/active_interval_seconds", "from 1 to 2592000"),
            (#"{"adaptive": 1}"#, "/adaptive", "true or false"), (#"{"enabled": "no"}"#, "/enabled", "true or false"),
            (#"{"off_peak": []}"#, "/off_peak", "must be an object"),
            (
                #"{"off_peak": {"start": "24:00", "end": "06:00", "time_zone": "UTC"}}"#, "/off_peak/start",
                "such as 22:00"
            ),
            (
                #"{"off_peak": {"start": "1:00", "end": "06:00", "time_zone": "UTC"}}"#, "/off_peak/start",
                "such as 22:00"
            ),
            (#"{"off_peak": {"start": "06:00", "end": "06:00", "time_zone": "UTC"}}"#, "/off_peak/end", "must differ"),
            (
                #"{"off_peak": {"start": "05:00", "end": "06:00", "time_zone": "CET"}}"#, "/off_peak/time_zone",
                "Europe/Berlin"
            ),
            (#"{"off_peak": {"start": "05:00", "end": "06:00"}}"#, "/off_peak/time_zone", "Europe/Berlin"),
            (#"{"interval": 60}"#, "/interval", "is not a setting"), ("[]", "", "must be an object"),
        ]
    )
    func wrong(json: String, pointer: String, words: String) throws {
        let error = #expect(throws: BatchSchedule.Problems.self) { try BatchSchedule(json: json, defaultInterval: 60) }
        #expect(error?.all.first?.pointer == pointer)
        #expect(error?.all.first?.reason.contains(words) == true, "\(error?.description ?? "")")
    }
}
