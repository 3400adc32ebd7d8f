package import Postgres

/// Rows of fitted models and the pointer to what is live.
package struct ModelRepository: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    static let columns: SQLQuery =
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

    /// One model.
    package func find(_ version: String) async throws -> ModelRecord? {
        var query: SQLQuery = "SELECT "
        query.append(Self.columns)
        query.append(" FROM models WHERE version = \(version)")
        return try await database.query(query).first.map(Self.record)
    }

    /// What is being served; `nil` before the first batch.
    package func live() async throws -> LivePointer? {
        try await database.read("SELECT generation, model_version FROM live WHERE variant = 'default'").first.map {
            row in
            LivePointer(generation: try row.decode(Int64.self, at: 0), modelVersion: try row.decode(String.self, at: 1))
        }
    }

    static func record(_ row: Row) throws -> ModelRecord {
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
