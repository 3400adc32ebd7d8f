import FoundationEssentials
import Postgres

extension ModelRepository {
    /// A page of models, newest first, with their generations, and how many there are.
    package func list(page: Int, pageSize: Int, status: StoredModel.Status?) async throws -> (
        items: [StoredModel], total: Int
    ) {
        var condition: SQLQuery = "true"
        if let status { condition = "m.status = \(status.rawValue)" }
        var count: SQLQuery = "SELECT count(*) FROM models m WHERE "
        count.append(condition)
        let total = try await database.query(count).first?.decode(Int64.self, at: 0) ?? 0
        condition.append(
            " ORDER BY m.created_at DESC, m.version DESC LIMIT \(pageSize) OFFSET \((page - 1) * pageSize)"
        )
        return (try await stored(condition), Int(total))
    }

    /// One model with its generations.
    package func stored(version: String) async throws -> StoredModel? {
        try await stored("m.version = \(version)").first
    }

    private func stored(_ condition: SQLQuery) async throws -> [StoredModel] {
        var query: SQLQuery = "SELECT "
        query.append(Self.columns)
        query.append(", status, created_at, artifacts_deleted_at FROM models m WHERE ")
        query.append(condition)
        var models = try await database.query(query).map { row in
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
}
