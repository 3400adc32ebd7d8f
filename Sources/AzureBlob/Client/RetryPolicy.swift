/// How often and after which pause a request is sent again; `BlobError.isTransient` says which requests are.
package struct RetryPolicy: Sendable {
    /// Tries in all.
    package var tries = 4
    /// The pause before try n + 1 is random below `base` × 2ⁿ, so that clients that failed together do not come back together.
    package var base: Duration = .milliseconds(800)
    package var longestPause: Duration = .seconds(30)
    /// No try begins later than this after the first one.
    package var totalTime: Duration = .seconds(300)
    /// Random part of a pause, 0 to 1.
    package var jitter: @Sendable () -> Double = { Double.random(in: 0...1) }
    package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    package init() {}

    /// The pause after the `failed`-th try (from 1), or nil when there is no further one.
    /// - Parameter retryAfter: what the service asks for, as a floor.
    func pause(after failed: Int, elapsed: Duration, retryAfter: Duration?) -> Duration? {
        guard failed < tries else { return nil }
        let ceiling = min(longestPause, base * Double(1 << min(failed - 1, 20)))
        let pause = min(longestPause, max(ceiling * jitter(), retryAfter ?? .zero))
        return elapsed + pause <= totalTime ? pause : nil
    }
}
