import CLibPQ
import Glibc

/// The waits of one operation. When the gate is signalled it sends one cancel request and then waits a short grace period.
struct OperationWait {
    let connection: ServerConnection
    let gate: CancelGate
    private(set) var wasCancelled = false
    /// True once a deadline has passed: the response of the server is still to come.
    private var isStuck = false
    private var request: CancelRequest?
    private var graceEnd: ContinuousClock.Instant?
    private let limit: Duration?
    private let deadline: ContinuousClock.Instant?

    /// - Parameter limit: how long the operation may wait in all, from now on; nil for no limit.
    init(_ connection: ServerConnection, _ gate: CancelGate, limit: Duration?) {
        self.connection = connection
        self.gate = gate
        self.limit = limit
        deadline = limit.map { .now + $0 }
    }

    /// Waits for the socket. Throws when the deadline passes, or the server does not react to a cancel request in time.
    mutating func wait(for events: Int32) throws(PostgresError) {
        while true {
            switch connection.wait(for: events, gate: graceEnd == nil ? gate : nil, until: graceEnd ?? deadline) {
            case .ready: return
            case .cancelRequested:
                wasCancelled = true
                requestCancel()
            case .timedOut:
                isStuck = true
                if graceEnd == nil { throw PostgresError(.timeout, "no answer within \(limit ?? .zero)") }
                throw PostgresError(.connection, "the server did not react to a cancel request")
            }
        }
    }

    /// Asks the server to end the statement; from now on the waits end with a short grace period.
    mutating func requestCancel() {
        graceEnd = .now + ServerConnection.cancelGrace
        request = connection.cancelKey?.send()
    }

    /// Whether the connection can be used for the next statement: no response of the server and no cancel request is on its
    /// way that would reach that statement. Waits for the cancel request until the grace period ends.
    func isSettled() -> Bool {
        if isStuck { return false }
        guard let request, let graceEnd else { return true }
        return request.wait(until: graceEnd)
    }

    /// Sends what libpq has queued.
    mutating func flush() throws(PostgresError) {
        while true {
            switch PQflush(connection.pointer) {
            case 0: return
            case 1:
                // The server may be blocked sending to us; reading as well avoids a deadlock.
                try wait(for: POLLIN | POLLOUT)
                guard PQconsumeInput(connection.pointer) == 1 else { return }
            // The error shows in the result.
            default: return
            }
        }
    }

    /// The next result of the running statement, nil after the last.
    mutating func nextResult() throws(PostgresError) -> ServerResult? {
        while PQisBusy(connection.pointer) == 1 {
            try wait(for: POLLIN)
            guard PQconsumeInput(connection.pointer) == 1 else { break }
        }
        return ServerResult(PQgetResult(connection.pointer))
    }
}
