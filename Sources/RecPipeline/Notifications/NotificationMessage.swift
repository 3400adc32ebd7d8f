import FoundationEssentials
import Shop
import TextFormats

/// What a message is about; the raw value is its member `event`.
enum NotificationKind: String {
    case completed = "batch.completed"
    case failed = "batch.failed"
    case rejected = "batch.rejected"
    case staleLists = "lists.stale"
}

/// One message as JSON. Chat programs show its `text`; the other members are for programs.
struct NotificationMessage {
    let id: String
    let kind: NotificationKind
    let text: String
    let occurredAt: Date
    /// Nil for stale lists.
    let job: BatchJob?

    /// - Returns: nil for a job that has not ended.
    init?(_ job: BatchJob, id: String, redact: (String) -> String) {
        let reason = redact(job.errorMessage ?? "no reason is recorded")
        let whose = job.variant == .default ? "" : ", variant \(job.variant)"
        switch (job.status, job.isRejected) {
        case (.completed, _):
            let figures = BatchMetrics(json: job.metricsJSON)
            let quarantined = figures.quarantined ?? 0
            kind = .completed
            text =
                "New recommendations are live: \(job.jobID)\(whose) made the lists of \(figures.users) customers"
                + (job.duration.map { " in \(Self.text(seconds: $0))" } ?? "")
                + (quarantined > 0 ? "; \(quarantined) customers could not be given lists" : "") + "."
        case (.failed, true):
            kind = .rejected
            text = "\(job.jobID)\(whose) was rejected, and what was live stays live: \(reason)"
        case (.failed, false):
            kind = .failed
            text = "\(job.jobID)\(whose) failed, and what was live stays live: \(reason)"
        case (.pending, _), (.running, _), (.cancelled, _):
            return nil
        }
        (self.id, self.job) = (id, job)
        occurredAt = job.completedAt ?? job.requestedAt
    }

    init(staleSince since: Date, generation: Int64, id: String, now: Date) {
        (self.id, kind, job) = (id, .staleLists, nil)
        occurredAt = now
        text =
            "The recommendations that customers see are old: generation \(generation) was begun at "
            + "\(Timestamp.text(since)), \(Self.text(seconds: now.timeIntervalSince(since))) ago."
    }

    /// - Parameter source: the name of the function app.
    func body(source: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("id", id)
            writer.member("event", kind.rawValue)
            writer.member("text", text)
            writer.member("source", source)
            writer.member("occurred_at", Timestamp.text(occurredAt))
            if let job {
                writer.key("job")
                writer.object { writer in
                    writer.member("job_id", job.jobID)
                    writer.member("job_type", job.jobType.rawValue)
                    writer.member("variant", job.variant.name)
                    writer.member("trigger", job.trigger.rawValue)
                    writer.member("model_version", job.modelVersion)
                    writer.member("generation", job.generation)
                    writer.member("users", BatchMetrics(json: job.metricsJSON).users)
                    writer.member("duration_s", job.duration)
                }
            }
        }
        return writer.finish()
    }

    private static func text(seconds: Double) -> String {
        switch Int(seconds) {
        case ..<120: "\(Int(seconds)) s"
        case ..<7_200: "\(Int(seconds) / 60) min"
        default: "\(Int(seconds) / 3_600) h"
        }
    }
}

extension BatchJob {
    /// Seconds from its start to its end; nil until it has ended.
    package var duration: Double? {
        guard let startedAt, let completedAt else { return nil }
        return max(0, completedAt.timeIntervalSince(startedAt))
    }
}
