import FoundationEssentials
import Postgres

extension GenerationRepository {
    /// Streams the lists of a generation that stands, in the order of user keys; nothing when its table is gone.
    /// - Returns: whether the table is there.
    package func lists(
        _ generation: Int64,
        _ receive: (_ userKey: Int64, _ list: ListKind, _ payload: String) throws -> Void
    ) async throws -> Bool {
        try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(900))) { connection in
            let table = Self.table(generation)
            let found = try await connection.query("SELECT 1 FROM pg_class WHERE oid = to_regclass(\(table)::text)")
            guard !found.isEmpty else { return false }
            let rows = connection.copyOut(
                """
                COPY (SELECT user_key, list::text, recommended_products::text FROM \(identifier: table) ORDER BY user_key, list)
                TO STDOUT (FORMAT binary)
                """
            )
            for try await batch in rows {
                for row in batch.rows {
                    guard let list = ListKind(rawValue: try row.string(1)) else { continue }
                    try receive(try row.int64(0), list, try row.string(2))
                }
            }
            return true
        }
    }
}
