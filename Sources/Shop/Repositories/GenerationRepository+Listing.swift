import FoundationEssentials
import Postgres

extension GenerationRepository {
    /// A page of generations, newest first, and how many there are.
    package func list(page: Int, pageSize: Int, status: GenerationRecord.Status?) async throws -> (
        items: [GenerationRecord], total: Int
    ) {
        var condition: SQLQuery = "true"
        if let status { condition = "g.status = \(status.rawValue)" }
        var count: SQLQuery = "SELECT count(*) FROM generations g WHERE "
        count.append(condition)
        let total = try await database.query(count).first?.decode(Int64.self, at: 0) ?? 0
        let query = Self.selection(condition, limit: pageSize, offset: (page - 1) * pageSize)
        return (try await database.query(query).map(Self.record), Int(total))
    }

    /// Generations that were made with any of these models, newest first.
    package func made(with models: [String]) async throws -> [GenerationRecord] {
        try await database.query(Self.selection("g.model_version = ANY(\(models))", limit: nil, offset: 0))
            .map(Self.record)
    }

    static func records(_ condition: SQLQuery, on connection: PostgresConnection) async throws -> [GenerationRecord] {
        try await connection.query(selection(condition, limit: nil, offset: 0)).map(record)
    }

    private static func selection(_ condition: SQLQuery, limit: Int?, offset: Int) -> SQLQuery {
        var query: SQLQuery = """
            SELECT g.generation, g.job_id, g.model_version, g.data_cut, g.status, g.list_count, g.created_at, g.live_at, \
            g.retired_at, m.artifacts_deleted_at IS NOT NULL
            FROM generations g JOIN models m ON m.version = g.model_version WHERE
            """
        query.append(" ")
        query.append(condition)
        query.append(" ORDER BY g.generation DESC")
        if let limit { query.append(" LIMIT \(limit) OFFSET \(offset)") }
        return query
    }

    private static func record(_ row: Row) throws -> GenerationRecord {
        GenerationRecord(
            generation: try row.decode(Int64.self, at: 0),
            jobID: try row.decode(String.self, at: 1),
            modelVersion: try row.decode(String.self, at: 2),
            dataCut: try row.decode(Int64.self, at: 3),
            status: GenerationRecord.Status(rawValue: try row.decode(String.self, at: 4)) ?? .failed,
            listCount: try row.decode(Int64.self, at: 5),
            createdAt: try row.decode(Date.self, at: 6),
            liveAt: try row.decode(Date?.self, at: 7),
            retiredAt: try row.decode(Date?.self, at: 8),
            isArtifactDeleted: try row.decode(Bool.self, at: 9)
        )
    }
}
