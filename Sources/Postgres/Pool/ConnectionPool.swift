import Logging
import Synchronization

/// The exclusive connections of a client and the callers that wait for one. `PoolState` decides; this type acts.
final class ConnectionPool: Sendable {
    private struct Contents {
        var state: PoolState
        var connections: [PostgresConnection] = []
        var waiters: [PoolState.Ticket: CheckedContinuation<Int, any Error>] = [:]
        var drained: [CheckedContinuation<Void, Never>] = []
        var isClosed = false
    }

    private let configuration: PostgresConfiguration
    private let breaker: SharedConnectBreaker
    private let logger: Logger
    private let contents: Mutex<Contents>
    private let tickets = Atomic<UInt64>(0)

    init(configuration: PostgresConfiguration, breaker: SharedConnectBreaker, logger: Logger) {
        self.configuration = configuration
        self.breaker = breaker
        self.logger = logger
        contents = Mutex(
            Contents(
                state: PoolState(
                    maximumConnections: configuration.maximumConnections,
                    maximumWaiters: configuration.maximumWaiters
                )
            )
        )
    }

    /// A leased connection and its slot in the pool.
    struct Lease: Sendable {
        let connection: PostgresConnection
        fileprivate let slot: Int
    }

    /// Waits at most `leaseTimeout`; every lease must come back through `release`.
    func lease(_ context: StatementContext) async throws(PostgresError) -> Lease {
        if Task.isCancelled { throw context.error(.cancelled, "the task was cancelled") }
        let ticket = tickets.add(1, ordering: .relaxed).newValue
        let deadline = ContinuousClock.now + configuration.leaseTimeout
        // Only a caller that has to wait pays for a continuation and a timer.
        let answer = contents.withLock { contents in
            contents.state.answersAtOnce ? contents.state.lease(ticket, deadline: deadline) : .wait
        }
        let slot: Int
        switch answer {
        case .slot(let free): slot = free
        case .closed: throw context.error(.closed, "the client was shut down")
        case .wait, .exhausted: slot = try await wait(ticket, deadline, context)
        }
        do {
            let connection = try connection(slot)
            connection.beginLease()
            return Lease(connection: connection, slot: slot)
        } catch {
            _ = giveBack(slot)
            throw context.error(error.code, error.message)
        }
    }

    /// Takes a connection back; resets it first when a transaction or COPY is open.
    func release(_ lease: Lease) async {
        if !lease.connection.isClean { await lease.connection.reset() }
        if giveBack(lease.slot) == .close { await lease.connection.shutdown() }
    }

    /// Makes a slot free for the next caller and returns what to do with its connection.
    private func giveBack(_ slot: Int) -> PoolState.Release {
        let (action, waiter, drained) = contents.withLock { contents in
            let action = contents.state.release(slot, now: .now)
            var waiter: CheckedContinuation<Int, any Error>?
            if case .handOver(let ticket) = action { waiter = contents.waiters.removeValue(forKey: ticket) }
            var drained: [CheckedContinuation<Void, Never>] = []
            if contents.isClosed, contents.state.leasedCount == 0 { swap(&drained, &contents.drained) }
            return (action, waiter, drained)
        }
        waiter?.resume(returning: slot)
        for continuation in drained { continuation.resume() }
        return action
    }

    /// Ends idle connections, interrupts leased ones and waits until these are returned, at most for `limit`.
    func shutdown(within limit: Duration = .seconds(5)) async {
        let (waiters, idle, leased) = contents.withLock { contents in
            let (tickets, slots) = contents.state.close()
            contents.isClosed = true
            let idle = slots.compactMap { $0 < contents.connections.count ? contents.connections[$0] : nil }
            let leased = contents.connections.enumerated().filter { !slots.contains($0.offset) }.map(\.element)
            return (tickets.compactMap { contents.waiters.removeValue(forKey: $0) }, idle, leased)
        }
        for waiter in waiters { waiter.resume(throwing: PostgresError(.closed, "the client was shut down")) }
        for connection in leased { connection.gate.close() }
        for connection in idle { await connection.shutdown() }
        let timer = Task {
            try? await Task.sleep(for: limit)
            for continuation in self.takeDrained() { continuation.resume() }
        }
        await withCheckedContinuation { continuation in
            let isDone = contents.withLock { contents in
                if contents.state.leasedCount == 0 { return true }
                contents.drained.append(continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
        timer.cancel()
    }

    private func takeDrained() -> [CheckedContinuation<Void, Never>] {
        contents.withLock { contents in
            defer { contents.drained = [] }
            return contents.drained
        }
    }

    private func connection(_ slot: Int) throws(PostgresError) -> PostgresConnection {
        try contents.withLock { contents throws(PostgresError) in
            while contents.connections.count <= slot {
                let index = contents.connections.count
                contents.connections.append(
                    try PostgresConnection(index: index, configuration: configuration, breaker: breaker, logger: logger)
                )
            }
            return contents.connections[slot]
        }
    }

    // MARK: Waiting

    private func wait(
        _ ticket: PoolState.Ticket,
        _ deadline: ContinuousClock.Instant,
        _ context: StatementContext
    ) async throws(PostgresError) -> Int {
        let timer = Task {
            try? await Task.sleep(until: deadline)
            if !Task.isCancelled { self.expire() }
        }
        defer { timer.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    let answer = contents.withLock { contents in
                        // The handler below runs before this when the task is already cancelled.
                        let answer: PoolState.Lease? =
                            Task.isCancelled ? nil : contents.state.lease(ticket, deadline: deadline)
                        if answer == .wait { contents.waiters[ticket] = continuation }
                        return answer
                    }
                    switch answer {
                    case .wait: break
                    case .slot(let slot): continuation.resume(returning: slot)
                    case .exhausted:
                        continuation.resume(throwing: exhausted("\(configuration.maximumWaiters) callers wait already"))
                    case .closed: continuation.resume(throwing: PostgresError(.closed, "the client was shut down"))
                    case nil: continuation.resume(throwing: PostgresError(.cancelled, "the task was cancelled"))
                    }
                }
            } onCancel: {
                let waiter = contents.withLock { contents in
                    contents.state.abandon(ticket) ? contents.waiters.removeValue(forKey: ticket) : nil
                }
                waiter?.resume(throwing: PostgresError(.cancelled, "cancelled while waiting for a connection"))
            }
        } catch {
            let known = error as? PostgresError
            throw context.error(known?.code ?? .poolExhausted, known?.message ?? "\(error)")
        }
    }

    private func expire() {
        let waiters = contents.withLock { contents in
            contents.state.expire(now: .now).compactMap { contents.waiters.removeValue(forKey: $0) }
        }
        for waiter in waiters {
            waiter.resume(throwing: exhausted("none became free within \(configuration.leaseTimeout)"))
        }
    }

    private func exhausted(_ reason: String) -> PostgresError {
        PostgresError(.poolExhausted, "all \(configuration.maximumConnections) connections are in use and \(reason)")
    }
}
