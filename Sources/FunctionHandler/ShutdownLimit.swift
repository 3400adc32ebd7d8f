import Glibc
import ServiceLifecycle

/// Ends the process with status 0 when an orderly shutdown takes too long.
///
/// Work that is cut off here is resumed by the next process; nothing relies on it having finished.
struct ShutdownLimit: Service, CustomStringConvertible {
    let description = "ShutdownLimit"
    private let signal = AsyncStream.makeStream(of: Void.self)

    /// Tells `enforce` that shutdown has begun.
    func run() async throws {
        try? await gracefulShutdown()
        signal.continuation.yield()
    }

    func enforce(_ limit: Duration, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var requests = signal.stream.makeAsyncIterator()
                guard await requests.next() != nil else { return }
                try await Task.sleep(for: limit)
                exit(0)
            }
            group.addTask {
                try await body()
                signal.continuation.finish()
            }
            // The waiter ends first only when there is nothing left to wait for.
            try await group.next()
            group.cancelAll()
        }
    }
}
