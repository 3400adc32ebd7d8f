import Postgres

/// Which jobs' rows and files stay.
extension BatchJobRepository {
    /// For each of these jobs that there is, the fencing token that may still write for it; nil when the job has ended.
    package func writers(of jobIDs: [String]) async throws -> [String: Int64?] {
        let rows = try await database.query(
            """
            SELECT job_id, CASE WHEN status IN ('pending', 'running') THEN coalesce(fencing_token, 0) END FROM batch_jobs
            WHERE job_id = ANY(\(jobIDs))
            """
        )
        return Dictionary(
            uniqueKeysWithValues: try rows.map {
                (try $0.decode(String.self, at: 0), try $0.decode(Int64?.self, at: 1))
            }
        )
    }

    /// Jobs whose manifests stay: the newest, those that have not ended, and those whose lists are still there.
    package func withReports(newest count: Int) async throws -> Set<String> {
        let rows = try await database.query(
            """
            (SELECT job_id FROM batch_jobs WHERE job_type = 'full' ORDER BY requested_at DESC, job_id DESC LIMIT \(Int64(count)))
            UNION SELECT job_id FROM batch_jobs WHERE status IN ('pending', 'running')
            UNION SELECT job_id FROM generations WHERE status IN ('building', 'live', 'retired')
            """
        )
        return Set(try rows.map { try $0.decode(String.self, at: 0) })
    }

    /// Removes jobs that refreshed lists and ended longer ago than this, with their logs: there can be one a minute.
    /// - Returns: how many.
    package func removeRefreshes(endedBefore days: Int) async throws -> Int {
        try await database.execute(
            """
            DELETE FROM batch_jobs WHERE job_type <> 'full' AND status NOT IN ('pending', 'running')
                AND completed_at < now() - make_interval(days => \(Int32(days)))
            """
        )
    }
}
