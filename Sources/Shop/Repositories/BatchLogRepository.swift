package import FoundationEssentials
package import Postgres

/// Ticks in a row that started no job for the same reason.
package struct SkippedTicks: Sendable, Equatable {
    package var firstAt: Date
    package var lastAt: Date
    package var count: Int
    package var reason: String
}

/// Log lines of jobs, and of ticks that started none.
package struct BatchLogRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// Adds a line to a job's log.
    package func append(jobID: String, level: BatchLogEntry.Level, _ message: String) async throws {
        _ = try await database.execute(
            "INSERT INTO batch_job_logs (job_id, level, message) VALUES (\(jobID), \(level.rawValue), \(message))"
        )
    }

    /// A job's lines in order, from after `afterID`; `nil` as job reads the ticks that started none.
    package func list(jobID: String?, afterID: Int64 = 0, limit: Int = 1_000) async throws -> [BatchLogEntry] {
        try await database.query(
            """
            SELECT id, job_id, logged_at, level, message FROM batch_job_logs
            WHERE job_id IS NOT DISTINCT FROM \(jobID)::text AND id > \(afterID) ORDER BY id LIMIT \(Int64(limit))
            """
        ).map { row in
            BatchLogEntry(
                id: try row.decode(Int64.self, at: 0),
                jobID: try row.decode(String?.self, at: 1),
                loggedAt: try row.decode(Date.self, at: 2),
                level: BatchLogEntry.Level(rawValue: try row.decode(String.self, at: 3)) ?? .info,
                message: try row.decode(String.self, at: 4)
            )
        }
    }

    /// The newest ticks that started no job, newest first; of ticks in a row that say the same, one with their number.
    /// - Parameter limit: of ticks that are looked at.
    package func skippedTicks(limit: Int = 500) async throws -> [SkippedTicks] {
        let rows = try await database.query(
            "SELECT logged_at, message FROM batch_job_logs WHERE job_id IS NULL ORDER BY id DESC LIMIT \(limit)"
        )
        var skipped: [SkippedTicks] = []
        for row in rows {
            let (time, reason) = (try row.decode(Date.self, at: 0), try row.decode(String.self, at: 1))
            if let last = skipped.last, last.reason == reason {
                skipped[skipped.count - 1].count += 1
                skipped[skipped.count - 1].firstAt = time
            } else {
                skipped.append(SkippedTicks(firstAt: time, lastAt: time, count: 1, reason: reason))
            }
        }
        return skipped
    }

    /// How many lines a job has.
    package func count(jobID: String) async throws -> Int {
        try await database.query("SELECT count(*) FROM batch_job_logs WHERE job_id = \(jobID)")[0].decode(
            Int.self,
            at: 0
        )
    }

    /// Adds the line of a tick that started no job, and removes those older than this many days: one every five minutes is 288 a
    /// day.
    package func appendTick(_ message: String, keepingDays days: Int) async throws {
        _ = try await database.execute(
            """
            WITH old AS (DELETE FROM batch_job_logs
                WHERE job_id IS NULL AND logged_at < now() - make_interval(days => \(Int32(days))))
            INSERT INTO batch_job_logs (level, message) VALUES ('info', \(message))
            """
        )
    }
}
