import CLibPQ
import Glibc

/// Blocking waits of an exclusive connection's thread. A wake by its gate ends the wait.
extension ServerConnection {
    enum WaitOutcome {
        case ready, cancelRequested, timedOut
    }

    /// How long the server may take to end a statement after a cancel request before the connection is given up.
    static var cancelGrace: Duration { .seconds(5) }

    /// Sleeps until the socket has one of `events`, the gate is signalled, or the deadline passes.
    func wait(for events: Int32, gate: CancelGate?, until deadline: ContinuousClock.Instant?) -> WaitOutcome {
        // Without a socket the connection is lost; the next libpq call says so, whereas poll would wait for ever.
        guard socket >= 0 else { return .ready }
        return withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { descriptors in
            descriptors[0] = pollfd(fd: socket, events: Int16(events), revents: 0)
            // poll skips negative descriptors.
            descriptors[1] = pollfd(fd: gate?.wake.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
            while true {
                let timeout = deadline.map { Self.milliseconds(until: $0) } ?? -1
                let count = poll(descriptors.baseAddress, 2, timeout)
                if count < 0 { continue }
                if descriptors[1].revents != 0, let gate {
                    gate.wake.clear()
                    if gate.isRequested { return .cancelRequested }
                    // A wake left over from an operation that has ended.
                    if descriptors[0].revents == 0 { continue }
                }
                return count == 0 ? .timedOut : .ready
            }
        }
    }

    /// Milliseconds for poll(2), rounded up so that the deadline has passed when poll times out.
    static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        let left = deadline - .now
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }

    /// Connects within the timeout. A cancelled task stops it.
    func connect(within timeout: Duration, gate: CancelGate) throws(PostgresError) {
        let deadline = ContinuousClock.now + timeout
        // PQconnectStart asks to be treated as if PQconnectPoll had answered "writing".
        var events = POLLOUT
        while true {
            switch wait(for: Int32(events), gate: gate, until: deadline) {
            case .ready: break
            case .cancelRequested: throw PostgresError(.cancelled, "cancelled while connecting")
            case .timedOut: throw PostgresError(.connection, "the server did not answer within \(timeout)")
            }
            switch continueConnecting() {
            case .ready: return
            case .reading: events = POLLIN
            case .writing: events = POLLOUT
            case .failed(let error): throw error
            }
        }
    }
}

/// The waits inside one operation: after the first cancel request it asks the server once, then waits a short grace.
struct OperationWait {
    let connection: ServerConnection
    let gate: CancelGate
    private(set) var wasCancelled = false
    /// True once the server has let a deadline pass: it still owes an answer.
    private var isStuck = false
    private var request: CancelRequest?
    private var graceEnd: ContinuousClock.Instant?
    private let limit: Duration?
    private let deadline: ContinuousClock.Instant?

    /// - Parameter limit: how long the whole operation may wait, from now on; nil waits for ever.
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

    /// Asks the server to end the statement; from now on the waits last no longer than a short grace.
    mutating func requestCancel() {
        graceEnd = .now + ServerConnection.cancelGrace
        request = connection.cancelKey?.send()
    }

    /// Whether the connection is free for its next statement. Not when an answer of the server or a cancel request is still on
    /// its way, which that statement would take for its own; the request is waited for until the grace ends.
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
                // The server may be blocked sending to us; reading too keeps both sides moving.
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
