import Synchronization

/// The requests for a lane's thread, added by callers.
final class LaneInbox: Sendable {
    private struct State {
        var requests: [LaneRequest] = []
        var password: Result<ConnectionParameters, PostgresError>?
        /// Requests given to the lane and not answered yet.
        var outstanding = 0
        /// False from when the thread finds the inbox empty until the next `add` wakes it.
        var isAwake = true
        var isClosed = false
    }

    /// What the thread takes at once.
    typealias Delivery = (
        requests: [LaneRequest], password: Result<ConnectionParameters, PostgresError>?, isClosed: Bool
    )

    let wake: WakeSignal
    private let capacity: Int
    private let deferral: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let state = Mutex(State())

    /// Refuses requests when `capacity` of them are not answered yet.
    /// - Parameter deferral: as of ``PostgresConfiguration/deferral``.
    init(
        capacity: Int,
        deferral: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) throws(PostgresError) {
        self.capacity = max(1, capacity)
        self.deferral = deferral
        wake = try WakeSignal()
    }

    /// Adds a request. One system call if the thread sleeps, none if it is awake.
    func add(_ request: LaneRequest) throws(PostgresError) {
        let mustWake = try state.withLock { state throws(PostgresError) in
            if state.isClosed { throw PostgresError(.closed, "the client was shut down") }
            guard state.outstanding < capacity else {
                throw PostgresError(.poolExhausted, "the pipelined lane has no room left")
            }
            state.outstanding += 1
            state.requests.append(request)
            defer { state.isAwake = true }
            return !state.isAwake
        }
        if mustWake { deferral { [wake] in wake.signal() } }
    }

    /// Adds the result of the password hook.
    func add(password: Result<ConnectionParameters, PostgresError>) {
        state.withLock { state in
            state.password = password
            state.isAwake = true
        }
        wake.signal()
    }

    /// Refuses further requests; the thread answers those it has and ends.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.isAwake = true
        }
        wake.signal()
    }

    /// Requests not answered yet.
    var outstanding: Int { state.withLock { $0.outstanding } }

    /// Takes all requests and leaves `buffer` (empty) instead, so that no array is allocated. `answered` is the number of
    /// requests that were answered since the last call.
    func take(replacing buffer: [LaneRequest], answered: Int) -> Delivery {
        state.withLock { state in
            var delivery = (requests: buffer, password: state.password, isClosed: state.isClosed)
            swap(&delivery.requests, &state.requests)
            state.password = nil
            state.outstanding -= answered
            return delivery
        }
    }

    /// Call before sleeping: false when something was added meanwhile. After true the next `add` signals `wake`.
    func fallAsleep() -> Bool {
        state.withLock { state in
            guard state.requests.isEmpty, state.password == nil else { return false }
            state.isAwake = false
            return true
        }
    }

    /// Call after sleeping.
    func wokeUp() { state.withLock { $0.isAwake = true } }
}
