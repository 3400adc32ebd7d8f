package import FoundationEssentials
package import Postgres

/// A message that is to be sent by whoever claimed it.
package struct DueNotification: Sendable, Equatable {
    package enum Subject: Sendable, Equatable {
        case job(String)
        /// The lists that everybody is served, and since when they are there.
        case staleLists(generation: Int64, since: Date)
    }

    /// The same for every attempt and every process.
    package var id: String
    package var subject: Subject
    /// This one included.
    package var attempt: Int
}

/// Messages about full runs and stale lists: each is sent by one process at a time, until it was taken.
///
/// Nothing is written when a job ends: what is due follows from the rows of jobs, so a process that is killed anywhere leaves it
/// to the next. One that is killed between sending and recording sends again: receivers compare ids.
package struct NotificationRepository: Sendable {
    private let database: PostgresClient

    /// Attempts after which a message is given up.
    package static let attemptLimit = 12

    package init(database: PostgresClient) {
        self.database = database
    }

    /// Claims the oldest message that is due: of a full run that ended within a day, or of live lists older than `maximumAge`.
    /// - Parameters:
    ///   - maximumAge: seconds.
    ///   - claim: how long nobody else sends it.
    package func claim(maximumAge: Int, for claim: Duration) async throws -> DueNotification? {
        let row = try await database.query(
            """
            WITH candidates AS (
                SELECT job_id AS id, job_id, NULL::bigint AS generation, completed_at AS since FROM batch_jobs
                WHERE job_type = 'full' AND (status = 'failed' OR status = 'completed' AND generation IS NOT NULL)
                    AND completed_at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp()
                UNION ALL
                SELECT 'stale-' || g.generation, NULL, g.generation, g.created_at FROM live l
                JOIN generations g ON g.generation = l.generation
                WHERE l.variant = 'default'
                    AND g.created_at < clock_timestamp() - \(Double(maximumAge)) * interval '1 second'
            ), claimed AS (
                INSERT INTO notifications AS n (notification_id, attempts, not_before)
                SELECT c.id, 1, clock_timestamp() + \(claim / .seconds(1)) * interval '1 second' FROM candidates c
                LEFT JOIN notifications k ON k.notification_id = c.id
                WHERE k.notification_id IS NULL OR k.sent_at IS NULL AND k.attempts < \(Int64(Self.attemptLimit))
                    AND k.not_before <= clock_timestamp()
                ORDER BY c.since, c.id LIMIT 1
                ON CONFLICT (notification_id) DO UPDATE SET attempts = n.attempts + 1, not_before = excluded.not_before
                    WHERE n.sent_at IS NULL AND n.not_before <= clock_timestamp()
                RETURNING notification_id, attempts
            )
            SELECT c.id, c.job_id, c.generation, c.since, claimed.attempts FROM claimed
            JOIN candidates c ON c.id = claimed.notification_id
            """
        ).first
        guard let row else { return nil }
        let subject: DueNotification.Subject
        if let jobID = try row.decode(String?.self, at: 1) {
            subject = .job(jobID)
        } else {
            subject = .staleLists(
                generation: try row.decode(Int64.self, at: 2),
                since: try row.decode(Date.self, at: 3)
            )
        }
        return DueNotification(
            id: try row.decode(String.self, at: 0),
            subject: subject,
            attempt: Int(try row.decode(Int32.self, at: 4))
        )
    }

    /// Records that it was taken.
    package func sent(_ id: String) async throws {
        _ = try await database.execute(
            """
            UPDATE notifications SET sent_at = clock_timestamp(), last_error = NULL WHERE notification_id = \(id)
            """
        )
    }

    /// Records a failure.
    /// - Parameter pause: until the next attempt; nil gives the message up.
    package func failed(_ id: String, error: String, pause: Duration?) async throws {
        _ = try await database.execute(
            """
            UPDATE notifications SET last_error = \(error),
                attempts = CASE WHEN \(pause == nil) THEN \(Int64(Self.attemptLimit)) ELSE attempts END,
                not_before = clock_timestamp() + \((pause ?? .zero) / .seconds(1)) * interval '1 second'
            WHERE notification_id = \(id) AND sent_at IS NULL
            """
        )
    }

    /// Removes rows that no message can follow from any more. Those of stale lists stay while the lists are live.
    package func removeOld() async throws {
        _ = try await database.execute(
            """
            DELETE FROM notifications WHERE not_before < clock_timestamp() - interval '30 days'
                AND notification_id NOT IN (SELECT 'stale-' || generation FROM live)
            """
        )
    }
}
