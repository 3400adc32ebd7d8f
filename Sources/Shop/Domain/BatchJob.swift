package import FoundationEssentials

/// A batch run as its row describes it; any instance can answer from it.
package struct BatchJob: Sendable, Equatable {
    /// Pending jobs wait for a process; running ones have a holder, or had one that was killed; the others have ended.
    package enum Status: String, Sendable, CaseIterable {
        case pending, running, completed, failed, cancelled
    }

    /// Who asked for the run.
    package enum Trigger: String, Sendable, CaseIterable {
        case timer, manual, api, cli
        /// A process that serves requests, while the host's timer is silent.
        case standIn = "stand_in"

        /// Whether a person asked, so that no schedule is consulted.
        package var isByHand: Bool { self != .timer && self != .standIn }
    }

    /// What is made. One job of each type runs at a time, beside those of the others.
    package enum JobType: String, Sendable, CaseIterable {
        /// A generation: everybody's lists, with a model that is fitted for it.
        case full
        /// Lists of customers with events after their list's cut, with the live model, into the overlay.
        case incremental
        /// The same for customers who were active lately and whose list is stale; a bounded number a run.
        case activeUsers = "active_users"
    }

    package var jobID: String
    package var jobType: JobType
    package var trigger: Trigger
    /// Whose lists a full run makes.
    package var variant: Variant
    package var status: Status
    package var requestedAt: Date
    package var startedAt: Date?
    package var completedAt: Date?
    /// Why it failed; nil otherwise.
    package var errorMessage: String?
    /// The step it is at, as its log and metrics name it.
    package var stage: String
    /// 0…100
    package var progress: Double
    /// JSON object of figures: counts, seconds per stage, peak memory.
    package var metricsJSON: String
    /// The highest event id that it reads; nil until the cut was taken.
    package var dataCut: Int64?
    /// The version of the catalogue before it was read.
    package var catalogueVersion: Int64?
    /// The moment that time decay is counted from; fixed at the start so that a resumed or replayed run gives the same bytes.
    package var asOf: Date?
    /// The model that its lists are made with; nil until it was fixed.
    package var modelVersion: String?
    /// Its generation of lists; nil until it was opened.
    package var generation: Int64?
    /// JSON of the `recommender` settings that it works with; nil until its input was fixed.
    package var recommenderJSON: String?
    /// JSON of what it was planned over; nil until its generation was opened.
    package var planJSON: String?
    /// Since when its chunks have waited for other processes; nil of a job that its holder scores.
    package var scoringSince: Date?
    /// How many processes have held its lease.
    package var attempts: Int32
    /// The process that holds or last held the lease.
    package var leaseOwner: String?
    /// When the lease ends; nil once the job has ended.
    package var leaseUntil: Date?
    /// Grows with each holder of any job; only the latest may write.
    package var fencingToken: Int64?
    /// It failed because its model or lists did worse than they must.
    package var isRejected: Bool
    /// Marked running, but nobody holds its lease: its process was killed or gave it back.
    package var isAbandoned: Bool

    /// Planned, and given back for other processes to score its chunks: nobody holds it and nobody was killed.
    package var isHandedOver: Bool { status == .running && scoringSince != nil && leaseOwner == nil }
}

/// The right to write for a job: compared in every transaction that writes for it.
package struct BatchLease: Sendable, Equatable {
    package var jobID: String
    package var jobType: BatchJob.JobType
    package var fencingToken: Int64
    package var owner: String
}

/// One line of a job's log.
package struct BatchLogEntry: Sendable, Equatable {
    package enum Level: String, Sendable {
        case debug, info, warning, error
    }
    /// Grows with time; the cursor of the log's pages.
    package var id: Int64
    /// Nil for a tick that started no job.
    package var jobID: String?
    package var loggedAt: Date
    package var level: Level
    package var message: String
}

/// The holder's lease ended or another process took the job over: nothing was written.
package struct LeaseLost: Error, Sendable, CustomStringConvertible {
    package var jobID: String
    package var fencingToken: Int64

    package init(jobID: String, fencingToken: Int64) {
        self.jobID = jobID
        self.fencingToken = fencingToken
    }

    package var description: String {
        "the lease of \(jobID) with fencing token \(fencingToken) has ended; another process may hold it now"
    }
}
