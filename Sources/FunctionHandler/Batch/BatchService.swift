import Logging
import RecPipeline
import ServiceLifecycle
import Shop

/// Does work in this process beside the server that no answer waits for: jobs that the API asked for, each type beside the others, and
/// housekeeping after large jobs. Both are rows before this hears of them: should the process die, the next tick does them.
struct BatchService: Service {
    enum Request: Sendable {
        /// A job of this type is waiting.
        case job(BatchJob.JobType)
        case housekeeping
    }

    let batch: BatchRunner
    let logger: Logger
    private let requests = AsyncStream.makeStream(of: Request.self, bufferingPolicy: .bufferingNewest(8))

    /// Says what is to be done.
    func wake(_ request: Request) { requests.continuation.yield(request) }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await request in requests.stream { group.addTask { await work(on: request) } }
            }
        }
    }

    private func work(on request: Request) async {
        do {
            switch request {
            case .job(let type): _ = try await batch.run(.timer, type)
            case .housekeeping: try await batch.doHousekeeping()
            }
        } catch {
            logger.error(
                "what was asked for is left to the next tick",
                metadata: ["work": "\(request)", "error": "\(error)"]
            )
        }
    }
}
