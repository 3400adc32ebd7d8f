import ServiceLifecycle

/// Runs that were started by hand and answered with 202: they go on in the background until LocalHost stops.
struct ManualRuns: Service {
    typealias Operation = @Sendable () async -> InvocationOutcome

    private let operations: AsyncStream<Operation>
    private let inbox: AsyncStream<Operation>.Continuation

    init() { (operations, inbox) = AsyncStream.makeStream() }

    /// Queues an operation; false once LocalHost is stopping.
    func start(_ operation: @escaping Operation) -> Bool {
        if case .enqueued = inbox.yield(operation) { true } else { false }
    }

    /// Each operation runs at once, beside the others; all of them are cancelled at the end.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await operation in operations {
                    group.addTask { _ = await operation() }
                }
                group.cancelAll()
            }
        }
        inbox.finish()
        try? await gracefulShutdown()
    }
}
