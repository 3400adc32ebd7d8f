import LoopbackHTTP
import Synchronization
import Threading

/// A process that takes a call.
struct HandlerEndpoint: Sendable {
    let gate: HandlerGate
    let port: Int
    let generation: Int
}

/// Chooses the instance that takes the next call. Calls that come while none is ready wait here, as they do in the host.
final class HandlerChoice: Sendable {
    enum Order: Sendable {
        /// Each call goes to the next instance.
        case inTurn
        /// Calls go to one instance until it cannot take them; then to the next one.
        case sameAgain
    }

    let gates: [HandlerGate]
    private let order: Order
    private let turn = Atomic<Int>(0)

    init(_ gates: [HandlerGate], _ order: Order = .inTurn) {
        precondition(!gates.isEmpty, "there is an instance")
        (self.gates, self.order) = (gates, order)
    }

    /// The next instance that is ready and answers; nil when there is none.
    ///
    /// - Parameter failed: the one that has just failed.
    func next(except failed: HandlerGate? = nil) -> HandlerEndpoint? {
        first(except: failed) { $0.state == .ready && $0.isResponsive }
    }

    /// The instance for a call. Polls every 25 ms, as the host does. When none is starting, one that does not answer
    /// will do, then the closed port of one that has ended.
    ///
    /// - Throws: `HandlerUnavailable` when none is ready within `limit` or LocalHost is stopping.
    func endpoint(within limit: Duration) async throws -> HandlerEndpoint {
        let deadline = ContinuousClock.now + limit
        while true {
            if let endpoint = next() { return endpoint }
            let states = gates.map(\.snapshot.state)
            if states.contains(.stopping) { throw HandlerUnavailable(description: "LocalHost is stopping") }
            if !states.contains(.starting) {
                if let endpoint = first(where: { $0.state == .ready }) ?? first(where: { $0.state == .down }) {
                    return endpoint
                }
                throw HandlerUnavailable(description: "every instance has stopped after its third error")
            }
            guard ContinuousClock.now < deadline else {
                throw HandlerUnavailable(description: "the handler was not ready within \(limit.inSeconds)")
            }
            try await Task.sleep(for: .milliseconds(25))
        }
    }

    private func first(
        except failed: HandlerGate? = nil,
        where isFit: (HandlerGate.Snapshot) -> Bool
    ) -> HandlerEndpoint? {
        let start =
            switch order {
            case .inTurn: turn.wrappingAdd(1, ordering: .relaxed).oldValue
            case .sameAgain: turn.load(ordering: .relaxed)
            }
        for offset in gates.indices {
            let index = Int(UInt(bitPattern: start &+ offset) % UInt(gates.count))
            let gate = gates[index]
            let snapshot = gate.snapshot
            guard gate !== failed, isFit(snapshot) else { continue }
            if order == .sameAgain { turn.store(index, ordering: .relaxed) }
            return HandlerEndpoint(gate: gate, port: snapshot.port, generation: snapshot.generation)
        }
        return nil
    }
}

/// The way every call to the handler goes: it waits for an instance that is ready, and functionTimeout bounds it.
struct HandlerAccess: Sendable {
    let choice: HandlerChoice
    /// nil = unlimited.
    let functionTimeout: Duration?
    /// How long a call waits for the handler to become ready: (3 + 1) × initializationTimeout.
    let readyLimit: Duration

    /// - Throws: `HandlerUnavailable`.
    func waitUntilReady() async throws { _ = try await choice.endpoint(within: readyLimit) }

    /// Runs `operation` with an instance's port. When its time is over, the instance's process is killed (and restarted by
    /// its supervisor), which ends this call and every other one in flight there: that is what the host does.
    ///
    /// A call that reached no process because no connection came about goes to another instance.
    ///
    /// - Parameter pause: after a failed attempt, how long to wait before the next one at the same instance; at another one
    ///   it comes at once. nil: the call has failed.
    /// - Throws: `HandlerUnavailable`, else the operation's own error.
    func call<Value: Sendable>(
        for function: String,
        retryingAfter pause: (_ error: any Error, _ attempt: Int) -> Duration? = { _, _ in nil },
        _ operation: @escaping @Sendable (_ port: Int) async throws -> Value
    ) async throws -> Value {
        var endpoint = try await choice.endpoint(within: readyLimit)
        let deadline = functionTimeout.map { ContinuousClock.now + $0 }
        var attempt = 1
        while true {
            do {
                return try await withDeadline(until: deadline) { [endpoint] in try await operation(endpoint.port) }
            } catch is DeadlineExceeded {
                let limit = functionTimeout?.inSeconds ?? ""
                let reason = "\(function) ran longer than functionTimeout (\(limit))"
                endpoint.gate.requestKill(generation: endpoint.generation, reason: reason)
                throw HandlerUnavailable(description: reason)
            } catch {
                let other = another(after: endpoint, error)
                if case LoopbackError.notConnected = error, let other {
                    endpoint = other
                    continue
                }
                guard let length = pause(error, attempt) else { throw error }
                attempt += 1
                if let other { endpoint = other } else { try await Task.sleep(for: length) }
            }
        }
    }

    /// Another instance that is ready. One that refuses connections counts as not answering until its next health check, or
    /// until its supervisor has seen that it ended.
    private func another(after endpoint: HandlerEndpoint, _ error: any Error) -> HandlerEndpoint? {
        guard choice.gates.count > 1 else { return nil }
        if case LoopbackError.notConnected = error {
            endpoint.gate.update { if $0.generation == endpoint.generation { $0.isResponsive = false } }
        }
        return choice.next(except: endpoint.gate)
    }
}
