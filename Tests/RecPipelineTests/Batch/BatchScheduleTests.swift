import FoundationEssentials
import Testing

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

    @Test("a run by hand is always due, even switched off and without a change")
    func manual() {
        let off = BatchSchedule(intervalSeconds: 3_600, enabled: false)
        let facts = facts(lastStart: 1, events: 5, lastCut: 5)
        #expect(isDue(off.decide(now: now, isManual: true, facts)))
        #expect(!isDue(off.decide(now: now, isManual: false, facts)))
    }

    @Test("a waiting or abandoned job is due whatever the schedule says")
    func unfinished() {
        let off = BatchSchedule(intervalSeconds: 3_600, enabled: false)
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
}
