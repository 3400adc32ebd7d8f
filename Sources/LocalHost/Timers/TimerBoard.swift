import Foundation
import Synchronization

/// What the timers are doing, for the status page.
final class TimerBoard: Sendable {
    /// One timer.
    struct Entry: Sendable, Equatable {
        var schedule: String
        var next: Date
        var last: Date?
        var isRunning = false
    }

    private let timers = Mutex<[String: Entry]>([:])

    var entries: [String: Entry] { timers.withLock { $0 } }

    func update(_ function: String, _ entry: Entry) {
        timers.withLock { $0[function] = entry }
    }
}
