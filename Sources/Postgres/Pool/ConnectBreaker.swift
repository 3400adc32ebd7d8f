import Synchronization

/// Stops a storm of connects to a server that is down: after a failure connects are refused for a short back-off,
/// then one attempt at a time is allowed. A value without clock or I/O; see `SharedConnectBreaker`.
struct ConnectBreaker {
    typealias Instant = ContinuousClock.Instant

    /// 50 ms doubling to half a second: recovery is noticed within a second of the server's return.
    static let firstBackoff: Duration = .milliseconds(50)
    static let maximumBackoff: Duration = .milliseconds(500)

    private var failureCount = 0
    private var lastError: PostgresError?
    private var openUntil: Instant?
    private var isProbing = false

    /// Asks to connect. Once it returns, `succeeded`, `failed` or `abandoned` must follow.
    ///
    /// Throws while connects are refused, with the code of the failure that began it: a wrong password stays one. The message
    /// says when the next attempt is allowed.
    mutating func permit(now: Instant) throws(PostgresError) {
        guard let openUntil, let error = lastError else { return }
        guard now < openUntil || isProbing else {
            isProbing = true
            return
        }
        let wait = now < openUntil ? openUntil - now : Self.firstBackoff
        throw PostgresError(
            error.code,
            "not connecting for another \(wait.timeoutMilliseconds) ms after: \(error.message)",
            kind: error.kind
        )
    }

    /// A connect succeeded: every caller may connect.
    mutating func succeeded() { self = ConnectBreaker() }

    /// A connect failed. Failures that were under way when the breaker opened do not lengthen the back-off.
    mutating func failed(_ error: PostgresError, now: Instant) {
        lastError = error
        guard openUntil == nil || isProbing else { return }
        failureCount += 1
        isProbing = false
        let backoff = Self.firstBackoff * (1 << min(failureCount - 1, 8))
        openUntil = now + min(backoff, Self.maximumBackoff)
    }

    /// An attempt ended without an answer (its task was cancelled); another caller may try.
    mutating func abandoned() { isProbing = false }
}

/// One breaker for all connections of a client.
final class SharedConnectBreaker: Sendable {
    private let breaker = Mutex(ConnectBreaker())

    func permit() throws(PostgresError) {
        try breaker.withLock { breaker throws(PostgresError) in try breaker.permit(now: .now) }
    }

    func succeeded() { breaker.withLock { $0.succeeded() } }

    /// Notes how an attempt failed.
    func failed(_ error: PostgresError) {
        breaker.withLock { breaker in
            if error.code == .cancelled || error.code == .closed {
                breaker.abandoned()
            } else {
                breaker.failed(error, now: .now)
            }
        }
    }
}
