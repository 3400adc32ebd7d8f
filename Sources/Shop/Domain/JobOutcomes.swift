/// What asking for a run by hand led to.
package enum EnqueueOutcome: Sendable {
    case created(BatchJob)
    /// The same idempotency key was used before: its job.
    case replayed(BatchJob)
    /// A job is pending or running already.
    case busy(BatchJob)
}

/// What asking for the lease led to.
package enum LeaseOutcome: Sendable {
    /// Granted for a new job, one that was pending, or one that another process left unfinished (`attempts` > 1).
    case granted(BatchJob, BatchLease)
    /// Another process holds a job and may still write.
    case busy(BatchJob)
    /// There was nothing to resume, nothing pending, and the caller did not ask for a new job.
    case nothing
}
