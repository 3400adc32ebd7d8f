import FoundationEssentials
import RecPipeline
import Shop
import Telemetry

/// Tells what becomes of jobs.
struct BatchTelemetry: Sendable {
    let telemetry: TelemetryClient
    /// For reasons of failures, which can quote what a server said.
    let redact: @Sendable (String) -> String

    func observe(_ event: BatchEvent) {
        switch event {
        case .started(let job): telemetry.event(.batchStarted, dimensions(job))
        case .stopped(let job, let report): stopped(job, report)
        }
    }

    private func stopped(_ job: BatchJob, _ report: BatchReport) {
        var dimensions = dimensions(job)
        let seconds = job.startedAt.map { max(0, Date().timeIntervalSince($0)) } ?? 0
        dimensions[.durationMilliseconds] = String(Int64(seconds * 1_000))
        switch report {
        case .completed(_, let generation, let modelVersion, let metrics):
            dimensions[.modelVersion] = modelVersion
            dimensions[.generation] = String(generation)
            completed(job, dimensions, users: metrics.users, seconds)
            let labels = labels(job)
            telemetry.metric(.batchQuarantined, Double(metrics.quarantined ?? 0), labels)
            if let coverage = metrics.coverage { telemetry.metric(.batchCoverage, coverage, labels) }
            telemetry.metric(.batchGate, 1, labels)
        case .refreshed(_, let customers, let modelVersion):
            dimensions[.modelVersion] = modelVersion
            completed(job, dimensions, users: customers, seconds)
        case .noData:
            completed(job, dimensions, users: 0, seconds)
        case .failed(_, let reason, let isRejection):
            dimensions[.error] = redact(reason)
            telemetry.event(isRejection ? .batchRejected : .batchFailed, dimensions)
            if isRejection { telemetry.metric(.batchGate, 0, labels(job)) }
        case .interrupted(_, let reason, _):
            dimensions[.error] = redact(reason)
            telemetry.event(.batchInterrupted, dimensions)
        case .scoring, .notDue, .housekeeping, .alreadyRunning, .nothingToScore:
            // Handed over: who completes it tells.
            break
        }
    }

    private func completed(_ job: BatchJob, _ dimensions: [Dimension: String], users: Int, _ seconds: Double) {
        var dimensions = dimensions
        dimensions[.users] = String(users)
        telemetry.event(.batchCompleted, dimensions)
        telemetry.metric(.batchDuration, seconds, labels(job))
        telemetry.metric(.batchUsers, Double(users), labels(job))
    }

    private func dimensions(_ job: BatchJob) -> [Dimension: String] {
        labels(job).merging([
            .jobID: job.jobID, .trigger: job.trigger.rawValue, .attempt: String(job.attempts),
        ]) { own, _ in own }
    }

    /// Of metrics: few values each, so that series can be drawn.
    private func labels(_ job: BatchJob) -> [Dimension: String] {
        [.jobType: job.jobType.rawValue, .variant: job.variant.name]
    }
}
