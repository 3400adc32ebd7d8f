import FoundationEssentials
package import Postgres

/// Batch jobs: the rows that are the queue, the lease and the history.
package struct BatchJobRepository: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    private static let columns: SQLQuery = """
        job_id, job_type, trigger, variant, status, requested_at, started_at, completed_at, error_message, stage, progress, \
        metrics::text AS metrics, data_cut, catalogue_version, as_of, model_version, generation, attempts, lease_owner, \
        recommender::text AS recommender, plan::text AS plan, scoring_since, \
        lease_until, fencing_token, rejected, status = 'running' AND NOT \(Lease.isHeld) AS is_abandoned
        """

    // MARK: - Lease

    /// Takes the right to run: an unfinished job whose holder's lease has ended comes first, then the oldest pending one, then
    /// a new one, for `variant`, if `newJob` names a trigger. The fencing token is drawn from a sequence, so each holder's is higher than any
    /// before. The connections of a holder that was replaced are ended, so that a paused process keeps no row locked; not if
    /// it still holds another lease, because it is alive then.
    package func acquire(
        _ type: BatchJob.JobType = .full,
        owner: String,
        leaseDuration: Duration,
        newJob trigger: BatchJob.Trigger?,
        variant: Variant = .default
    ) async throws -> LeaseOutcome {
        let seconds = leaseDuration / .seconds(1)
        do {
            let (outcome, replaced) = try await database.withTransaction(.init(lockTimeout: .seconds(5))) {
                connection in
                try await Self.acquire(
                    type,
                    owner: owner,
                    seconds: seconds,
                    trigger: trigger,
                    variant: variant,
                    on: connection
                )
            }
            if let replaced { try await endWork(on: replaced, owner) }
            return outcome
        } catch let error as PostgresError where error.code == .server(.uniqueViolation) {
            // Two processes inserted at once; the index let one through.
            guard let running = try await running(type) else { throw error }
            return .busy(running)
        }
    }

    private static func acquire(
        _ type: BatchJob.JobType,
        owner: String,
        seconds: Double,
        trigger: BatchJob.Trigger?,
        variant: Variant,
        on connection: PostgresConnection
    ) async throws -> (LeaseOutcome, replaced: BatchJob?) {
        let running = try await connection.query(
            "SELECT \(columns) FROM batch_jobs WHERE status = 'running' AND job_type = \(type.rawValue) FOR UPDATE"
        )
        if let job = try running.first.map(Self.job) {
            guard job.isAbandoned else { return (.busy(job), nil) }
            return (try await Self.grant(job.jobID, owner: owner, seconds: seconds, on: connection), job)
        }
        let pending = try await connection.query(
            """
            SELECT job_id FROM batch_jobs WHERE status = 'pending' AND job_type = \(type.rawValue)
            ORDER BY requested_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED
            """
        )
        if let jobID = try pending.first?.decode(String.self, at: 0) {
            return (try await Self.grant(jobID, owner: owner, seconds: seconds, on: connection), nil)
        }
        guard let trigger else { return (.nothing, nil) }
        let inserted = try await connection.query(
            """
            INSERT INTO batch_jobs (job_type, trigger, variant, status)
            VALUES (\(type.rawValue), \(trigger.rawValue), \(variant.name), 'pending') RETURNING job_id
            """
        )
        let jobID = try inserted[0].decode(String.self, at: 0)
        return (try await Self.grant(jobID, owner: owner, seconds: seconds, on: connection), nil)
    }

    /// Ends what is left of the work of a job's last holder: its connections, and its claims of the job's chunks.
    private func endWork(on job: BatchJob, _ owner: String) async throws {
        guard let replaced = job.leaseOwner else { return }
        if replaced != owner { try await Lease.endConnections(of: replaced, losing: job.jobID, database) }
        _ = try await database.execute(
            """
            UPDATE batch_chunks SET lease_until = clock_timestamp()
            WHERE job_id = \(job.jobID) AND lease_owner = \(replaced) AND status = 'pending' AND \(Lease.isHeld)
            """
        )
    }

    private static func grant(
        _ jobID: String,
        owner: String,
        seconds: Double,
        on connection: PostgresConnection
    ) async throws -> LeaseOutcome {
        let rows = try await connection.query(
            """
            UPDATE batch_jobs SET status = 'running', started_at = coalesce(started_at, clock_timestamp()),
                as_of = coalesce(as_of, clock_timestamp()), attempts = attempts + 1, lease_owner = \(owner),
                lease_until = clock_timestamp() + make_interval(secs => \(seconds)), lease_seconds = \(seconds),
                fencing_token = nextval('fencing_token')
            WHERE job_id = \(jobID) RETURNING \(columns)
            """
        )
        guard let row = rows.first else { return .nothing }
        let job = try job(row)
        let token = try row.decode(Int64.self, "fencing_token")
        return .granted(job, BatchLease(jobID: jobID, jobType: job.jobType, fencingToken: token, owner: owner))
    }

    /// Extends the lease. Throws `LeaseLost` when it has ended, even if nobody took it since: what has ended stays ended.
    package func renew(_ lease: BatchLease, for duration: Duration) async throws {
        try await update(
            lease,
            "lease_until = clock_timestamp() + make_interval(secs => \(duration / .seconds(1)))"
        )
    }

    /// Gives an unfinished job back, so that the next tick goes on at once instead of waiting for the lease to end.
    /// - Returns: `false` when it was not this holder's any more.
    @discardableResult
    package func release(_ lease: BatchLease) async throws -> Bool {
        try await database.execute(
            """
            UPDATE batch_jobs SET lease_until = clock_timestamp()
            WHERE job_id = \(lease.jobID) AND fencing_token = \(lease.fencingToken) AND status = 'running'
            """
        ) == 1
    }

    /// Takes a planned job that was handed over, to finish it or to score the rest of it.
    /// - Returns: `busy` when somebody holds it, `nothing` when it is not running any more.
    package func resume(_ jobID: String, owner: String, leaseDuration: Duration) async throws -> LeaseOutcome {
        try await database.withTransaction(.init(lockTimeout: .seconds(5))) { connection in
            let rows = try await connection.query(
                "SELECT \(Self.columns) FROM batch_jobs WHERE job_id = \(jobID) AND status = 'running' FOR UPDATE"
            )
            guard let job = try rows.first.map(Self.job) else { return .nothing }
            guard job.isAbandoned else { return .busy(job) }
            return try await Self.grant(jobID, owner: owner, seconds: leaseDuration / .seconds(1), on: connection)
        }
    }

    /// Gives a planned job back for other processes to score its chunks.
    package func handOver(_ lease: BatchLease, metricsJSON: String) async throws {
        try await update(
            lease,
            """
            stage = 'scoring', scoring_since = coalesce(scoring_since, clock_timestamp()), metrics = \(JSONText(metricsJSON)),
            lease_owner = NULL, lease_until = clock_timestamp()
            """
        )
    }

    // MARK: - Progress

    /// Fixes the job's input: the data it sees and the settings it works with. Written once; a resumed job keeps the first
    /// holder's.
    package func fixInput(
        _ lease: BatchLease,
        dataCut: Int64,
        catalogueVersion: Int64,
        recommenderJSON: String
    ) async throws {
        try await update(
            lease,
            """
            data_cut = \(dataCut), catalogue_version = \(catalogueVersion), recommender = \(JSONText(recommenderJSON))
            """
        )
    }

    /// Stores what choosing a model found.
    package func storeEvaluation(_ lease: BatchLease, json: String) async throws {
        try await update(lease, "evaluation = \(JSONText(json))")
    }

    /// What choosing a model found in a job; nil when it did not choose.
    package func evaluation(of jobID: String) async throws -> String? {
        try await database.query("SELECT evaluation::text FROM batch_jobs WHERE job_id = \(jobID)").first?
            .decode(String?.self, at: 0)
    }

    /// The newest evaluation of all jobs for a variant; nil before the first.
    package func newestEvaluation(of variant: Variant = .default) async throws -> (jobID: String, json: String)? {
        try await database.query(
            """
            SELECT job_id, evaluation::text FROM batch_jobs WHERE evaluation IS NOT NULL AND variant = \(variant.name)
            ORDER BY fencing_token DESC NULLS LAST LIMIT 1
            """
        ).first.map { (try $0.decode(String.self, at: 0), try $0.decode(String.self, at: 1)) }
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

    /// Ends the job without a new generation: completed (nothing to do) or failed with its reason. What it loaded is marked
    /// for dropping, which makes housekeeping due after a full run; what is live stays as it was.
    /// - Parameters:
    ///   - isRejected: whether it failed because its model or lists did worse than they must.
    ///   - metricsJSON: nil leaves the figures as they were last reported.
    package func finish(
        _ lease: BatchLease,
        status: BatchJob.Status,
        error: String?,
        isRejected: Bool = false,
        metricsJSON: String? = nil
    ) async throws {
        try await database.withTransaction(.init(lockTimeout: .seconds(10))) { connection in
            try await lease.confirm(on: connection)
            _ = try await connection.execute(
                """
                UPDATE batch_jobs SET status = \(status.rawValue), error_message = \(error), rejected = \(isRejected),
                    lease_until = NULL, stage = CASE WHEN \(status == .completed) THEN 'completed' ELSE stage END,
                    progress = CASE WHEN \(status == .completed) THEN 100 ELSE progress END,
                    completed_at = clock_timestamp(), metrics = coalesce(\(metricsJSON.map(JSONText.init)), metrics)
                WHERE job_id = \(lease.jobID)
                """
            )
            _ = try await connection.execute(
                "UPDATE generations SET status = 'failed' WHERE job_id = \(lease.jobID) AND status = 'building'"
            )
            guard status == .failed, lease.jobType == .full else { return }
            try await HousekeepingRepository.request(for: lease.jobID, isCompleted: false, on: connection)
        }
    }

    private func update(_ lease: BatchLease, _ assignments: SQLQuery) async throws {
        let changed = try await database.execute(
            """
            UPDATE batch_jobs SET \(assignments) WHERE job_id = \(lease.jobID) AND fencing_token = \(lease.fencingToken)
                AND status = 'running' AND lease_until > clock_timestamp()
            """
        )
        guard changed == 1 else { throw LeaseLost(jobID: lease.jobID, fencingToken: lease.fencingToken) }
    }

    // MARK: - Requests and queries

    /// Asks for a run by hand. One of each type waits or runs at a time.
    package func enqueue(
        _ type: BatchJob.JobType = .full,
        trigger: BatchJob.Trigger,
        idempotencyKey: String?
    ) async throws -> EnqueueOutcome {
        try await database.withTransaction(.init(lockTimeout: .seconds(5))) { connection in
            // Two requests at once must not both see an empty queue.
            _ = try await connection.execute("LOCK TABLE batch_jobs IN SHARE ROW EXCLUSIVE MODE")
            if let idempotencyKey {
                let replay = try await connection.query(
                    "SELECT \(Self.columns) FROM batch_jobs WHERE idempotency_key = \(idempotencyKey)"
                )
                if let row = replay.first { return .replayed(try Self.job(row)) }
            }
            let open = try await connection.query(
                """
                SELECT \(Self.columns) FROM batch_jobs
                WHERE status IN ('pending', 'running') AND job_type = \(type.rawValue) ORDER BY requested_at LIMIT 1
                """
            )
            if let row = open.first { return .busy(try Self.job(row)) }
            let inserted = try await connection.query(
                """
                INSERT INTO batch_jobs (job_type, trigger, status, idempotency_key)
                VALUES (\(type.rawValue), \(trigger.rawValue), 'pending', \(idempotencyKey)) RETURNING \(Self.columns)
                """
            )
            return .created(try Self.job(inserted[0]))
        }
    }

    /// One job.
    package func find(_ jobID: String) async throws -> BatchJob? {
        try await select("WHERE job_id = \(jobID)").first
    }

    /// The job of a type that is running, whether or not its holder is alive.
    package func running(_ type: BatchJob.JobType = .full) async throws -> BatchJob? {
        try await select("WHERE status = 'running' AND job_type = \(type.rawValue)").first
    }

    /// Everything that a tick and `/batch/status` ask about, in one statement and so of one moment. "Last" is by fencing token,
    /// which grows with each holder; a job's times may come from a wrong clock. A job of an experiment runs and waits like others, but
    /// is none of those that decide when everybody's lists are due.
    package func state(of type: BatchJob.JobType = .full) async throws -> BatchState {
        let ofType: SQLQuery = "SELECT job_id FROM batch_jobs WHERE job_type = \(type.rawValue) AND status ="
        let rows = try await database.query(
            """
            WITH picked AS (
                SELECT 'running' AS role, (\(ofType) 'running' LIMIT 1) AS id
                UNION ALL SELECT 'pending', (\(ofType) 'pending' ORDER BY requested_at, job_id LIMIT 1)
                UNION ALL SELECT 'last_completed', (\(ofType) 'completed' AND variant = 'default' ORDER BY fencing_token DESC NULLS LAST LIMIT 1)
                UNION ALL SELECT 'last_failed', (\(ofType) 'failed' AND variant = 'default' ORDER BY fencing_token DESC NULLS LAST LIMIT 1)
                UNION ALL SELECT 'last_with_lists', (\(ofType) 'completed' AND generation IS NOT NULL
                    AND variant = 'default' ORDER BY fencing_token DESC NULLS LAST LIMIT 1)
            ), facts AS (
                SELECT clock_timestamp() AS server_time, (SELECT coalesce(max(id), 0) FROM interactions) AS newest_event,
                    (SELECT coalesce(max(version), 0) FROM catalogue_version) AS current_catalogue,
                    (SELECT max(erased_at) FROM erasures) AS last_erasure,
                    (SELECT value::text FROM app_config WHERE key = 'batch_schedule') AS schedule,
                    (SELECT job_id FROM housekeeping WHERE \(HousekeepingRepository.isDue)) AS housekeeping_job,
                    live.generation AS live_generation, live.model_version AS live_model
                FROM (VALUES (0)) AS one LEFT JOIN live ON live.variant = \(Variant.default.name)
            )
            SELECT facts.*, picked.role, \(Self.columns)
            FROM facts LEFT JOIN (picked JOIN batch_jobs ON job_id = picked.id) ON true
            """
        )
        let jobs = try Dictionary(
            uniqueKeysWithValues: rows.filter { try $0.decode(String?.self, "role") != nil }
                .map { (try $0.decode(String.self, "role"), try Self.job($0)) }
        )
        let facts = rows[0]
        let model = try facts.decode(String?.self, "live_model")
        return BatchState(
            now: try facts.decode(Date.self, "server_time"),
            running: jobs["running"],
            pending: jobs["pending"],
            lastCompleted: jobs["last_completed"],
            lastFailed: jobs["last_failed"],
            lastWithLists: jobs["last_with_lists"],
            lastStartedAt: (jobs["running"] ?? jobs["last_completed"])?.startedAt,
            live: try facts.decode(Int64?.self, "live_generation").flatMap { generation in
                model.map { LivePointer(variant: .default, generation: generation, modelVersion: $0) }
            },
            newestEventID: try facts.decode(Int64.self, "newest_event"),
            catalogueVersion: try facts.decode(Int64.self, "current_catalogue"),
            lastErasureAt: try facts.decode(Date?.self, "last_erasure"),
            scheduleJSON: try facts.decode(String?.self, "schedule"),
            housekeepingJobID: try facts.decode(String?.self, "housekeeping_job")
        )
    }

    /// A page of jobs, newest first, and how many there are.
    package func list(
        page: Int,
        pageSize: Int,
        status: BatchJob.Status?,
        type: BatchJob.JobType? = nil
    ) async throws -> (items: [BatchJob], total: Int) {
        var condition: SQLQuery = "WHERE true"
        if let status { condition.append(" AND status = \(status.rawValue)") }
        if let type { condition.append(" AND job_type = \(type.rawValue)") }
        let total = try await database.query("SELECT count(*) FROM batch_jobs \(condition)")[0].decode(Int.self, at: 0)
        let items = try await select(
            "\(condition) ORDER BY requested_at DESC, job_id DESC LIMIT \(pageSize) OFFSET \((page - 1) * pageSize)"
        )
        return (items, total)
    }

    /// Ends a job by hand. Its holder, if there is one, can write nothing from then on; what it began is dropped.
    /// - Returns: whether it was open; nil when there is no such job.
    package func cancel(_ jobID: String) async throws -> Bool? {
        try await database.withTransaction(.init(lockTimeout: .seconds(10))) { connection in
            let row = try await connection.query(
                "SELECT status IN ('pending', 'running') FROM batch_jobs WHERE job_id = \(jobID) FOR NO KEY UPDATE"
            ).first
            guard let isOpen = try row?.decode(Bool.self, at: 0) else { return nil }
            guard isOpen else { return false }
            _ = try await connection.execute(
                """
                UPDATE batch_jobs SET status = 'cancelled', error_message = 'cancelled by an administrator',
                    lease_until = NULL, completed_at = clock_timestamp() WHERE job_id = \(jobID)
                """
            )
            _ = try await connection.execute(
                "UPDATE generations SET status = 'failed' WHERE job_id = \(jobID) AND status = 'building'"
            )
            try await HousekeepingRepository.request(for: jobID, isCompleted: false, on: connection)
            return true
        }
    }

    /// Ends the jobs that wait or run for variants which are not served any more.
    static func cancel(_ variants: [Variant], because reason: String, on connection: PostgresConnection) async throws {
        let cancelled = try await connection.query(
            """
            UPDATE batch_jobs SET status = 'cancelled', error_message = \(reason), lease_until = NULL,
                completed_at = clock_timestamp()
            WHERE status IN ('pending', 'running') AND variant = ANY(\(variants.map(\.name))) RETURNING job_id
            """
        ).map { try $0.decode(String.self, at: 0) }
        for jobID in cancelled {
            _ = try await connection.execute(
                "UPDATE generations SET status = 'failed' WHERE job_id = \(jobID) AND status = 'building'"
            )
            try await HousekeepingRepository.request(for: jobID, isCompleted: false, on: connection)
        }
    }

    private func select(_ rest: SQLQuery) async throws -> [BatchJob] {
        try await database.query("SELECT \(Self.columns) FROM batch_jobs \(rest)").map(Self.job)
    }

    private static func job(_ row: Row) throws -> BatchJob {
        BatchJob(
            jobID: try row.decode(String.self, "job_id"),
            jobType: BatchJob.JobType(rawValue: try row.decode(String.self, "job_type")) ?? .full,
            trigger: BatchJob.Trigger(rawValue: try row.decode(String.self, "trigger")) ?? .timer,
            variant: Variant(try row.decode(String.self, "variant")) ?? .default,
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
            recommenderJSON: try row.decode(String?.self, "recommender"),
            planJSON: try row.decode(String?.self, "plan"),
            scoringSince: try row.decode(Date?.self, "scoring_since"),
            attempts: try row.decode(Int32.self, "attempts"),
            leaseOwner: try row.decode(String?.self, "lease_owner"),
            leaseUntil: try row.decode(Date?.self, "lease_until"),
            fencingToken: try row.decode(Int64?.self, "fencing_token"),
            isRejected: try row.decode(Bool.self, "rejected"),
            isAbandoned: try row.decode(Bool.self, "is_abandoned")
        )
    }
}
