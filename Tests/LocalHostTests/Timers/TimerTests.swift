import Foundation
import Testing
import TextFormats

@testable import LocalHost

private func date(_ text: String) throws -> Date { try #require(try HostDate.date(text)) }

@Suite("Timer state")
struct TimerStateTests {
    private let schedule: TimerSchedule
    private let now: Date

    init() throws {
        schedule = try TimerSchedule("0 0 * * * *", zone: .gmt)
        now = try date("2026-03-01T10:20:00Z")
    }

    private func start(
        _ stored: ScheduleStatus?,
        isMonitored: Bool = true,
        runOnStartup: Bool = false,
        schedule: TimerSchedule? = nil
    ) -> TimerState.Start {
        TimerState.start(
            schedule: schedule ?? self.schedule,
            isMonitored: isMonitored,
            runOnStartup: runOnStartup,
            stored: stored,
            now: now
        )
    }

    @Test("a first start waits for the next occurrence and stores when it was computed")
    func first() throws {
        let start = start(nil)
        #expect(start.startup == nil)
        #expect(
            start.state.status == ScheduleStatus(last: nil, next: try date("2026-03-01T11:00:00Z"), lastUpdated: nil)
        )
        #expect(start.statusToStore?.lastUpdated == now)
    }

    @Test("a stored occurrence in the past is past due and is the one that the handler sees")
    func pastDue() throws {
        let stored = ScheduleStatus(
            last: try date("2026-03-01T07:00:00Z"),
            next: try date("2026-03-01T08:00:00Z"),
            lastUpdated: nil
        )
        let start = start(stored)
        #expect(start.startup == .pastDue)
        #expect(start.state.visibleStatus == stored)
        #expect(start.statusToStore == nil)
    }

    @Test("a stored occurrence in the future is waited for")
    func notDue() throws {
        let stored = ScheduleStatus(
            last: try date("2026-03-01T10:00:00.01Z"),
            next: try date("2026-03-01T11:00:00Z"),
            lastUpdated: nil
        )
        #expect(start(stored).startup == nil)
        #expect(start(stored).state.status.next == stored.next)
    }

    @Test("a changed schedule resets the status without firing")
    func changedSchedule() throws {
        // Stored for a timer at half past; 08:30 lies in the past, yet nothing is past due.
        let stored = ScheduleStatus(
            last: try date("2026-03-01T07:30:00Z"),
            next: try date("2026-03-01T08:30:00Z"),
            lastUpdated: nil
        )
        let start = start(stored)
        #expect(start.startup == nil)
        #expect(start.state.status.next == (try date("2026-03-01T11:00:00Z")))
        #expect(start.state.status.last == nil)
        #expect(start.statusToStore == start.state.status)
    }

    @Test("a timer that never fired is judged by when its next occurrence was computed")
    func neverFired() throws {
        let stored = ScheduleStatus(
            last: nil,
            next: try date("2026-03-01T10:00:00Z"),
            lastUpdated: try date("2026-03-01T09:10:00Z")
        )
        #expect(start(stored).startup == .pastDue)
    }

    @Test("without monitoring there is no status to show, store or be late by")
    func unmonitored() throws {
        let stored = ScheduleStatus(
            last: try date("2026-03-01T07:00:00Z"),
            next: try date("2026-03-01T08:00:00Z"),
            lastUpdated: nil
        )
        let start = start(stored, isMonitored: false)
        #expect(start.startup == nil && start.statusToStore == nil && start.state.visibleStatus == nil)
    }

    @Test("runOnStartup fires at once, not past due")
    func runOnStartup() throws {
        #expect(start(nil, runOnStartup: true).startup == .runOnStartup)
    }

    @Test("the next occurrence counts from the beginning of a run, so a missed one lies in the past")
    func missedWhileRunning() throws {
        var state = start(nil).state
        let began = try date("2026-03-01T11:00:00.02Z")
        state.finished(began: began, startup: nil)
        #expect(state.status.last == began)
        // The run may have lasted until 14:40: 12:00 is fired at once, then 15:00.
        #expect(state.status.next == (try date("2026-03-01T12:00:00Z")))
        state.finished(began: try date("2026-03-01T14:40:00Z"), startup: nil)
        #expect(state.status.next == (try date("2026-03-01T15:00:00Z")))
    }

    @Test("a tick that comes a little early is not served twice")
    func early() throws {
        var state = start(nil).state
        state.finished(began: try date("2026-03-01T10:59:59.9Z"), startup: nil)
        #expect(state.status.next == (try date("2026-03-01T12:00:00Z")))
    }

    @Test("a status survives its file, damaged files count as none")
    func store() throws {
        let folder = try TemporaryFolder()
        let store = ScheduleStatusStore(directory: folder.url.appendingPathComponent("timers"))
        #expect(store.load("Tick") == nil)
        let status = ScheduleStatus(last: nil, next: try date("2026-03-01T11:00:00Z"), lastUpdated: now)
        try store.save(status, of: "Tick", zone: .gmt)
        #expect(store.load("Tick") == status)
        try Data("{\"Next\": 5".utf8).write(to: folder.url.appendingPathComponent("timers/Tick.json"))
        #expect(store.load("Tick") == nil)
    }
}

@Suite("Timer invocations")
struct TimerCallTests {
    private let zone = TimeZone.gmt

    private func invocation(bindingName: String = "timer") throws -> TimerCall {
        let trigger = TimerTrigger(
            bindingName: bindingName,
            schedule: try TimerSchedule("0 */5 * * * *", zone: zone),
            scheduleText: "0 */5 * * * *",
            isMonitored: true,
            runOnStartup: false
        )
        let function = FunctionDefinition(name: "Tick", state: .ready(.timer(trigger)))
        return TimerCall(function: function, trigger: trigger, zone: zone)
    }

    @Test("the body is the host's: TimerInfo nested, the cron text nowhere, dates as text")
    func body() throws {
        let status = ScheduleStatus(
            last: Date(timeIntervalSince1970: 1_772_332_200.0113),
            next: try date("2026-03-02T02:30:00Z"),
            lastUpdated: nil
        )
        let body = try invocation().body(status: status, isPastDue: true, now: Date()).json
        #expect(
            body["Data"] == [
                "timer": [
                    "Schedule": ["AdjustForDST": true],
                    "ScheduleStatus": [
                        "Last": "2026-03-01T02:30:00.0113+00:00", "Next": "2026-03-02T02:30:00+00:00",
                        "LastUpdated": "0001-01-01T00:00:00",
                    ],
                    "IsPastDue": true,
                ]
            ]
        )
        #expect(body["Metadata"]?["sys"]?["MethodName"] == "Tick")
        #expect(body["Metadata"]?.object?.keys.sorted() == ["sys"])
        #expect(!body.text.contains("*/5"))
    }

    @Test("the input of a manual run is a Metadata key named like the binding, JSON inside a string")
    func manual() throws {
        let body = try invocation().body(status: nil, isPastDue: false, input: #"{"dryRun":true}"#, now: Date()).json
        #expect(body["Data"]?["timer"]?["ScheduleStatus"] == .some(.null))
        #expect(body["Metadata"]?["timer"] == .string(#""{\"dryRun\":true}""#))
    }

    @Test("a binding whose name ends in trigger loses the input")
    func triggerName() throws {
        let body = try invocation(bindingName: "myTRIGGER").body(status: nil, isPastDue: false, input: "x", now: Date())
            .json
        #expect(body["Metadata"]?.object?.keys.sorted() == ["sys"])
    }
}
