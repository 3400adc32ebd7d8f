package import FoundationEssentials
package import Shop
import TextFormats

/// When a tick should start a run. The cron only ticks; this decides.
package struct BatchSchedule: Sendable, Equatable {
    /// From the start of one full run to the start of the next.
    package var intervalSeconds: Int
    /// From the start of one refresh of active customers to the start of the next.
    package var activeIntervalSeconds = 60
    /// When full runs may start; nil at any time.
    package var offPeak: OffPeakWindow?
    /// While fewer than one in a hundred events are new, full runs are a day apart.
    package var isAdaptive = false
    /// Off: only runs by hand and unfinished jobs.
    package var enabled = true

    package init(intervalSeconds: Int) { self.intervalSeconds = intervalSeconds }

    /// What intervals may be, in seconds.
    package static let intervals = 1...2_592_000
    /// A failed run is tried again after this long, not at every tick.
    package static let retryAfterFailure: TimeInterval = 600
    /// New events, as a share of those of the last run, from which an adaptive schedule keeps its interval.
    private static let notableGrowth = 0.01
    private static let day: TimeInterval = 86_400

    /// What the database knows when a tick comes. Times are by its clock, which may have been wrong once: one that lies ahead of
    /// now delays nothing.
    package struct Facts: Sendable, Equatable {
        /// Newest job that wrote lists: its id, when it started, and its inputs.
        package var lastJobID: String?
        package var lastStartedAt: Date?
        package var lastDataCut: Int64?
        package var lastCatalogueVersion: Int64?
        /// Newest failed job since the last completed one.
        package var lastFailedAt: Date?
        package var hasPending = false
        /// A job is marked running but its lease has ended.
        package var hasAbandoned = false
        package var newestEventID: Int64 = 0
        package var catalogueVersion: Int64 = 0
        /// The models and data sets of earlier runs hold who was erased.
        package var lastErasureAt: Date?

        package init() {}

        /// A run that found no data wrote no lists, so the first data after it need not wait for the interval.
        package init(_ state: BatchState) {
            lastJobID = state.lastWithLists?.jobID
            lastStartedAt = state.lastWithLists?.startedAt
            lastDataCut = state.lastWithLists?.dataCut
            lastCatalogueVersion = state.lastWithLists?.catalogueVersion
            if let failed = state.lastFailed, failed.fencingToken ?? 0 > state.lastCompleted?.fencingToken ?? -1 {
                lastFailedAt = failed.completedAt
            }
            hasPending = state.pending != nil
            hasAbandoned = state.running?.isAbandoned == true
            newestEventID = state.newestEventID
            catalogueVersion = state.catalogueVersion
            lastErasureAt = state.lastErasureAt
        }
    }

    /// What a tick should do.
    package enum Decision: Sendable, Equatable {
        /// Run, and why.
        case due(String)
        /// Do not run: why, and when it would be, if nothing else changes.
        case notDue(String, next: Date?)
    }

    // MARK: - Decisions

    /// For full runs. A run by hand is always due; so is work that somebody asked for or left unfinished.
    package func decide(now: Date, isManual: Bool, _ facts: Facts) -> Decision {
        if let decision = decideWithoutInterval(now: now, isManual: isManual, facts) { return decision }
        guard facts.newestEventID > 0 else { return .notDue("there are no interactions yet", next: nil) }
        guard let last = facts.lastStartedAt else { return .due("there has been no run yet") }
        if let wait = wait(now: now, since: last, interval: intervalSeconds) { return wait }
        let isErasureNew = facts.lastErasureAt.map { $0 >= last } ?? false
        guard
            isErasureNew || facts.newestEventID != facts.lastDataCut
                || facts.catalogueVersion != facts.lastCatalogueVersion
        else {
            return .notDue("nothing has changed since \(facts.lastJobID ?? "the last run")", next: nil)
        }
        if isAdaptive, let cut = facts.lastDataCut, cut > 0, last <= now {
            let new = facts.newestEventID - cut
            let latest = last.addingTimeInterval(slowInterval)
            if Double(new) < Self.notableGrowth * Double(cut), now < latest {
                let next = opening(from: latest)
                return .notDue(
                    "\(new) events are new, fewer than 1 %; the next run is at \(Timestamp.text(next)) unless more come",
                    next: next
                )
            }
        }
        if let offPeak, !offPeak.contains(now) {
            let next = offPeak.opening(from: now)
            return .notDue(
                "outside the off-peak window \(offPeak.words); the next run is at \(Timestamp.text(next))",
                next: next
            )
        }
        return .due("the interval of \(Self.words(intervalSeconds)) has passed")
    }

    /// When the next full runs would start if events go on to come as they did since the last one; a tick starts each at most a
    /// few minutes later. Empty when nothing starts them.
    package func nextRuns(_ count: Int, now: Date, _ facts: Facts) -> [Date] {
        guard enabled, facts.newestEventID > 0 else { return [] }
        let pace = isQuiet(now, facts) ? slowInterval : TimeInterval(intervalSeconds)
        // What a tick decides when the interval has passed.
        let earliest = facts.lastStartedAt.map { opening(from: $0.addingTimeInterval(pace)) } ?? now
        var next =
            switch decide(now: now, isManual: false, facts) {
            case .due: now
            case .notDue(_, next: let time?): max(time, earliest)
            // Something has to change first.
            case .notDue(_, next: nil): opening(from: max(now, earliest))
            }
        var runs: [Date] = []
        while runs.count < count {
            runs.append(next)
            next = opening(from: next.addingTimeInterval(pace))
        }
        return runs
    }

    /// From one run of an adaptive schedule to the next while hardly anything happens.
    private var slowInterval: TimeInterval { max(Self.day, TimeInterval(intervalSeconds)) }

    /// Whether so few events come that an adaptive schedule makes its runs a day apart.
    private func isQuiet(_ now: Date, _ facts: Facts) -> Bool {
        guard isAdaptive, let last = facts.lastStartedAt, let cut = facts.lastDataCut, cut > 0, last < now else {
            return false
        }
        let perSecond = Double(facts.newestEventID - cut) / now.timeIntervalSince(last)
        return perSecond * Double(intervalSeconds) < Self.notableGrowth * Double(cut)
    }

    /// For jobs that refresh lists between full runs, whatever the hour.
    /// - Parameter last: when the newest job of the type, or the full run, started.
    package func decideRefresh(
        _ type: BatchJob.JobType,
        now: Date,
        isManual: Bool,
        since last: Date?,
        _ facts: Facts
    ) -> Decision {
        if let decision = decideWithoutInterval(now: now, isManual: isManual, facts) { return decision }
        let interval = type == .activeUsers ? activeIntervalSeconds : incrementalInterval
        if let last, let wait = wait(now: now, since: last, interval: interval) { return wait }
        return .due("the interval of \(Self.words(interval)) has passed")
    }

    /// Six incremental runs between two full ones, at least a quarter of an hour apart where there is as much.
    private var incrementalInterval: Int { max(intervalSeconds / 6, min(intervalSeconds, 900)) }

    /// What holds for jobs of every type; nil when the interval decides.
    private func decideWithoutInterval(now: Date, isManual: Bool, _ facts: Facts) -> Decision? {
        if facts.hasAbandoned { return .due("an unfinished job is resumed") }
        if facts.hasPending { return .due("a job is waiting") }
        if isManual { return .due("asked for by hand") }
        guard enabled else { return .notDue("the schedule is switched off", next: nil) }
        if let failed = facts.lastFailedAt, failed <= now, now.timeIntervalSince(failed) < Self.retryAfterFailure {
            let next = failed.addingTimeInterval(Self.retryAfterFailure)
            return .notDue("the last run failed; it is tried again at \(Timestamp.text(next))", next: next)
        }
        return nil
    }

    private func wait(now: Date, since last: Date, interval: Int) -> Decision? {
        let due = last.addingTimeInterval(TimeInterval(interval))
        // A tick comes every few minutes and drifts by seconds: half a minute early is on time.
        guard now.addingTimeInterval(min(30, TimeInterval(interval) / 2)) < due, last <= now else { return nil }
        let next = opening(from: due)
        return .notDue("the next run is at \(Timestamp.text(next)) (every \(Self.words(interval)))", next: next)
    }

    private func opening(from date: Date) -> Date { offPeak?.opening(from: date) ?? date }

    /// `6 hours`, `90 seconds`
    static func words(_ seconds: Int) -> String {
        for (length, name) in [(86_400, "day"), (3_600, "hour"), (60, "minute")] where seconds.isMultiple(of: length) {
            return seconds == length ? "1 \(name)" : "\(seconds / length) \(name)s"
        }
        return seconds == 1 ? "1 second" : "\(seconds) seconds"
    }
}
