import Foundation
import Logging
import TextFormats

/// Fires one timer function until it is cancelled. The next tick is armed only after a run has ended, so a timer never
/// overlaps itself.
struct TimerListener: Sendable {
    let function: FunctionDefinition
    let trigger: TimerTrigger
    let zone: TimeZone
    let store: ScheduleStatusStore
    let runner: InvocationRunner
    let board: TimerBoard
    let clock: HostClock
    let logger: Logger

    /// - Throws: `CancellationError` at the end.
    func run() async throws {
        // Listeners start once the handler is up, as in the host.
        _ = try await runner.handler.waitUntilReady()
        let started = TimerState.start(
            schedule: trigger.schedule,
            isMonitored: trigger.isMonitored,
            runOnStartup: trigger.runOnStartup,
            stored: store.load(function.name),
            now: clock.now()
        )
        var state = started.state
        if let status = started.statusToStore { save(status) }
        announce(state)

        var startup = started.startup
        while true {
            show(state, isRunning: false)
            if startup == nil { try await clock.sleep(state.status.next) }
            show(state, isRunning: true)
            try await fire(&state, startup)
            startup = nil
        }
    }

    private func fire(_ state: inout TimerState, _ startup: TimerState.Startup?) async throws {
        let began = clock.now()
        let status = state.visibleStatus
        let call = TimerCall(function: function, trigger: trigger, zone: zone)
        _ = await runner.invoke(function, reason: Self.reason(startup)) { retry in
            call.body(status: status, isPastDue: startup == .pastDue, retry: retry, now: began)
        }
        // A run cut short by LocalHost's own end leaves the status alone: the next start finds it past due.
        try Task.checkCancellation()
        state.finished(began: began, startup: startup)
        if state.isMonitored { save(state.status) }
    }

    private func save(_ status: ScheduleStatus) {
        do {
            try store.save(status, of: function.name, zone: zone)
        } catch {
            logger.error("\(function.name): the schedule status cannot be saved: \(error)")
        }
    }

    private func show(_ state: TimerState, isRunning: Bool) {
        board.update(
            function.name,
            TimerBoard.Entry(
                schedule: trigger.scheduleText,
                next: state.status.next,
                last: state.status.last,
                isRunning: isRunning
            )
        )
    }

    private func announce(_ state: TimerState) {
        var next = state.status.next
        var occurrences: [String] = []
        for _ in 0..<3 {
            occurrences.append(HostDate.text(next, zone: zone))
            next = trigger.schedule.next(after: next)
        }
        logger.info(
            "timer \(function.name): '\(trigger.scheduleText)' in \(zoneName), next \(occurrences.joined(separator: ", "))"
        )
    }

    private var zoneName: String { zone.identifier == "GMT" ? "UTC" : zone.identifier }

    private static func reason(_ startup: TimerState.Startup?) -> String {
        switch startup {
        case nil: "timer fired"
        case .pastDue: "timer past due"
        case .runOnStartup: "timer runs on start-up"
        }
    }
}
