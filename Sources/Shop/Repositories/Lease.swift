import Postgres

/// What the leases of jobs, of their chunks and of housekeeping have in common.
enum Lease {
    /// Whether a row's lease is held now. One that ends later than twice its length from now was written while the clock was
    /// wrong and counts as ended: fencing tokens keep a holder that is alive after all from writing.
    static let isHeld: SQLQuery = """
        coalesce(lease_until > clock_timestamp()
            AND lease_until < clock_timestamp() + make_interval(secs => 2 * coalesce(lease_seconds, 3600)), false)
        """

    /// Ends the connections of a process whose lease was taken over, so that one that is paused keeps no row locked; not if it
    /// holds another lease, because it is alive then. Batch connections carry their process's name.
    /// - Parameter jobID: the job that it has lost, whose chunks it may still have claimed.
    static func endConnections(of owner: String, losing jobID: String, _ database: PostgresClient) async throws {
        _ = try await database.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = \(owner) AND usename = current_user AND pid <> pg_backend_pid()
                AND NOT EXISTS (SELECT 1 FROM batch_jobs
                    WHERE lease_owner = \(owner) AND status = 'running' AND \(isHeld))
                AND NOT EXISTS (SELECT 1 FROM batch_chunks
                    WHERE lease_owner = \(owner) AND status = 'pending' AND job_id <> \(jobID) AND \(isHeld))
                AND NOT EXISTS (SELECT 1 FROM housekeeping WHERE lease_owner = \(owner) AND \(isHeld))
            """
        )
    }
}
