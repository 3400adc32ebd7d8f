import Logging
import RecPipeline
import ServiceLifecycle
import Shop

/// Runs jobs that the API asked for, in this process, beside the server, each type beside the others. The job is a row before
/// this hears of it: should the process die, the next tick takes it.
struct BatchService: Service {
    let batch: BatchRunner
    let logger: Logger
    private let requests = AsyncStream.makeStream(of: BatchJob.JobType.self, bufferingPolicy: .bufferingNewest(8))

    /// Says that a job of this type is waiting.
    func wake(_ type: BatchJob.JobType) { requests.continuation.yield(type) }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await type in requests.stream { group.addTask { await runWaiting(type) } }
            }
        }
    }

    private func runWaiting(_ type: BatchJob.JobType) async {
        do {
            _ = try await batch.run(.timer, type)
        } catch {
            logger.error(
                "the waiting batch was not started; the next tick tries again",
                metadata: ["job_type": "\(type.rawValue)", "error": "\(error)"]
            )
        }
    }
}
