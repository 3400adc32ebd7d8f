package import FoundationEssentials

/// What decides whether a tick has work of one type, read in one statement: jobs of that type, inputs, the schedule and
/// housekeeping.
package struct BatchState: Sendable, Equatable {
    /// The server's clock, which wrote all other times here.
    package var now: Date
    /// The job that is marked running, whether or not its holder is alive.
    package var running: BatchJob?
    /// The oldest job that waits to be started.
    package var pending: BatchJob?
    /// By the order in which jobs were worked on, not by a clock that may have been wrong.
    package var lastCompleted: BatchJob?
    package var lastFailed: BatchJob?
    /// The last completed job that wrote lists.
    package var lastWithLists: BatchJob?
    /// When the newest job that completed or runs was started.
    package var lastStartedAt: Date?
    /// Of the default variant.
    package var live: LivePointer?
    /// The highest event id; 0 without events.
    package var newestEventID: Int64
    /// Changes with each change of a product.
    package var catalogueVersion: Int64
    /// When a user was erased last.
    package var lastErasureAt: Date?
    /// The schedule that an administrator wrote; nil when the setting holds.
    package var scheduleJSON: String?
    /// The job that housekeeping is due for; nil when there is none to do, another process does it or it failed a moment ago.
    package var housekeepingJobID: String?
}
