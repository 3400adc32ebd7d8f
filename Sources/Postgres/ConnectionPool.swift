import Logging
import Synchronization

/// The shell around `PoolState`: holds the connections and the callers that wait for one.
final class ConnectionPool: Sendable {
    private struct Shell {
        var state: PoolState
        var connections: [PostgresConnection] = []
        var waiters: [PoolState.Ticket: CheckedContinuation<Int, any Error>] = [:]
        var drained: [CheckedContinuation<Void, Never>] = []
        var isClosed = false
    }

    private let configuration: PostgresConfiguration
    private let breaker: SharedConnectBreaker
    private let logger: Logger
    private let shell: Mutex<Shell>
    private let tickets = Atomic<UInt64>(0)

    init(configuration: PostgresConfiguration, breaker: SharedConnectBreaker, logger: Logger) {
        self.configuration = configuration
        self.breaker = breaker
        self.logger = logger
        shell = Mutex(
            Shell(
                state: PoolState(
                    maximumConnections: configuration.maximumConnections,
                    maximumWaiters: configuration.maximumWaiters
                )
            )
        )
    }

    /// A leased connection and its place in the pool.
    struct Lease: Sendable {
        let connection: PostgresConnection
        fileprivate let slot: Int
    }

    /// Waits at most `leaseTimeout`; every lease must come back through `release`.
    func lease(_ place: StatementPlace) async throws(PostgresError) -> Lease {
        if Task.isCancelled { throw place.error(.cancelled, "the task was cancelled") }
        let ticket = tickets.add(1, ordering: .relaxed).newValue
        let deadline = ContinuousClock.now + configuration.leaseTimeout
        // Only a caller that has to wait pays for a continuation and a timer.
        let answer = shell.withLock { shell in
            shell.state.answersAtOnce ? shell.state.lease(ticket, deadline: deadline) : .wait
        }
        let slot: Int
        switch answer {
        case .slot(let free): slot = free
        case .closed: throw place.error(.closed, "the client was shut down")
        case .wait, .exhausted: slot = try await wait(ticket, deadline, place)
        }
        let connection = connection(slot)
        connection.beginLease()
        return Lease(connection: connection, slot: slot)
    }

    /// Takes a connection back, cleaned first if its last user left it unclean.
    func release(_ lease: Lease) async {
        if !lease.connection.isClean { await lease.connection.reset() }
        let (action, waiter, drained) = shell.withLock { shell in
            let action = shell.state.release(lease.slot, now: .now)
            var waiter: CheckedContinuation<Int, any Error>?
            if case .handOver(let ticket) = action { waiter = shell.waiters.removeValue(forKey: ticket) }
            var drained: [CheckedContinuation<Void, Never>] = []
            if shell.isClosed, shell.state.leasedCount == 0 { swap(&drained, &shell.drained) }
            return (action, waiter, drained)
        }
        if action == .close { await lease.connection.shutdown() }
        waiter?.resume(returning: lease.slot)
        for continuation in drained { continuation.resume() }
    }

    /// Ends idle connections, interrupts leased ones, and waits until these come back: at most `patience`.
    func shutdown(patience: Duration = .seconds(5)) async {
        let (waiters, idle, leased) = shell.withLock { shell in
            let (tickets, slots) = shell.state.close()
            shell.isClosed = true
            let idle = slots.compactMap { $0 < shell.connections.count ? shell.connections[$0] : nil }
            let leased = shell.connections.enumerated().filter { !slots.contains($0.offset) }.map(\.element)
            return (tickets.compactMap { shell.waiters.removeValue(forKey: $0) }, idle, leased)
        }
        for waiter in waiters { waiter.resume(throwing: PostgresError(.closed, "the client was shut down")) }
        for connection in leased { connection.gate.close() }
        for connection in idle { await connection.shutdown() }
        let timer = Task {
            try? await Task.sleep(for: patience)
            for continuation in self.takeDrained() { continuation.resume() }
        }
        await withCheckedContinuation { continuation in
            let isDone = shell.withLock { shell in
                if shell.state.leasedCount == 0 { return true }
                shell.drained.append(continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
        timer.cancel()
    }

    private func takeDrained() -> [CheckedContinuation<Void, Never>] {
        shell.withLock { shell in
            defer { shell.drained = [] }
            return shell.drained
        }
    }

    private func connection(_ slot: Int) -> PostgresConnection {
        shell.withLock { shell in
            while shell.connections.count <= slot {
                let index = shell.connections.count
                shell.connections.append(
                    PostgresConnection(index: index, configuration: configuration, breaker: breaker, logger: logger)
                )
            }
            return shell.connections[slot]
        }
    }

    // MARK: Waiting

    private func wait(
        _ ticket: PoolState.Ticket,
        _ deadline: ContinuousClock.Instant,
        _ place: StatementPlace
    ) async throws(PostgresError) -> Int {
        let timer = Task {
            try? await Task.sleep(until: deadline)
            if !Task.isCancelled { self.expire() }
        }
        defer { timer.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    let answer = shell.withLock { shell in
                        // The handler below runs before this when the task is already cancelled.
                        let answer: PoolState.Lease? =
                            Task.isCancelled ? nil : shell.state.lease(ticket, deadline: deadline)
                        if answer == .wait { shell.waiters[ticket] = continuation }
                        return answer
                    }
                    switch answer {
                    case .wait: break
                    case .slot(let slot): continuation.resume(returning: slot)
                    case .exhausted: continuation.resume(throwing: exhausted("as many callers wait as may"))
                    case .closed: continuation.resume(throwing: PostgresError(.closed, "the client was shut down"))
                    case nil: continuation.resume(throwing: PostgresError(.cancelled, "the task was cancelled"))
                    }
                }
            } onCancel: {
                let waiter = shell.withLock { shell in
                    shell.state.abandon(ticket) ? shell.waiters.removeValue(forKey: ticket) : nil
                }
                waiter?.resume(throwing: PostgresError(.cancelled, "cancelled while waiting for a connection"))
            }
        } catch {
            let known = error as? PostgresError
            throw place.error(known?.code ?? .poolExhausted, known?.message ?? "\(error)")
        }
    }

    private func expire() {
        let waiters = shell.withLock { shell in
            shell.state.expire(now: .now).compactMap { shell.waiters.removeValue(forKey: $0) }
        }
        for waiter in waiters {
            waiter.resume(throwing: exhausted("none came free within \(configuration.leaseTimeout)"))
        }
    }

    private func exhausted(_ reason: String) -> PostgresError {
        PostgresError(.poolExhausted, "all \(configuration.maximumConnections) connections are in use and \(reason)")
    }
}
