import Synchronization

/// One read in a pipelined lane.
final class LaneRequest: Sendable {
    /// Unchecked: `finish` returns it once, and checking costs an allocation for each read.
    typealias Continuation = UnsafeContinuation<[Row], any Error>

    private enum State {
        case new
        case waiting(Continuation)
        case done
    }

    let query: SQLQuery
    let context: StatementContext
    private let state = Mutex(State.new)

    init(query: SQLQuery, context: StatementContext) {
        self.query = query
        self.context = context
    }

    /// Stores the caller's continuation. False when the request was cancelled before; the continuation is then resumed already.
    func begin(_ continuation: Continuation) -> Bool {
        let isWaiting = state.withLock { state in
            guard case .new = state else { return false }
            state = .waiting(continuation)
            return true
        }
        if !isWaiting { continuation.resume(throwing: cancellation) }
        return isWaiting
    }

    /// True while a caller waits for the rows.
    var isWaiting: Bool {
        state.withLock { state in
            if case .waiting = state { true } else { false }
        }
    }

    /// Gives the rows to the caller; the first result of any kind wins.
    func succeed(_ rows: [Row]) { finish()?.resume(returning: rows) }

    /// Gives the caller an error.
    func fail(_ error: PostgresError) {
        finish()?.resume(throwing: error.with(context))
    }

    /// The caller's task was cancelled: the answer, when it comes, is dropped. The statement is left to run, because
    /// a cancel request would end whichever statement of the shared connection runs when it arrives.
    func cancel() { fail(cancellation) }

    private var cancellation: PostgresError { context.error(.cancelled, "the task was cancelled") }

    private func finish() -> Continuation? {
        state.withLock { state in
            defer { state = .done }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
    }
}
