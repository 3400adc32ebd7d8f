package import Threading

/// One process's work of one kind on a job, and what it has used so far.
package struct JobWork: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// The run itself, or a part of it after another process's.
        case run
        /// Chunks of a job that was handed over.
        case chunks
        /// The end of a job that was handed over, by the process that stored its last chunk. Like housekeeping it is part of the
        /// invocation that did the work before it.
        case completion
        case housekeeping
    }

    package var workID: String
    package var jobID: String
    package var kind: Kind
    /// Wall seconds.
    package var seconds: Double
    /// Megabytes of the instance; nil where no setting says.
    package var memoryMB: Int?
    package var used: WorkMeter.Usage

    package init(
        workID: String,
        jobID: String,
        kind: Kind,
        seconds: Double,
        memoryMB: Int?,
        used: WorkMeter.Usage
    ) {
        self.workID = workID
        self.jobID = jobID
        self.kind = kind
        self.seconds = seconds
        self.memoryMB = memoryMB
        self.used = used
    }
}

/// What a job, or all jobs of some time, have used.
package struct JobUsage: Sendable, Equatable {
    /// Wall seconds, each execution at least one: the least that is billed.
    package var seconds = 0.0
    /// Gigabyte-seconds of instances whose memory is known.
    package var gbSeconds = 0.0
    /// Seconds of instances whose memory no setting says.
    package var unsizedSeconds = 0.0
    package var executions: Int64 = 0
    /// Seconds for which database connections were held or waited for.
    package var databaseSeconds = 0.0
    package var blobReads: Int64 = 0
    package var blobWrites: Int64 = 0

    package init() {}
}
