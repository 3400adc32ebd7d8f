import FoundationEssentials
import RecPipeline
import Shop
import TextFormats

/// Jobs and scheduling decisions in answers.
enum BatchJobBody {
    static func write(_ job: BatchJob, now: Date, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("job_id", job.jobID)
            writer.member("job_type", job.jobType)
            writer.member("trigger", job.trigger.rawValue)
            writer.member("status", job.status.rawValue)
            writer.member("stage", job.stage)
            writer.member("progress", (job.progress * 10).rounded() / 10)
            writer.member("eta_seconds", eta(job, now: now))
            writer.member("requested_at", Timestamp.text(job.requestedAt))
            writer.member("started_at", Timestamp.text(job.startedAt))
            writer.member("completed_at", Timestamp.text(job.completedAt))
            writer.member("error_message", job.errorMessage)
            writer.key("metrics")
            writer.raw(job.metricsJSON.utf8)
            writer.member("data_cut", job.dataCut)
            writer.member("model_version", job.modelVersion)
            writer.member("generation", job.generation)
            writer.member("attempts", Int64(job.attempts))
            writer.member("lease_until", Timestamp.text(job.leaseUntil))
        }
    }

    static func write(_ decision: BatchSchedule.Decision, to writer: inout JSONWriter) {
        switch decision {
        case .due(let reason):
            writer.member("due", true)
            writer.member("reason", reason)
            writer.member("next_run_at", String?.none)
        case .notDue(let reason, let next):
            writer.member("due", false)
            writer.member("reason", reason)
            writer.member("next_run_at", Timestamp.text(next))
        }
    }

    /// Seconds until the job ends if it goes on as fast as so far; nil before its first percent.
    static func eta(_ job: BatchJob, now: Date) -> Int64? {
        guard job.status == .running, let started = job.startedAt, job.progress >= 1 else { return nil }
        let elapsed = max(0, now.timeIntervalSince(started))
        return Int64((elapsed * (100 - job.progress) / job.progress).rounded())
    }
}
