import Synchronization

/// Where callers leave their requests for a lane's thread.
final class LaneInbox: Sendable {
    private struct State {
        var requests: [LaneRequest] = []
        var password: Result<ConnectionParameters, PostgresError>?
        /// Requests given to the lane and not answered yet.
        var outstanding = 0
        /// False from when the thread finds the inbox empty until somebody wakes it.
        var isAwake = true
        var isClosed = false
    }

    /// What the thread found.
    struct Delivery {
        var requests: [LaneRequest]
        var password: Result<ConnectionParameters, PostgresError>?
        var isClosed: Bool
    }

    enum Refusal: Error {
        case full, closed
    }

    let wake = WakeSignal()
    private let capacity: Int
    private let state = Mutex(State())

    /// Refuses requests when `capacity` of them are not answered yet.
    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// Adds a request. One system call if the thread sleeps, none if it is awake.
    func add(_ request: LaneRequest) throws(Refusal) {
        enum Answer { case added(mustWake: Bool), refused(Refusal) }
        let answer: Answer = state.withLock { state in
            if state.isClosed { return .refused(.closed) }
            if state.outstanding >= capacity { return .refused(.full) }
            state.outstanding += 1
            state.requests.append(request)
            defer { state.isAwake = true }
            return .added(mustWake: !state.isAwake)
        }
        switch answer {
        case .added(let mustWake): if mustWake { wake.signal() }
        case .refused(let refusal): throw refusal
        }
    }

    /// Leaves what the password hook answered.
    func add(password: Result<ConnectionParameters, PostgresError>) {
        state.withLock { state in
            state.password = password
            state.isAwake = true
        }
        wake.signal()
    }

    /// No more requests; the thread answers those it has and ends.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.isAwake = true
        }
        wake.signal()
    }

    /// Requests not answered yet.
    var outstanding: Int { state.withLock { $0.outstanding } }

    /// Takes everything; `buffer` (empty) is left in its place, so that no array is made. `answered` is the number of
    /// requests that were answered since the last call.
    func take(replacing buffer: [LaneRequest], answered: Int) -> Delivery {
        state.withLock { state in
            var delivery = Delivery(requests: buffer, password: state.password, isClosed: state.isClosed)
            swap(&delivery.requests, &state.requests)
            state.password = nil
            state.outstanding -= answered
            return delivery
        }
    }

    /// Call before sleeping: false when something came meanwhile. After true the next `add` signals `wake`.
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
