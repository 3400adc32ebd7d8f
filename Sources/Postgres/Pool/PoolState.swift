import DequeModule

/// The leases of the exclusive connections and the queue of waiting callers, as a value: no clock, no I/O, no database.
///
/// Connections are slots 0 ..< maximumConnections; a slot is made when first needed. `ConnectionPool` acts on its answers.
struct PoolState {
    typealias Instant = ContinuousClock.Instant
    typealias Ticket = UInt64

    /// The answer to a request for a connection.
    enum Lease: Equatable {
        case slot(Int)
        case wait
        /// `maximumWaiters` are waiting already.
        case exhausted
        case closed
    }

    /// What to do with a slot that came back.
    enum Release: Equatable {
        case handOver(Ticket)
        case idle
        /// The pool is closed: end the connection.
        case close
    }

    private struct Waiter {
        let ticket: Ticket
        let deadline: Instant
    }

    private let maximumConnections: Int
    private let maximumWaiters: Int
    private var madeSlots = 0
    /// Last in, first out: the connection used last is the one most likely alive and warm in the caches.
    private var idle: [Int] = []
    private var waiters = Deque<Waiter>()
    /// The tickets in `waiters` that still wait; those that gave up are skipped when they reach the head of the queue.
    private var waiting: Set<Ticket> = []
    /// Waiters that a release skipped because their deadline had passed; `expire` reports them.
    private var expired: [Ticket] = []
    private var isClosed = false

    init(maximumConnections: Int, maximumWaiters: Int) {
        self.maximumConnections = max(1, maximumConnections)
        self.maximumWaiters = max(0, maximumWaiters)
    }

    /// Slots leased to callers.
    var leasedCount: Int { madeSlots - idle.count }
    /// Callers that wait.
    var waitingCount: Int { waiting.count }

    /// True when `lease` would answer at once: a slot is free, or the pool is closed.
    var answersAtOnce: Bool { isClosed || !idle.isEmpty || madeSlots < maximumConnections }

    /// Asks for a slot; `.wait` puts the ticket in the queue until `deadline`.
    mutating func lease(_ ticket: Ticket, deadline: Instant) -> Lease {
        if isClosed { return .closed }
        if let slot = idle.popLast() { return .slot(slot) }
        if madeSlots < maximumConnections {
            madeSlots += 1
            return .slot(madeSlots - 1)
        }
        guard waiting.count < maximumWaiters else { return .exhausted }
        waiters.append(Waiter(ticket: ticket, deadline: deadline))
        waiting.insert(ticket)
        return .wait
    }

    /// Takes a slot back. It goes to the first waiter whose deadline has not passed.
    mutating func release(_ slot: Int, now: Instant) -> Release {
        while let waiter = waiters.popFirst() {
            guard waiting.remove(waiter.ticket) != nil else { continue }
            if waiter.deadline > now { return .handOver(waiter.ticket) }
            expired.append(waiter.ticket)
        }
        idle.append(slot)
        return isClosed ? .close : .idle
    }

    /// Removes a waiter that was cancelled. False when it got a slot, or its deadline passed, before.
    mutating func abandon(_ ticket: Ticket) -> Bool { waiting.remove(ticket) != nil }

    /// Removes and returns the waiters whose deadline has passed, in order of arrival.
    mutating func expire(now: Instant) -> [Ticket] {
        while let waiter = waiters.first, waiter.deadline <= now || !waiting.contains(waiter.ticket) {
            _ = waiters.popFirst()
            if waiting.remove(waiter.ticket) != nil { expired.append(waiter.ticket) }
        }
        defer { expired = [] }
        return expired
    }

    /// Refuses new leases. Returns the waiters, which must be resumed, and the idle slots, whose connections must be closed.
    mutating func close() -> (waiters: [Ticket], idle: [Int]) {
        isClosed = true
        var tickets = expired
        expired = []
        while let waiter = waiters.popFirst() {
            if waiting.remove(waiter.ticket) != nil { tickets.append(waiter.ticket) }
        }
        return (tickets, idle)
    }
}
