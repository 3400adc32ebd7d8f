import Composition
import Logging
import RecPipeline
import ServiceLifecycle
import Shop
import Telemetry

/// Does work in this process beside the server that no answer waits for: jobs that the API asked for, each type beside the others,
/// housekeeping after large jobs, and what is told outside. What is to be done are rows before this hears of them: should the process
/// die, the next tick does it. An off-policy estimate that dies with its process is asked for again by whoever wants it.
struct BatchService: Service {
    enum Request: Sendable {
        /// A job of this type is waiting.
        case job(BatchJob.JobType)
        case housekeeping
        /// An off-policy estimate was asked for.
        case estimate
        /// People and Application Insights are told what is new.
        case reports
    }

    let batch: BatchRunner
    let estimates: OffPolicyRequests
    var notifier: Notifier?
    var cacheTelemetry: CacheTelemetry?
    let logger: Logger
    private let requests = AsyncStream.makeStream(of: Request.self, bufferingPolicy: .bufferingNewest(8))

    /// Says what is to be done.
    func wake(_ request: Request) { requests.continuation.yield(request) }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await request in requests.stream {
                    group.addTask {
                        // What it calls is told as one operation.
                        await TelemetryOperation.$current.withValue(TelemetryOperation()) { await work(on: request) }
                    }
                }
            }
        }
    }

    private func work(on request: Request) async {
        do {
            switch request {
            case .job(let type):
                _ = try await batch.run(.timer, type)
                try await notifier?.sendDue()
            case .housekeeping: try await batch.doHousekeeping()
            case .estimate: try await estimates.work()
            case .reports:
                try await notifier?.sendDue()
                try await cacheTelemetry?.tell()
            }
        } catch {
            logger.error(
                "what was asked for is left to the next tick",
                metadata: ["work": "\(request)", "error": "\(error)"]
            )
        }
    }
}
