import Postgres

/// What asking for the lease led to.
package enum LeaseOutcome: Sendable {
    /// Granted for a new job, one that was pending, or one that another process left unfinished (`attempts` > 1).
    case granted(BatchJob, BatchLease)
    /// Another process holds a job and may still write.
    case busy(BatchJob)
    /// There was nothing to resume, nothing pending, and the caller did not ask for a new job.
    case nothing
}

extension BatchJobRepository {
    /// Takes the right to run: an unfinished job whose holder's lease has ended comes first, then the oldest pending one, then
    /// a new one if `newJob` names a trigger. The fencing token is drawn from a sequence, so each holder's is higher than any
    /// before. The connections of a holder that was replaced are ended, so that a paused process keeps no row locked.
    package func acquire(
        owner: String,
        leaseDuration: Duration,
        newJob trigger: BatchJob.Trigger?
    ) async throws -> LeaseOutcome {
        let seconds = Double(leaseDuration.components.seconds)
        do {
            let (outcome, replaced) = try await database.withTransaction(.init(lockTimeout: .seconds(5))) {
                connection in
                try await Self.acquire(owner: owner, seconds: seconds, trigger: trigger, on: connection)
            }
            if let replaced {
                _ = try await database.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name = \(replaced) AND usename = current_user AND pid <> pg_backend_pid()
                    """
                )
            }
            return outcome
        } catch let error as PostgresError where error.code == .server(.uniqueViolation) {
            // Two processes inserted at once; the index let one through.
            guard let running = try await running() else { throw error }
            return .busy(running)
        }
    }

    private static func acquire(
        owner: String,
        seconds: Double,
        trigger: BatchJob.Trigger?,
        on connection: PostgresConnection
    ) async throws -> (LeaseOutcome, replaced: String?) {
        if let (job, isAlive) = try await Self.lockRunning(on: connection) {
            guard !isAlive else { return (.busy(job), nil) }
            let granted = try await Self.grant(job.jobID, owner: owner, seconds: seconds, on: connection)
            return (granted, job.leaseOwner == owner ? nil : job.leaseOwner)
        }
        let pending = try await connection.query(
            """
            SELECT job_id FROM batch_jobs WHERE status = 'pending'
            ORDER BY requested_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED
            """
        )
        if let jobID = try pending.first?.decode(String.self, at: 0) {
            return (try await Self.grant(jobID, owner: owner, seconds: seconds, on: connection), nil)
        }
        guard let trigger else { return (.nothing, nil) }
        let inserted = try await connection.query(
            "INSERT INTO batch_jobs (trigger, status) VALUES (\(trigger.rawValue), 'pending') RETURNING job_id"
        )
        guard let jobID = try inserted.first?.decode(String.self, at: 0) else { return (.nothing, nil) }
        return (try await Self.grant(jobID, owner: owner, seconds: seconds, on: connection), nil)
    }

    private static func lockRunning(on connection: PostgresConnection) async throws -> (BatchJob, isAlive: Bool)? {
        var query: SQLQuery = "SELECT "
        query.append(columns)
        query.append(", lease_until > clock_timestamp() AS alive FROM batch_jobs WHERE status = 'running' FOR UPDATE")
        guard let row = try await connection.query(query).first else { return nil }
        return (try job(row), try row.decode(Bool.self, "alive"))
    }

    private static func grant(
        _ jobID: String,
        owner: String,
        seconds: Double,
        on connection: PostgresConnection
    ) async throws -> LeaseOutcome {
        var query: SQLQuery = """
            UPDATE batch_jobs SET status = 'running', started_at = coalesce(started_at, clock_timestamp()),
                as_of = coalesce(as_of, clock_timestamp()), attempts = attempts + 1, lease_owner = \(owner),
                lease_until = clock_timestamp() + make_interval(secs => \(seconds)),
                fencing_token = nextval('fencing_token')
            WHERE job_id = \(jobID) RETURNING
            """
        query.append(" ")
        query.append(columns)
        guard let row = try await connection.query(query).first else { return .nothing }
        let job = try job(row)
        let token = try row.decode(Int64.self, "fencing_token")
        return .granted(job, BatchLease(jobID: jobID, fencingToken: token, owner: owner))
    }

    /// Extends the lease. Throws `LeaseLost` when it has ended, even if nobody took it since: what has ended stays ended.
    package func renew(_ lease: BatchLease, for duration: Duration) async throws {
        let changed = try await database.execute(
            """
            UPDATE batch_jobs
            SET lease_until = clock_timestamp() + make_interval(secs => \(Double(duration.components.seconds)))
            WHERE job_id = \(lease.jobID) AND fencing_token = \(lease.fencingToken) AND status = 'running'
                AND lease_until > clock_timestamp()
            """
        )
        guard changed == 1 else { throw LeaseLost(jobID: lease.jobID, fencingToken: lease.fencingToken) }
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

    /// Whether what went wrong may go right on another connection a moment later: the database was restarted, is full, or
    /// ended this connection. Nothing is wrong with the job then.
    package static func isPassing(_ error: any Error) -> Bool {
        (error as? PostgresError)?.isTransient ?? false
    }
}
