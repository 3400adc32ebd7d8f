import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Runs every timer's listener until LocalHost stops.
struct TimerService: Service {
    let listeners: [TimerListener]
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for listener in listeners {
                    group.addTask {
                        do {
                            try await listener.run()
                        } catch is CancellationError {
                            // LocalHost is stopping.
                        } catch {
                            logger.error("timer \(listener.function.name) stopped: \(error)")
                        }
                    }
                }
            }
        }
        // A service that returns early would end the others.
        try? await gracefulShutdown()
    }
}

/// What the timers are doing, for the status page.
final class TimerBoard: Sendable {
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

/// The wall clock and sleeping by it, as parameters: tests bring their own.
struct HostClock: Sendable {
    let now: @Sendable () -> Date
    let sleep: @Sendable (_ until: Date) async throws -> Void

    /// The machine's clock. It sleeps in short steps, so that a clock that is set or a laptop that slept is noticed.
    static let system = HostClock(
        now: { Date() },
        sleep: { date in
            while true {
                let left = date.timeIntervalSinceNow
                guard left > 0 else { return try Task.checkCancellation() }
                try await Task.sleep(for: .seconds(min(left, 30)))
            }
        }
    )
}
