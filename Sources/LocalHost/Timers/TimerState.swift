import Foundation

/// The bookkeeping of one timer as a value: what to do at start, when to fire next, what to remember after a run.
///
/// It follows the timer extension's `TimerListener` and `ScheduleMonitor`; the shell around it sleeps and invokes.
struct TimerState: Sendable, Equatable {
    let schedule: TimerSchedule
    /// Whether the host keeps a status for the timer.
    let isMonitored: Bool
    private(set) var status: ScheduleStatus

    /// Why a run happens outside the schedule.
    enum Startup: Sendable, Equatable {
        case pastDue
        case runOnStartup
    }

    /// What the start decided.
    struct Start: Sendable, Equatable {
        var state: TimerState
        var startup: Startup?
        /// The status to write before anything runs (first start, or the schedule changed).
        var statusToStore: ScheduleStatus?
    }

    /// Compares the stored status with the schedule and the time.
    ///
    /// A stored `Next` in the past means a missed occurrence: run at once with IsPastDue. A changed schedule resets the
    /// status without firing.
    static func start(
        schedule: TimerSchedule,
        isMonitored: Bool,
        runOnStartup: Bool,
        stored: ScheduleStatus?,
        now: Date
    ) -> Start {
        guard isMonitored, let stored else {
            // The handler sees "never" twice; the file remembers when `Next` was computed.
            let next = schedule.next(after: now)
            let fresh = ScheduleStatus(last: nil, next: next, lastUpdated: nil)
            return Start(
                state: TimerState(schedule: schedule, isMonitored: isMonitored, status: fresh),
                startup: runOnStartup ? .runOnStartup : nil,
                statusToStore: isMonitored ? ScheduleStatus(last: nil, next: next, lastUpdated: now) : nil
            )
        }

        var status = stored
        let basis = stored.last ?? stored.lastUpdated ?? now
        var expected = schedule.next(after: basis)
        var changed = false
        // The file keeps ticks, the schedule whole seconds: anything below a second is rounding.
        if abs(stored.next.timeIntervalSince(expected)) >= 1 {
            changed = true
            var updated = basis
            if now > expected {
                expected = schedule.next(after: now)
                updated = now
            }
            status = ScheduleStatus(last: nil, next: expected, lastUpdated: updated)
        }
        let pastDue = now > status.next
        return Start(
            state: TimerState(schedule: schedule, isMonitored: true, status: status),
            startup: pastDue ? .pastDue : (runOnStartup ? .runOnStartup : nil),
            statusToStore: changed ? status : nil
        )
    }

    /// The status the handler is shown; nil without monitoring.
    var visibleStatus: ScheduleStatus? { isMonitored ? status : nil }

    /// Records a run that began at `began`.
    ///
    /// The next occurrence is counted from the *beginning*, so one missed while the function ran lies in the past and
    /// fires at once; as that run begins later than all missed ones, several of them fire once.
    mutating func finished(began: Date, startup: Startup?) {
        // A tick that came a little early counts as on time, or the same occurrence would come twice.
        let time = startup == nil ? max(began, status.next) : began
        status = ScheduleStatus(last: time, next: schedule.next(after: time), lastUpdated: time)
    }
}
