/// The time limit of `withDeadline` passed before the work had ended.
package struct DeadlineExceeded: Error, Sendable, Equatable, CustomStringConvertible {
    /// The time that the work had.
    package var limit: Duration
    package var description: String { "not finished within \(limit)" }
}

/// Runs `work` and cancels it when `limit` has passed. Nil means no limit.
///
/// The work runs in a child task, so it inherits priority, task-local values and executor preference. Cancellation is
/// cooperative: this function returns only after `work` has ended, so work that ignores cancellation delays the error
/// until then, and its late result is dropped. When the caller's own task is cancelled the work is cancelled too, and
/// what it returns or throws is the outcome.
///
/// - Throws: `DeadlineExceeded` when the limit passed first, else the error of `work`.
package func withDeadline<Value: Sendable>(
    _ limit: Duration?,
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    guard let limit else { return try await work() }
    return try await race(work, until: .now + limit, limit)
}

/// Runs `work` and cancels it at `instant`; `DeadlineExceeded.limit` is then the time from the call to that instant.
/// Otherwise the same as the form with a duration.
package func withDeadline<Value: Sendable>(
    until instant: ContinuousClock.Instant?,
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    guard let instant else { return try await work() }
    return try await race(work, until: instant, instant - .now)
}

private func race<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value,
    until instant: ContinuousClock.Instant,
    _ limit: Duration
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            // A timer that is cancelled with its caller decides nothing: the outcome is that of the work.
            guard (try? await Task.sleep(until: instant, clock: .continuous)) != nil else { return nil }
            throw DeadlineExceeded(limit: limit)
        }
        defer { group.cancelAll() }
        while let outcome = try await group.next() {
            if let value = outcome { return value }
        }
        throw CancellationError()
    }
}
