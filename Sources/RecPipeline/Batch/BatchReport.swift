package import FoundationEssentials
package import Shop

/// What a tick or a run by hand led to.
package enum BatchReport: Sendable {
    case notDue(reason: String, next: Date?)
    /// No run was due, but an earlier one had left housekeeping undone.
    case housekeeping(HousekeepingReport)
    /// Another process is at work.
    case alreadyRunning(jobID: String, progress: Double)
    case noData(jobID: String?)
    case completed(jobID: String, generation: Int64, modelVersion: String, metrics: BatchMetrics)
    case failed(jobID: String, reason: String)
    /// This process lost the job to another one, lost its database or ran out of time.
    /// - `status`: the job's; while it is running the next tick goes on where this one stopped.
    case interrupted(jobID: String, reason: String, status: BatchJob.Status)

    /// One sentence for logs and answers.
    package var summary: String {
        switch self {
        case .notDue(let reason, let next):
            "not due: \(reason)" + (next.map { "; next run after \($0.formatted(.iso8601))" } ?? "")
        case .housekeeping(let report):
            report.summary
        case .alreadyRunning(let jobID, let progress):
            "already running: \(jobID) is at \(Int(progress)) %"
        case .noData(let jobID):
            "no data: there are no interactions to learn from" + (jobID.map { " (\($0))" } ?? "")
        case .completed(let jobID, let generation, let modelVersion, let metrics):
            "completed \(jobID): generation \(generation) with \(metrics.lists) lists is live, model \(modelVersion)"
        case .failed(let jobID, let reason):
            "failed \(jobID): \(reason); what was live stays live"
        case .interrupted(let jobID, let reason, .running):
            "interrupted \(jobID): \(reason); the next tick goes on where it stopped"
        case .interrupted(let jobID, let reason, let status):
            "interrupted \(jobID): \(reason); the job is \(status.rawValue)"
        }
    }

    /// Whether the invocation should be answered with an error.
    package var isFailure: Bool {
        if case .failed = self { true } else { false }
    }
}
