import FoundationEssentials
package import Postgres

/// Rows of fitted models and the pointer to what is live.
package struct ModelRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    private static let columns: SQLQuery =
        "version, algorithm, parameters::text, metrics::text, artifact_path, sha256, data_cut"

    /// Records a saved model as a candidate; saving the same version again changes nothing.
    package func insert(_ model: ModelRecord) async throws {
        _ = try await database.execute(Self.insertion(of: model))
    }

    /// Records a saved model and fixes it as the one that the job's lists are made with, in one transaction that compares the
    /// fencing token: a holder that lost the job leaves no trace.
    package func insert(_ model: ModelRecord, for lease: BatchLease) async throws {
        try await database.withTransaction(.init(lockTimeout: .seconds(10))) { connection in
            _ = try await connection.execute(Self.insertion(of: model))
            _ = try await connection.execute(
                "UPDATE batch_jobs SET model_version = \(model.version) WHERE job_id = \(lease.jobID)"
            )
            try await lease.confirm(on: connection)
        }
    }

    private static func insertion(of model: ModelRecord) -> SQLQuery {
        """
        INSERT INTO models (version, algorithm, parameters, metrics, artifact_path, sha256, data_cut, status)
        VALUES (\(model.version), \(model.algorithm), \(JSONText(model.parametersJSON)),
            \(JSONText(model.metricsJSON)), \(model.artifactPath), \(model.sha256), \(model.dataCut), 'candidate')
        ON CONFLICT (version) DO NOTHING
        """
    }

    /// Marks a model that must not go live, with the reason in words.
    package func reject(_ version: String, reason: String) async throws {
        _ = try await database.execute(
            "UPDATE models SET status = 'rejected', rejection = \(reason) WHERE version = \(version) AND status = 'candidate'"
        )
    }

    /// One model.
    package func find(_ version: String) async throws -> ModelRecord? {
        try await database.query("SELECT \(Self.columns) FROM models WHERE version = \(version)").first.map(Self.record)
    }

    /// What a variant is served; `nil` before the first batch.
    package func live(_ variant: Variant = .default) async throws -> LivePointer? {
        try await database.read(LivePointer.selection(of: variant)).first.map(LivePointer.init)
    }

    /// What is served to anybody, a pointer a variant.
    package func allLive() async throws -> [LivePointer] {
        try await database.read("\(LivePointer.selection) ORDER BY variant").map(LivePointer.init)
    }

    /// A page of models, newest first, with their generations, and how many there are.
    package func list(page: Int, pageSize: Int, status: StoredModel.Status?) async throws -> (
        items: [StoredModel], total: Int
    ) {
        let condition: SQLQuery = if let status { "m.status = \(status.rawValue)" } else { "true" }
        let total = try await database.query("SELECT count(*) FROM models m WHERE \(condition)")[0]
            .decode(Int.self, at: 0)
        let items = try await stored(
            """
            \(condition) ORDER BY m.created_at DESC, m.version DESC LIMIT \(pageSize) OFFSET \((page - 1) * pageSize)
            """
        )
        return (items, total)
    }

    /// One model with its generations.
    package func stored(version: String) async throws -> StoredModel? {
        try await stored("m.version = \(version)").first
    }

    private func stored(_ condition: SQLQuery) async throws -> [StoredModel] {
        var models = try await database.query(
            "SELECT \(Self.columns), status, created_at, artifacts_deleted_at FROM models m WHERE \(condition)"
        ).map { row in
            StoredModel(
                record: try Self.record(row),
                status: StoredModel.Status(rawValue: try row.decode(String.self, at: 7)) ?? .rejected,
                createdAt: try row.decode(Date.self, at: 8),
                artifactsDeletedAt: try row.decode(Date?.self, at: 9),
                generations: []
            )
        }
        guard !models.isEmpty else { return [] }
        let generations = try await GenerationRepository(database: database).made(with: models.map(\.record.version))
        let byModel = Dictionary(grouping: generations, by: \.modelVersion)
        for index in models.indices { models[index].generations = byModel[models[index].record.version] ?? [] }
        return models
    }

    /// Marks the models whose files nothing needs any more, so that none of them is chosen from now on.
    ///
    /// A model is needed while it is live, while a generation made with it is there or is being made, while a job that has not
    /// ended names it, while `pinned` names it, and while it is among the newest `retaining`.
    /// - Returns: the versions marked now; their files may be deleted.
    package func markUnused(retaining count: Int, pinned: String?) async throws -> [String] {
        try await database.query(
            """
            UPDATE models m SET artifacts_deleted_at = clock_timestamp(),
                status = CASE m.status WHEN 'candidate' THEN 'retired' ELSE m.status END
            WHERE m.artifacts_deleted_at IS NULL AND m.status <> 'live' AND m.version IS DISTINCT FROM \(pinned)
                AND m.version NOT IN
                    (SELECT version FROM models ORDER BY created_at DESC, version DESC LIMIT \(Int64(count)))
                AND NOT EXISTS (SELECT 1 FROM live l WHERE l.model_version = m.version)
                AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.model_version = m.version
                    AND g.status IN ('building', 'live', 'retired'))
                AND NOT EXISTS (SELECT 1 FROM batch_jobs j WHERE j.model_version = m.version
                    AND j.status IN ('pending', 'running'))
            RETURNING m.version
            """
        ).map { try $0.decode(String.self, at: 0) }.sorted()
    }

    /// Versions that have a row, and those of them whose files may be deleted.
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

    private static func record(_ row: Row) throws -> ModelRecord {
        ModelRecord(
            version: try row.decode(String.self, at: 0),
            algorithm: try row.decode(String.self, at: 1),
            parametersJSON: try row.decode(String.self, at: 2),
            metricsJSON: try row.decode(String.self, at: 3),
            artifactPath: try row.decode(String.self, at: 4),
            sha256: try row.decode(String.self, at: 5),
            dataCut: try row.decode(Int64.self, at: 6)
        )
    }
}
