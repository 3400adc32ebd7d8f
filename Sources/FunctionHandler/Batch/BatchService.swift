import Logging
import RecPipeline
import ServiceLifecycle
import Shop

/// Runs jobs that the API asked for, in this process, beside the server. The job is a row before this hears of it: should the
/// process die, the next tick takes it.
struct BatchService: Service {
    let batch: BatchRunner
    let logger: Logger
    private let requests = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Says that a job is waiting.
    func wake() { requests.continuation.yield() }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in requests.stream {
                do {
                    _ = try await batch.run(.timer)
                } catch {
                    logger.error(
                        "the waiting batch was not started; the next tick tries again",
                        metadata: ["error": "\(error)"]
                    )
                }
            }
        }
    }
}
