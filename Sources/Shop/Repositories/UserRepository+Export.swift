package import FoundationEssentials
import Postgres

/// A customer as a data set describes one: no name, no address.
package struct ExportedUser: Sendable {
    package let key: Int64
    package let userID: String
    package let segment: String?
    package let createdAt: Date
}

extension UserRepository {
    /// Streams every customer in byte order of external ids, by binary COPY: the same users give the same file in any shop.
    package func export(_ receive: (ExportedUser) throws -> Void) async throws {
        try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(900))) { connection in
            let rows = connection.copyOut(
                "COPY (SELECT id, user_id, segment, created_at FROM users ORDER BY user_id) TO STDOUT (FORMAT binary)"
            )
            for try await batch in rows {
                for row in batch.rows {
                    try receive(
                        ExportedUser(
                            key: try row.int64(0),
                            userID: try row.string(1),
                            segment: row.isNull(2) ? nil : try row.string(2),
                            createdAt: try row.date(3)
                        )
                    )
                }
            }
        }
    }

    /// External ids of some customers; those that are gone are not in it.
    package func ids(ofKeys keys: [Int64]) async throws -> [Int64: String] {
        var ids: [Int64: String] = [:]
        for row in try await database.query("SELECT id, user_id FROM users WHERE id = ANY(\(keys))") {
            ids[try row.decode(Int64.self, at: 0)] = try row.decode(String.self, at: 1)
        }
        return ids
    }
}
