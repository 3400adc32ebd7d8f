import FoundationEssentials
package import Postgres

/// What asking for a run by hand led to.
package enum EnqueueOutcome: Sendable {
    case created(BatchJob)
    /// The same idempotency key was used before: its job.
    case replayed(BatchJob)
    /// A job is pending or running already.
    case busy(BatchJob)
}

/// Batch jobs: the rows that are the queue, the lease and the history.
package struct BatchJobRepository: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    static let columns: SQLQuery = """
        job_id, job_type, trigger, status, requested_at, started_at, completed_at, error_message, stage, progress, \
        metrics::text AS metrics, data_cut, catalogue_version, as_of, model_version, generation, attempts, lease_owner, \
        lease_until, fencing_token
        """

    // MARK: - Progress

    /// Fixes the job's input: the data it sees. Written once; a resumed job keeps the first holder's cut.
    package func fixInput(_ lease: BatchLease, dataCut: Int64, catalogueVersion: Int64) async throws {
        try await update(
            lease,
            "data_cut = \(dataCut), catalogue_version = \(catalogueVersion)"
        )
    }

    /// Records which model the job's lists are made with.
    package func fixModel(_ lease: BatchLease, version: String) async throws {
        try await update(lease, "model_version = \(version)")
    }

    /// Moves stage, progress (0…100) and figures.
    package func report(_ lease: BatchLease, stage: String, progress: Double, metricsJSON: String) async throws {
        try await update(
            lease,
            "stage = \(stage), progress = greatest(progress, \(progress)), metrics = \(JSONText(metricsJSON))"
        )
    }

    /// Adds what was measured after the flip to a completed job of this holder.
    package func completeMetrics(_ lease: BatchLease, metricsJSON: String) async throws {
        _ = try await database.execute(
            """
            UPDATE batch_jobs SET metrics = \(JSONText(metricsJSON))
            WHERE job_id = \(lease.jobID) AND fencing_token = \(lease.fencingToken) AND status = 'completed'
            """
        )
    }

    /// Ends the job without a new generation: completed (nothing to do) or failed with its reason. What it loaded is marked
    /// for dropping; what is live stays as it was.
    package func finish(_ lease: BatchLease, status: BatchJob.Status, error: String?, metricsJSON: String) async throws
    {
        try await database.withTransaction(.init(lockTimeout: .seconds(10))) { connection in
            try await lease.confirm(on: connection)
            _ = try await connection.execute(
                """
                UPDATE batch_jobs SET status = \(status.rawValue), error_message = \(error), lease_until = NULL,
                    completed_at = clock_timestamp(), metrics = \(JSONText(metricsJSON)) WHERE job_id = \(lease.jobID)
                """
            )
            _ = try await connection.execute(
                "UPDATE generations SET status = 'failed' WHERE job_id = \(lease.jobID) AND status = 'building'"
            )
        }
    }

    private func update(_ lease: BatchLease, _ assignments: SQLQuery) async throws {
        var query: SQLQuery = "UPDATE batch_jobs SET "
        query.append(assignments)
        query.append(
            """
             WHERE job_id = \(lease.jobID) AND fencing_token = \(lease.fencingToken) AND status = 'running'
                AND lease_until > clock_timestamp()
            """
        )
        guard try await database.execute(query) == 1 else {
            throw LeaseLost(jobID: lease.jobID, fencingToken: lease.fencingToken)
        }
    }

    // MARK: - Asking and looking

    /// Asks for a run by hand. One waits or runs at a time.
    package func enqueue(trigger: BatchJob.Trigger, idempotencyKey: String?) async throws -> EnqueueOutcome {
        try await database.withTransaction(.init(lockTimeout: .seconds(5))) { connection in
            // Two requests at once must not both see an empty queue.
            _ = try await connection.execute("LOCK TABLE batch_jobs IN SHARE ROW EXCLUSIVE MODE")
            if let idempotencyKey {
                var replay: SQLQuery = "SELECT "
                replay.append(Self.columns)
                replay.append(" FROM batch_jobs WHERE idempotency_key = \(idempotencyKey)")
                if let row = try await connection.query(replay).first { return .replayed(try Self.job(row)) }
            }
            var open: SQLQuery = "SELECT "
            open.append(Self.columns)
            open.append(" FROM batch_jobs WHERE status IN ('pending', 'running') ORDER BY requested_at LIMIT 1")
            if let row = try await connection.query(open).first { return .busy(try Self.job(row)) }
            var insert: SQLQuery = """
                INSERT INTO batch_jobs (trigger, status, idempotency_key)
                VALUES (\(trigger.rawValue), 'pending', \(idempotencyKey)) RETURNING
                """
            insert.append(" ")
            insert.append(Self.columns)
            guard let row = try await connection.query(insert).first else {
                throw LeaseLost(jobID: "new job", fencingToken: 0)
            }
            return .created(try Self.job(row))
        }
    }

    /// One job.
    package func find(_ jobID: String) async throws -> BatchJob? {
        try await select(" WHERE job_id = \(jobID)").first
    }

    /// The job that is running, whether or not its holder is alive.
    package func running() async throws -> BatchJob? {
        try await select(" WHERE status = 'running'").first
    }

    /// The oldest job that waits to be started.
    package func pending() async throws -> BatchJob? {
        try await select(" WHERE status = 'pending' ORDER BY requested_at, job_id LIMIT 1").first
    }

    /// The newest job with one of these states.
    package func newest(_ statuses: [BatchJob.Status]) async throws -> BatchJob? {
        try await select(
            " WHERE status = ANY(\(statuses.map(\.rawValue))) ORDER BY requested_at DESC, job_id DESC LIMIT 1"
        ).first
    }

    /// The newest job that wrote lists which went live.
    package func newestWithLists() async throws -> BatchJob? {
        try await select(
            " WHERE status = 'completed' AND generation IS NOT NULL ORDER BY requested_at DESC, job_id DESC LIMIT 1"
        ).first
    }

    /// A page of jobs, newest first, and how many there are.
    package func list(page: Int, pageSize: Int, status: BatchJob.Status?) async throws -> (
        items: [BatchJob], total: Int
    ) {
        var condition: SQLQuery = ""
        if let status { condition.append(" WHERE status = \(status.rawValue)") }
        var count: SQLQuery = "SELECT count(*) FROM batch_jobs"
        count.append(condition)
        let total = try await database.query(count).first?.decode(Int64.self, at: 0) ?? 0
        condition.append(
            " ORDER BY requested_at DESC, job_id DESC LIMIT \(pageSize) OFFSET \((page - 1) * pageSize)"
        )
        return (try await select(condition), Int(total))
    }

    private func select(_ rest: SQLQuery) async throws -> [BatchJob] {
        var query: SQLQuery = "SELECT "
        query.append(Self.columns)
        query.append(" FROM batch_jobs")
        query.append(rest)
        return try await database.query(query).map(Self.job)
    }

    static func job(_ row: Row) throws -> BatchJob {
        BatchJob(
            jobID: try row.decode(String.self, "job_id"),
            jobType: try row.decode(String.self, "job_type"),
            trigger: BatchJob.Trigger(rawValue: try row.decode(String.self, "trigger")) ?? .timer,
            status: BatchJob.Status(rawValue: try row.decode(String.self, "status")) ?? .failed,
            requestedAt: try row.decode(Date.self, "requested_at"),
            startedAt: try row.decode(Date?.self, "started_at"),
            completedAt: try row.decode(Date?.self, "completed_at"),
            errorMessage: try row.decode(String?.self, "error_message"),
            stage: try row.decode(String.self, "stage"),
            progress: try row.decode(Double.self, "progress"),
            metricsJSON: try row.decode(String.self, "metrics"),
            dataCut: try row.decode(Int64?.self, "data_cut"),
            catalogueVersion: try row.decode(Int64?.self, "catalogue_version"),
            asOf: try row.decode(Date?.self, "as_of"),
            modelVersion: try row.decode(String?.self, "model_version"),
            generation: try row.decode(Int64?.self, "generation"),
            attempts: try row.decode(Int32.self, "attempts"),
            leaseOwner: try row.decode(String?.self, "lease_owner"),
            leaseUntil: try row.decode(Date?.self, "lease_until"),
            fencingToken: try row.decode(Int64?.self, "fencing_token")
        )
    }
}
