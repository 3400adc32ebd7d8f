import ServiceLifecycle

/// Runs the queue listeners of all functions and instances until LocalHost stops.
struct QueueService: Service {
    let listeners: [QueueListener]

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for listener in listeners { group.addTask { await listener.run() } }
            }
        }
        // A service that returns early would end the others.
        try? await gracefulShutdown()
    }
}
