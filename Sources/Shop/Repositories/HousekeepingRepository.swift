package import Postgres

/// The right to do housekeeping for a job.
package struct HousekeepingLease: Sendable, Equatable {
    /// The job that has ended.
    package var jobID: String
    package var fencingToken: Int64
}

/// Housekeeping as work with a lease of its own: the row says for which job it is due, who does it and when it is tried again.
///
/// It becomes due in the transaction that ends a job, so a process that is killed between the two leaves it for the next tick.
package struct HousekeepingRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// Longest pause after a failure.
    private static let longestPause: SQLQuery = "interval '1 hour'"

    /// Whether it is there to be done: nobody does it, and it did not fail a moment ago. A pause longer than any that is written
    /// comes from a wrong clock and is over.
    static let isDue: SQLQuery = """
        job_id IS NOT NULL AND NOT \(Lease.isHeld) AND (not_before IS NULL
            OR not_before NOT BETWEEN clock_timestamp() AND clock_timestamp() + \(longestPause))
        """

    /// Says in the transaction that ends a job that housekeeping is due. What a completed job asked for stays when a later job
    /// fails, because it is more: a data set too.
    static func request(for jobID: String, isCompleted: Bool, on connection: PostgresConnection) async throws {
        _ = try await connection.execute(request(for: jobID, isCompleted: isCompleted))
    }

    /// Says outside of any job's end that there is something to clean up; nothing before the first job that made lists.
    package func request() async throws {
        _ = try await database.execute(
            """
            UPDATE housekeeping SET attempts = 0, not_before = NULL, job_id = coalesce(job_id, (SELECT job_id FROM batch_jobs
                WHERE status = 'completed' AND generation IS NOT NULL ORDER BY fencing_token DESC NULLS LAST LIMIT 1))
            """
        )
    }

    /// Says outside of any job's end that there is something to clean up.
    package func request(for jobID: String) async throws {
        _ = try await database.execute(Self.request(for: jobID, isCompleted: false))
    }

    private static func request(for jobID: String, isCompleted: Bool) -> SQLQuery {
        """
        UPDATE housekeeping SET attempts = 0, not_before = NULL,
            job_id = CASE WHEN \(isCompleted) THEN \(jobID) ELSE coalesce(job_id, \(jobID)) END
        """
    }

    /// Takes the right to do it.
    /// - Returns: nil when nothing is due.
    package func acquire(owner: String, leaseDuration: Duration) async throws -> HousekeepingLease? {
        let seconds = leaseDuration / .seconds(1)
        return try await database.query(
            """
            UPDATE housekeeping SET attempts = attempts + 1, not_before = NULL, lease_owner = \(owner), lease_seconds = \(seconds),
                lease_until = clock_timestamp() + make_interval(secs => \(seconds)), fencing_token = nextval('fencing_token')
            WHERE \(Self.isDue) RETURNING job_id, fencing_token
            """
        ).first.map { row in
            HousekeepingLease(
                jobID: try row.decode(String.self, at: 0),
                fencingToken: try row.decode(Int64.self, at: 1)
            )
        }
    }

    /// Extends the lease. Throws `LeaseLost` when it has ended.
    package func renew(_ lease: HousekeepingLease, for duration: Duration) async throws {
        let changed = try await database.execute(
            """
            UPDATE housekeeping SET lease_until = clock_timestamp() + make_interval(secs => \(duration / .seconds(1)))
            WHERE fencing_token = \(lease.fencingToken) AND lease_until > clock_timestamp()
            """
        )
        guard changed == 1 else { throw LeaseLost(jobID: lease.jobID, fencingToken: lease.fencingToken) }
    }

    /// Gives the lease back, so that the next tick goes on at once.
    package func release(_ lease: HousekeepingLease) async throws {
        _ = try await database.execute(
            "UPDATE housekeeping SET lease_until = NULL WHERE fencing_token = \(lease.fencingToken)"
        )
    }

    /// Ends this holder's work and adds its time to the job's figures. Housekeeping stays due when a step failed, for a try after
    /// a pause that doubles from one minute to an hour, and when another job has asked for it meanwhile.
    package func finish(_ lease: HousekeepingLease, hasFailed: Bool, seconds: Double) async throws {
        _ = try await database.execute(
            """
            WITH ended AS (
                UPDATE housekeeping SET lease_until = NULL,
                    job_id = CASE WHEN job_id = \(lease.jobID) AND NOT \(hasFailed) THEN NULL ELSE job_id END,
                    not_before = CASE WHEN job_id = \(lease.jobID) AND \(hasFailed) THEN clock_timestamp()
                        + least(\(Self.longestPause), interval '1 minute' * power(2, least(attempts, 10) - 1)) END
                WHERE fencing_token = \(lease.fencingToken) RETURNING 1
            )
            UPDATE batch_jobs SET metrics = jsonb_set(metrics, '{seconds,housekeeping}', to_jsonb(\(seconds)))
            WHERE job_id = \(lease.jobID) AND EXISTS (SELECT 1 FROM ended)
            """
        )
    }
}
