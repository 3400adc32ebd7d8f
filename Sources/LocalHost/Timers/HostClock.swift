import Foundation

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
