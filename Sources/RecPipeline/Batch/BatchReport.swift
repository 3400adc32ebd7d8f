package import FoundationEssentials
package import Shop
import TextFormats

/// One process's work on a job, for whoever watches.
package enum BatchEvent: Sendable {
    case started(BatchJob)
    /// The job is as it was when this process took it.
    case stopped(BatchJob, BatchReport)
}

/// What a tick or a run by hand led to.
package enum BatchReport: Sendable {
    case notDue(reason: String, next: Date?)
    /// No run was due, but an earlier one had left housekeeping undone.
    case housekeeping(HousekeepingReport)
    /// Another process is at work.
    case alreadyRunning(jobID: String, progress: Double, leaseUntil: Date?)
    case noData(jobID: String?)
    case completed(jobID: String, generation: Int64, modelVersion: String, metrics: BatchMetrics)
    /// Its chunks are scored by other processes; whoever stores the last one completes the job.
    /// - `calls`: messages to put on the queue.
    case scoring(jobID: String, done: Int, chunks: Int, calls: Int)
    /// A message of the queue that asks for nothing any more.
    case nothingToScore(reason: String)
    /// Customers whose lists were made again with the live model.
    case refreshed(jobID: String, customers: Int, modelVersion: String)
    /// - `isRejection`: the model or its lists did worse than they must.
    case failed(jobID: String, reason: String, isRejection: Bool)
    /// This process lost the job to another one, lost its database or ran out of time.
    /// - `status`: the job's; while it is running the next tick goes on where this one stopped.
    case interrupted(jobID: String, reason: String, status: BatchJob.Status)

    /// One sentence for logs and answers.
    package var summary: String {
        switch self {
        case .notDue(let reason, _):
            "not due: \(reason)"
        case .housekeeping(let report):
            report.summary
        case .alreadyRunning(let jobID, let progress, let end):
            "already running: \(jobID) is at \(Int(progress)) %"
                + (end.map { "; its holder's lease ends at \(Timestamp.text($0)) unless it is renewed" } ?? "")
        case .noData(let jobID):
            "no data: there are no interactions to learn from" + (jobID.map { " (\($0))" } ?? "")
        case .completed(let jobID, let generation, let modelVersion, let metrics):
            "completed \(jobID): generation \(generation) with \(metrics.lists) lists is live, model \(modelVersion)"
        case .scoring(let jobID, let done, let chunks, let calls):
            "scoring \(jobID): \(done) of \(chunks) chunks are done"
                + (calls > 0 ? "; \(calls) \(calls == 1 ? "process is" : "processes are") called for the others" : "")
        case .nothingToScore(let reason):
            "nothing to score: \(reason)"
        case .refreshed(let jobID, let customers, let modelVersion):
            "completed \(jobID): the lists of \(customers) customers were made again, model \(modelVersion)"
        case .failed(let jobID, let reason, _):
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

extension BatchReport {
    /// Calls for as many processes as there are chunks that nobody has, up to the limit.
    static func calling(_ job: BatchJob, _ states: ChunkStates, _ options: BatchOptions) -> BatchReport {
        .scoring(
            jobID: job.jobID,
            done: states.done,
            chunks: states.total,
            calls: max(0, min(states.waiting, options.maxScorers - states.claimed))
        )
    }

    static func alreadyRunning(_ job: BatchJob) -> BatchReport {
        .alreadyRunning(jobID: job.jobID, progress: job.progress, leaseUntil: job.leaseUntil)
    }
}
