import Foundation
import Synchronization

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

    /// One process of the handler.
    struct Endpoint: Sendable, Equatable {
        var port: Int
        var generation: Int
    }

    /// What a caller may ask of the supervisor.
    enum Command: Sendable, Equatable {
        /// SIGKILL and restart without a strike: functionTimeout expired.
        case kill(generation: Int, reason: String)
    }

    private let current = Mutex(Snapshot())
    let commands: AsyncStream<Command>
    private let requests: AsyncStream<Command>.Continuation

    init() { (commands, requests) = AsyncStream.makeStream() }

    var snapshot: Snapshot { current.withLock { $0 } }

    func update(_ change: (inout Snapshot) -> Void) {
        current.withLock { change(&$0) }
    }

    /// Remembers an error for the status page; the last twenty are kept.
    func record(error: String) {
        update { snapshot in
            snapshot.errors.append(error)
            if snapshot.errors.count > 20 { snapshot.errors.removeFirst() }
        }
    }

    /// The handler's address, once it is ready. Polls every 25 ms, as the host does.
    ///
    /// - Throws: `GateClosed` when it is not ready within `limit` or LocalHost is stopping.
    func endpoint(within limit: Duration) async throws -> Endpoint {
        let deadline = ContinuousClock.now + limit
        while true {
            let snapshot = snapshot
            switch snapshot.state {
            case .ready, .down: return Endpoint(port: snapshot.port, generation: snapshot.generation)
            case .stopping: throw GateClosed(message: "LocalHost is stopping")
            case .starting: break
            }
            guard ContinuousClock.now < deadline else {
                throw GateClosed(message: "the handler was not ready within \(limit.words)")
            }
            try await Task.sleep(for: .milliseconds(25))
        }
    }

    /// Asks for the end of a process that let functionTimeout pass. Requests for an older process are ignored.
    func requestKill(generation: Int, reason: String) {
        requests.yield(.kill(generation: generation, reason: reason))
    }
}

/// The handler cannot be called.
struct GateClosed: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}
