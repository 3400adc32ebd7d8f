import Synchronization

/// Carries a cancellation from any thread to the thread that runs a statement, and only for that statement.
///
/// The connection's own thread sends the cancel request, reads the statement's result and waits for the request's delivery,
/// so a late request can never end the next statement.
final class CancelGate: Sendable {
    private struct State {
        var running: UInt64 = 0
        var isRequested = false
        var isClosed = false
    }

    /// Watched by the connection's thread while it waits.
    let wake: WakeSignal
    private let state = Mutex(State())
    private let tickets = Atomic<UInt64>(0)

    init() throws(PostgresError) { wake = try WakeSignal() }

    /// A number for the next operation.
    func makeTicket() -> UInt64 { tickets.add(1, ordering: .relaxed).newValue }

    /// Marks the operation as the one that runs. Only the connection's thread.
    func begin(_ ticket: UInt64) {
        state.withLock { state in
            state.running = ticket
            state.isRequested = false
        }
    }

    /// Marks the operation as done; later requests for it do nothing.
    func end() {
        let wasSignalled = state.withLock { state in
            defer {
                state.running = 0
                state.isRequested = false
            }
            return state.isRequested
        }
        if wasSignalled { wake.clear() }
    }

    /// Asks that the operation be ended, if it still runs.
    func cancel(_ ticket: UInt64) {
        let mustWake = state.withLock { state in
            guard state.running == ticket, !state.isRequested else { return false }
            state.isRequested = true
            return true
        }
        if mustWake { wake.signal() }
    }

    /// Ends whatever runs now and refuses everything after it.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.isRequested = true
        }
        wake.signal()
    }

    /// True when the running operation should end.
    var isRequested: Bool { state.withLock { $0.isRequested } }

    /// True once `close` was called.
    var isClosed: Bool { state.withLock { $0.isClosed } }
}
