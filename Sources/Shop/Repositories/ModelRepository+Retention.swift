import Postgres

extension ModelRepository {
    /// Marks the models whose files nothing needs any more, so that none of them is chosen from now on.
    ///
    /// A model is needed while it is live, while a generation made with it stands or is being made, while a job that has not
    /// ended names it, while `pinned` names it, and while it is among the newest `keep`.
    /// - Returns: the versions marked now; their files may go.
    package func retire(keep: Int, pinned: String?) async throws -> [String] {
        try await database.query(
            """
            UPDATE models m SET artifacts_deleted_at = clock_timestamp(),
                status = CASE m.status WHEN 'candidate' THEN 'retired' ELSE m.status END
            WHERE m.artifacts_deleted_at IS NULL AND m.status <> 'live' AND m.version IS DISTINCT FROM \(pinned)
                AND m.version NOT IN
                    (SELECT version FROM models ORDER BY created_at DESC, version DESC LIMIT \(Int64(keep)))
                AND NOT EXISTS (SELECT 1 FROM live l WHERE l.model_version = m.version)
                AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.model_version = m.version
                    AND g.status IN ('building', 'live', 'retired'))
                AND NOT EXISTS (SELECT 1 FROM batch_jobs j WHERE j.model_version = m.version
                    AND j.status IN ('pending', 'running'))
            RETURNING m.version
            """
        ).map { try $0.decode(String.self, at: 0) }.sorted()
    }

    /// Versions whose files were marked as gone, and those that have a row at all: what is in neither was never finished.
    package func versions() async throws -> (known: Set<String>, deleted: Set<String>) {
        let rows = try await database.query("SELECT version, artifacts_deleted_at IS NOT NULL FROM models")
        var (known, deleted): (Set<String>, Set<String>) = ([], [])
        for row in rows {
            let version = try row.decode(String.self, at: 0)
            known.insert(version)
            if try row.decode(Bool.self, at: 1) { deleted.insert(version) }
        }
        return (known, deleted)
    }
}
