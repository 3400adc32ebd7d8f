import ServiceLifecycle
import Synchronization
import UnixSignals

/// Cancels running invocations when the process is asked to end, so that a batch gives its lease back instead of being cut
/// off in the middle.
///
/// It listens to the signals itself: the service group stops the server first and waits for it, and the server waits for
/// the very invocations that have to hear of it.
final class StopSignal: Service {
    private struct State {
        var isFired = false
        var next = 0
        var running: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { self.fire() }
        }
    }

    /// Cancels what runs, and whatever is started from now on.
    func fire() {
        let running = state.withLock { state in
            state.isFired = true
            return state.running.values.map { $0 }
        }
        for cancel in running { cancel() }
    }

    /// Runs `body` in a task that ends early on the signal, and when the caller's own task is cancelled.
    func cancelling<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        let task = Task { try await body() }
        let id = state.withLock { state in
            state.next += 1
            state.running[state.next] = { task.cancel() }
            if state.isFired { task.cancel() }
            return state.next
        }
        defer { state.withLock { state in _ = state.running.removeValue(forKey: id) } }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
