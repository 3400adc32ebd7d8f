import Foundation
import Synchronization
import Threading

/// Where the handler is reached, shared by everything that calls it and by the supervisor that starts it.
///
/// Calls that come before the handler is ready wait here, as they do in the host.
final class HandlerGate: Sendable {
    /// The handler as callers see it.
    enum State: Sendable, Equatable {
        case starting
        case ready
        /// It ended with code 0: calls go to a closed port.
        case down
        case stopping
    }

    /// What is known about the handler, for the status page.
    struct Snapshot: Sendable, Equatable {
        var state: State = .starting
        var port = 0
        var processID: Int32?
        /// Number of the current process; grows by one with each start.
        var generation = 0
        var restarts = 0
        var strikes = 0
        var lastExit: String?
        var readyAfterMilliseconds: Int?
        var errors: [String] = []
    }

    /// A process that let functionTimeout pass: the supervisor kills and restarts it, without a strike.
    typealias Kill = (generation: Int, reason: String)

    private let current = Mutex(Snapshot())
    let kills: AsyncStream<Kill>
    private let requestedKills: AsyncStream<Kill>.Continuation

    init() { (kills, requestedKills) = AsyncStream.makeStream() }

    var snapshot: Snapshot { current.withLock { $0 } }

    func update(_ change: (inout Snapshot) -> Void) {
        current.withLock { change(&$0) }
    }

    /// Adds an error to the last twenty, which the status page shows.
    func record(error: String) {
        update { snapshot in
            snapshot.errors.append(error)
            if snapshot.errors.count > 20 { snapshot.errors.removeFirst() }
        }
    }

    /// What is known about the handler once it is ready. Polls every 25 ms, as the host does.
    ///
    /// - Throws: `HandlerUnavailable` when it is not ready within `limit` or LocalHost is stopping.
    func endpoint(within limit: Duration) async throws -> Snapshot {
        let deadline = ContinuousClock.now + limit
        while true {
            let snapshot = snapshot
            switch snapshot.state {
            case .ready, .down: return snapshot
            case .stopping: throw HandlerUnavailable(description: "LocalHost is stopping")
            case .starting: break
            }
            guard ContinuousClock.now < deadline else {
                throw HandlerUnavailable(description: "the handler was not ready within \(limit.inSeconds)")
            }
            try await Task.sleep(for: .milliseconds(25))
        }
    }

    /// Asks for the end of a process that let functionTimeout pass. Requests for an older process are ignored.
    func requestKill(generation: Int, reason: String) {
        requestedKills.yield((generation, reason))
    }
}

/// The handler never became ready, cannot be called or let functionTimeout pass.
struct HandlerUnavailable: Error, CustomStringConvertible {
    let description: String
}

/// The way every call to the handler goes: it waits for a handler that is ready, and functionTimeout bounds it.
struct HandlerAccess: Sendable {
    let gate: HandlerGate
    /// nil = unlimited.
    let functionTimeout: Duration?
    /// How long a call waits for the handler to become ready: (3 + 1) × initializationTimeout.
    let readyLimit: Duration

    /// - Throws: `HandlerUnavailable`.
    func waitUntilReady() async throws { _ = try await gate.endpoint(within: readyLimit) }

    /// Runs `operation` with the handler's port. When its time is over, the handler's process is killed (and restarted by
    /// its supervisor), which ends this call and every other one in flight: that is what the host does.
    ///
    /// - Throws: `HandlerUnavailable`, else the operation's own error.
    func call<Value: Sendable>(
        for function: String,
        _ operation: @escaping @Sendable (_ port: Int) async throws -> Value
    ) async throws -> Value {
        let endpoint = try await gate.endpoint(within: readyLimit)
        do {
            return try await withDeadline(functionTimeout) { try await operation(endpoint.port) }
        } catch let error as DeadlineExceeded {
            let reason = "\(function) ran longer than functionTimeout (\(error.limit.inSeconds))"
            gate.requestKill(generation: endpoint.generation, reason: reason)
            throw HandlerUnavailable(description: reason)
        }
    }
}
