import Logging
import ServiceLifecycle

/// Runs every timer's listener until LocalHost stops.
struct TimerService: Service {
    let listeners: [TimerListener]
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for listener in listeners {
                    group.addTask {
                        do {
                            try await listener.run()
                        } catch is CancellationError {
                            // LocalHost is stopping.
                        } catch {
                            logger.error("timer \(listener.function.name) stopped: \(error)")
                        }
                    }
                }
            }
        }
        // A service that returns early would end the others.
        try? await gracefulShutdown()
    }
}
