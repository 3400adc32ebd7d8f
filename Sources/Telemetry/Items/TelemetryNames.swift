/// Events of the program; alerts and queries use these names.
package enum EventName: String, Sendable, CaseIterable {
    /// A process has begun to work on a job, or goes on where another stopped.
    case batchStarted = "batch.started"
    case batchCompleted = "batch.completed"
    /// What was live stays live.
    case batchFailed = "batch.failed"
    /// The model or its lists did worse than they must; what was live stays live.
    case batchRejected = "batch.rejected"
    /// Left to the next tick with all that is done.
    case batchInterrupted = "batch.interrupted"
}

/// Measured values. The unit is the end of the name where it is not a share or a count.
package enum MetricName: String, Sendable, CaseIterable {
    /// From the job's start to its end, over all processes that worked on it.
    case batchDuration = "batch.duration_s"
    case batchUsers = "batch.users"
    /// Customers whose lists the job could not make.
    case batchQuarantined = "batch.quarantined"
    /// Share of the products that can be sold which are in a "discover" list.
    case batchCoverage = "batch.coverage"
    /// 1 when the lists went live, 0 when the model or its lists were rejected.
    case batchGate = "batch.gate"
    /// Share of the lists served in the last quarter of an hour, by all instances, that came from the store.
    case cacheHitRatio = "cache.hit_ratio"
    /// Share of the customers whose "discover" list is stored and fresh.
    case cacheCoverage = "cache.coverage"
    /// Age of the lists that everybody is served.
    case cacheMaximumAge = "cache.max_age_hours"
    /// Items that were not sent since the last value.
    case telemetryDropped = "telemetry.dropped"
}

/// Custom dimensions of items.
package enum Dimension: String, Sendable, CaseIterable {
    case jobID = "job_id"
    case jobType = "job_type"
    case variant
    case trigger
    /// How many processes have held the job.
    case attempt
    case modelVersion = "model_version"
    case generation
    case users
    case durationMilliseconds = "duration_ms"
    case error
    /// Where a list came from: cache, computed, session, popular.
    case source
    /// Of the host's call; its own items name it the same.
    case invocationID = "InvocationId"
}
