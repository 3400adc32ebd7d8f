package import FoundationEssentials
package import Postgres

/// Which stored files hold somebody who was erased since. A file holds them when what it was made from was read after they came
/// and before they were erased.
package struct ErasureRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// What was read for a model: when its job began, before it took its cut.
    private static let isHeld: SQLQuery = """
        m.artifacts_deleted_at IS NULL AND EXISTS (SELECT 1 FROM erasures e WHERE e.user_since <= m.created_at AND e.erased_at >=
            coalesce((SELECT min(j.as_of) FROM batch_jobs j WHERE j.model_version = m.version), m.created_at))
        """

    /// Nothing is made or served with it at the moment.
    private static func isFree(_ pinned: String?) -> SQLQuery {
        """
        m.version IS DISTINCT FROM \(pinned) AND NOT EXISTS (SELECT 1 FROM live l WHERE l.model_version = m.version)
            AND NOT EXISTS (SELECT 1 FROM batch_jobs j
                WHERE j.model_version = m.version AND j.status IN ('pending', 'running'))
        """
    }

    /// Of these moments at which data were read, those whose files hold somebody who was erased.
    package func held(among moments: [Date]) async throws -> Set<Date> {
        let rows = try await database.query(
            """
            SELECT DISTINCT n FROM unnest(\(moments.map(\.timeIntervalSince1970))) WITH ORDINALITY AS t (seconds, n)
            JOIN erasures ON extract(epoch FROM user_since) <= seconds + 1 AND extract(epoch FROM erased_at) >= seconds
            """
        )
        return Set(try rows.map { moments[Int(try $0.decode(Int64.self, at: 0)) - 1] })
    }

    /// Models with files that hold somebody who was erased.
    package func heldModels() async throws -> [String] {
        try await database.query("SELECT m.version FROM models m WHERE \(Self.isHeld) ORDER BY m.version")
            .map { try $0.decode(String.self, at: 0) }
    }

    /// Marks those of them that nothing is made or served with, so that none of them is chosen from now on: not even for a
    /// rollback. What is live goes when another model has taken its place.
    package func markHeldModels(pinned: String?) async throws {
        _ = try await database.execute(
            """
            UPDATE models m SET artifacts_deleted_at = clock_timestamp(),
                status = CASE m.status WHEN 'candidate' THEN 'retired' ELSE m.status END
            WHERE \(Self.isHeld) AND \(Self.isFree(pinned))
            """
        )
    }
}
