import Synchronization

/// Counts what a piece of work uses of the services that are paid for, where they are called. A task and its children have the
/// meter of the task that began the work; work without one, such as a request's, is not counted.
///
/// Cost: a read of a task-local value for each call of the database or the store, and a lock where there is a meter.
package final class WorkMeter: Sendable {
    package struct Usage: Sendable, Equatable {
        /// Seconds for which connections were held or a read was waited for; those of several at once add up.
        package var databaseSeconds = 0.0
        /// Requests to the store, as Blob Storage bills them: writes and lists are of one kind, everything else but removing of
        /// the other. Removing is free.
        package var blobWrites = 0
        package var blobReads = 0

        package init() {}
    }

    @TaskLocal package static var current: WorkMeter?

    private let state = Mutex(Usage())

    package init() {}

    /// Up to now.
    package var usage: Usage { state.withLock(\.self) }

    package func countBlobWrite() { state.withLock { $0.blobWrites += 1 } }

    package func countBlobRead() { state.withLock { $0.blobReads += 1 } }

    /// From now until it is stopped is the database's time; nil where nobody counts.
    package static func databaseTimer() -> DatabaseTimer? { current.map { DatabaseTimer(meter: $0) } }

    package struct DatabaseTimer: Sendable {
        private let meter: WorkMeter
        private let start = ContinuousClock.now

        fileprivate init(meter: WorkMeter) { self.meter = meter }

        package func stop() {
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            meter.state.withLock { $0.databaseSeconds += seconds }
        }
    }
}
