import Foundation
import Synchronization
import Threading

/// Where one instance of the handler is reached, shared by everything that calls it and by the supervisor that starts it.
final class HandlerGate: Sendable {
    /// The instance as callers see it.
    enum State: Sendable, Equatable {
        case starting
        case ready
        /// It ended with code 0: calls go to a closed port.
        case down
        /// Its third strike, while other instances live: it is not started again, and nothing calls it.
        case retired
        case stopping

        /// Whether a queue's listener takes messages for it: the host's goes on when its handler has ended with code 0.
        var isListening: Bool { self == .ready || self == .down }
    }

    /// What is known about the handler, for the status page.
    struct Snapshot: Sendable, Equatable {
        var state: State = .starting
        /// Whether it answered the last health check; one instance alone is not checked.
        var isResponsive = true
        var port = 0
        var processID: Int32?
        /// Number of the current process; grows by one with each start.
        var generation = 0
        var restarts = 0
        var strikes = 0
        var lastExit: String?
        var readyAfterMilliseconds: Int?
        /// The id that this process was given.
        var workerID: String?
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

    /// Asks for the end of a process that let functionTimeout pass. Requests for an older process are ignored.
    func requestKill(generation: Int, reason: String) {
        requestedKills.yield((generation, reason))
    }
}

/// The handler never became ready, cannot be called or let functionTimeout pass.
struct HandlerUnavailable: Error, CustomStringConvertible {
    let description: String
}

/// The last twenty errors of the handler and of invocations, which the status page shows.
final class RecentErrors: Sendable {
    private let messages = Mutex<[String]>([])

    var all: [String] { messages.withLock { $0 } }

    func record(_ message: String) {
        messages.withLock { messages in
            messages.append(message)
            if messages.count > 20 { messages.removeFirst() }
        }
    }
}
