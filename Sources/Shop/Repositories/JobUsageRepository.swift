package import FoundationEssentials
package import Postgres
import Threading

/// What work on jobs has used: a row for each process that worked on one.
package struct JobUsageRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// Writes what a piece of work has used so far, in place of what it had said before.
    package func store(_ work: JobWork) async throws {
        _ = try await database.execute(
            """
            INSERT INTO job_usage AS u
                (work_id, job_id, kind, seconds, memory_mb, database_seconds, blob_reads, blob_writes)
            VALUES (\(work.workID), \(work.jobID), \(work.kind.rawValue), \(work.seconds), \(work.memoryMB.map(Int32.init)),
                \(work.used.databaseSeconds), \(Int64(work.used.blobReads)), \(Int64(work.used.blobWrites)))
            ON CONFLICT (work_id) DO UPDATE SET seconds = greatest(u.seconds, excluded.seconds),
                database_seconds = greatest(u.database_seconds, excluded.database_seconds),
                blob_reads = greatest(u.blob_reads, excluded.blob_reads),
                blob_writes = greatest(u.blob_writes, excluded.blob_writes)
            """
        )
    }

    private static let sums: SQLQuery = """
        sum(billed), coalesce(sum(billed * memory_mb / 1024.0), 0), coalesce(sum(billed) FILTER (WHERE memory_mb IS NULL), 0),
        count(*) FILTER (WHERE NOT is_part), sum(database_seconds), sum(blob_reads)::bigint, sum(blob_writes)::bigint
        """
    /// An execution is billed for a second at least; what is part of another's is not.
    private static let billed: SQLQuery = """
        SELECT *, kind IN ('completion', 'housekeeping') AS is_part,
            CASE WHEN kind IN ('completion', 'housekeeping') THEN seconds ELSE greatest(seconds, 1) END AS billed
        FROM job_usage
        """

    /// What each of these jobs has used; jobs that were not measured are missing.
    package func usage(of jobIDs: [String]) async throws -> [String: JobUsage] {
        guard !jobIDs.isEmpty else { return [:] }
        let rows = try await database.query(
            "SELECT job_id, \(Self.sums) FROM (\(Self.billed) WHERE job_id = ANY(\(jobIDs))) AS work GROUP BY job_id"
        )
        return try Dictionary(
            uniqueKeysWithValues: rows.map { (try $0.decode(String.self, at: 0), try Self.usage($0, from: 1)) }
        )
    }

    /// What all jobs have used whose work began from a time on. A month of refreshes each minute is 44,000 rows.
    package func total(since: Date) async throws -> JobUsage {
        let rows = try await database.query(
            "SELECT \(Self.sums) FROM (\(Self.billed) WHERE started_at >= \(since)) AS work HAVING count(*) > 0"
        )
        return try rows.first.map { try Self.usage($0, from: 0) } ?? JobUsage()
    }

    /// When the first work began that is known; nil before any.
    package func first() async throws -> Date? {
        try await database.query("SELECT min(started_at) FROM job_usage").first?.decode(Date?.self, at: 0)
    }

    /// Removes what nobody asks for any more: work that began more than a hundred days ago on jobs that are not there.
    package func removeOld() async throws {
        _ = try await database.execute(
            """
            DELETE FROM job_usage AS u WHERE started_at < clock_timestamp() - interval '100 days'
                AND NOT EXISTS (SELECT 1 FROM batch_jobs AS j WHERE j.job_id = u.job_id)
            """
        )
    }

    private static func usage(_ row: Row, from first: Int) throws -> JobUsage {
        var usage = JobUsage()
        usage.seconds = try row.decode(Double.self, at: first)
        usage.gbSeconds = try row.decode(Double.self, at: first + 1)
        usage.unsizedSeconds = try row.decode(Double.self, at: first + 2)
        usage.executions = try row.decode(Int64.self, at: first + 3)
        usage.databaseSeconds = try row.decode(Double.self, at: first + 4)
        usage.blobReads = try row.decode(Int64.self, at: first + 5)
        usage.blobWrites = try row.decode(Int64.self, at: first + 6)
        return usage
    }
}
