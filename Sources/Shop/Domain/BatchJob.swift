package import FoundationEssentials

/// A batch run as its row describes it; any instance can answer from it.
package struct BatchJob: Sendable, Equatable {
    package enum Status: String, Sendable, CaseIterable {
        case pending, running, completed, failed, cancelled
    }

    /// Who asked for the run.
    package enum Trigger: String, Sendable, CaseIterable {
        case timer, manual, api, cli
    }

    package var jobID: String
    package var jobType: String
    package var trigger: Trigger
    package var status: Status
    package var requestedAt: Date
    package var startedAt: Date?
    package var completedAt: Date?
    package var errorMessage: String?
    package var stage: String
    /// 0…100
    package var progress: Double
    /// JSON object of figures: counts, seconds per stage, peak memory.
    package var metricsJSON: String
    package var dataCut: Int64?
    package var catalogueVersion: Int64?
    /// The moment that time decay is counted from; fixed at the start so that a resumed or replayed run gives the same bytes.
    package var asOf: Date?
    package var modelVersion: String?
    package var generation: Int64?
    /// How many processes have worked on it.
    package var attempts: Int32
    package var leaseOwner: String?
    package var leaseUntil: Date?
    package var fencingToken: Int64?
    /// Marked running, but nobody holds its lease: its process was killed or gave it back.
    package var isAbandoned: Bool
}

/// The right to write for a job: compared in every transaction that writes for it.
package struct BatchLease: Sendable, Equatable {
    package var jobID: String
    package var fencingToken: Int64
    package var owner: String

    package init(jobID: String, fencingToken: Int64, owner: String) {
        self.jobID = jobID
        self.fencingToken = fencingToken
        self.owner = owner
    }
}

/// A slice of the job's users, in the job's user order.
package struct BatchChunk: Sendable, Equatable {
    package var number: Int32
    package var firstUser: Int32
    package var userCount: Int32

    package init(number: Int32, firstUser: Int32, userCount: Int32) {
        self.number = number
        self.firstUser = firstUser
        self.userCount = userCount
    }
}

/// One line of a job's log.
package struct BatchLogEntry: Sendable, Equatable {
    package enum Level: String, Sendable {
        case debug, info, warning, error
    }
    package var id: Int64
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
