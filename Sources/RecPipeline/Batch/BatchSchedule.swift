package import FoundationEssentials
package import Shop

/// When a tick should start a run. The cron only ticks; this decides.
package struct BatchSchedule: Codable, Sendable, Equatable {
    /// From the start of one run to the start of the next.
    package var intervalSeconds: Int
    /// Off: only runs by hand and unfinished jobs.
    package var enabled: Bool

    package init(intervalSeconds: Int, enabled: Bool = true) {
        self.intervalSeconds = intervalSeconds
        self.enabled = enabled
    }

    enum CodingKeys: String, CodingKey {
        case intervalSeconds = "interval_seconds"
        case enabled
    }

    /// What the database knows when a tick comes. Times are by its clock, which may have been wrong once: one that lies ahead of
    /// now delays nothing.
    package struct Facts: Sendable, Equatable {
        /// Newest job that wrote lists: when it started, and its inputs.
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

        package init() {}

        /// A run that found no data wrote no lists, so the first data after it need not wait for the interval.
        package init(_ state: BatchState) {
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
        }
    }

    /// What a tick should do.
    package enum Decision: Sendable, Equatable {
        /// Run, and why.
        case due(String)
        /// Do not run: why, and when it would be.
        case notDue(String, next: Date?)
    }

    /// A failed run is tried again after this long, not at every tick.
    package static let retryAfterFailure: TimeInterval = 600

    /// A run by hand is always due; so is work that somebody asked for or left unfinished.
    package func decide(now: Date, isManual: Bool, _ facts: Facts) -> Decision {
        if facts.hasAbandoned { return .due("an unfinished job is resumed") }
        if facts.hasPending { return .due("a job is waiting") }
        if isManual { return .due("asked for by hand") }
        guard enabled else { return .notDue("the schedule is switched off", next: nil) }
        guard facts.newestEventID > 0 else { return .notDue("there are no interactions yet", next: nil) }
        if let failed = facts.lastFailedAt, failed <= now, now.timeIntervalSince(failed) < Self.retryAfterFailure {
            return .notDue(
                "the last run failed; it is tried again after \(Int(Self.retryAfterFailure)) s",
                next: failed.addingTimeInterval(Self.retryAfterFailure)
            )
        }
        guard let last = facts.lastStartedAt else { return .due("there has been no run yet") }
        let next = last.addingTimeInterval(TimeInterval(intervalSeconds))
        // A tick comes every few minutes and drifts by seconds: half a minute early is on time.
        guard now.addingTimeInterval(30) >= next || last > now else {
            return .notDue(
                "the last run started \(Int(now.timeIntervalSince(last))) s ago, the interval is \(intervalSeconds) s",
                next: next
            )
        }
        guard facts.newestEventID != facts.lastDataCut || facts.catalogueVersion != facts.lastCatalogueVersion else {
            return .notDue("nothing has changed since the last run", next: nil)
        }
        return .due("the interval of \(intervalSeconds) s has passed")
    }
}
