import FoundationEssentials
import RecPipeline
import Shop
import TextFormats

/// A job at the moment of an answer.
struct JobAnswer: Sendable {
    let job: BatchJob
    let now: Date
    /// nil where it was not asked for, and of a job that was not measured.
    var cost: JobCost?

    /// Seconds until the job ends if it goes on as fast as so far; nil before its first percent.
    var secondsLeft: Int64? {
        guard job.status == .running, let started = job.startedAt, job.progress >= 1 else { return nil }
        let elapsed = max(0, now.timeIntervalSince(started))
        return Int64((elapsed * (100 - job.progress) / job.progress).rounded())
    }

    static let body = ObjectBody<JobAnswer>("BatchJob", "One run of a batch.") {
        Member("job_id") { $0.job.jobID }
        Member("job_type", .choice(BatchJob.JobType.self)) { $0.job.jobType.rawValue }
        Member("trigger", .choice(BatchJob.Trigger.self), "Who asked for it.") { $0.job.trigger.rawValue }
        Member("variant", .string, "Whose lists a full run makes: everybody's, or those of an experiment's arm.") {
            $0.job.variant.name
        }
        Member("status", .choice(BatchJob.Status.self)) { $0.job.status.rawValue }
        Member("stage", .string, "The step it is at.") { $0.job.stage }
        Member("progress", Schema(.number(0...100)), "In percent.") { ($0.job.progress * 10).rounded() / 10 }
        Member("eta_seconds", .count, "Until it ends, at the rate so far.") { $0.secondsLeft }
        Member("requested_at") { $0.job.requestedAt }
        Member("started_at") { $0.job.startedAt }
        Member("completed_at") { $0.job.completedAt }
        Member("error_message", .string, "Why it failed.") { $0.job.errorMessage }
        Member("metrics", json: .object) { $0.job.metricsJSON }
        Member("data_cut", .count, "The highest event that it reads.") { $0.job.dataCut }
        Member("model_version") { $0.job.modelVersion }
        Member("generation") { $0.job.generation }
        Member("attempts", .count, "How many processes have worked on it.") { Int64($0.job.attempts) }
        Member("lease_until") { $0.job.leaseUntil }
        Member("cost", optional: JobCost.body) { $0.cost }
    }
}
