import Postgres

extension BatchJobRepository {
    /// Jobs whose manifests stay: the newest, those that have not ended, and those whose generation stands.
    package func withReports(newest count: Int) async throws -> Set<String> {
        let rows = try await database.query(
            """
            (SELECT job_id FROM batch_jobs ORDER BY requested_at DESC, job_id DESC LIMIT \(Int64(count)))
            UNION SELECT job_id FROM batch_jobs WHERE status IN ('pending', 'running')
            UNION SELECT job_id FROM generations WHERE status IN ('building', 'live', 'retired')
            """
        )
        return Set(try rows.map { try $0.decode(String.self, at: 0) })
    }
}
