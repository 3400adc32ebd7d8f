package import FoundationEssentials
package import Postgres

/// Customers in PostgreSQL.
package struct UserRepository: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    static let columns: SQLQuery =
        "id, user_id, email, display_name, preferences::text AS preferences, segment, created_at"

    /// One user by external id.
    package func find(_ userID: String) async throws -> User? {
        try await database.read("SELECT \(Self.columns) FROM users WHERE user_id = \(userID)").first.map(Self.user)
    }

    /// A page in byte order of user ids.
    /// - Parameters:
    ///   - page: 1-based.
    ///   - pageSize: 1…100.
    package func list(page: Int, pageSize: Int) async throws -> UserPage {
        try await database.withTransaction(.init(isolation: .repeatableRead, readOnly: true)) { connection in
            let items = try await connection.query(
                """
                SELECT \(Self.columns) FROM users ORDER BY user_id LIMIT \(pageSize) OFFSET \((page - 1) * pageSize)
                """
            ).map(Self.user)
            let total = try await connection.query("SELECT count(*) FROM users").first?.decode(Int64.self, at: 0) ?? 0
            return UserPage(items: items, total: Int(total))
        }
    }

    /// Adds a user.
    /// - Returns: the stored user, or `nil` when the id is taken.
    package func create(_ user: User) async throws -> User? {
        try await database.query(
            """
            INSERT INTO users (user_id, email, display_name, preferences, segment)
            VALUES (\(user.userID), \(user.email), \(user.displayName), \(JSONText(user.preferencesJSON)), \(user.segment))
            ON CONFLICT (user_id) DO NOTHING RETURNING \(Self.columns)
            """
        ).first.map(Self.user)
    }

    /// Replaces a user's preferences.
    /// - Returns: the stored user, or `nil` when there is none.
    package func setPreferences(_ userID: String, json: String) async throws -> User? {
        try await database.query(
            "UPDATE users SET preferences = \(JSONText(json)) WHERE user_id = \(userID) RETURNING \(Self.columns)"
        ).first.map(Self.user)
    }

    /// Writes the clusters of users, by number, where they have changed; segments of the shop's own stay.
    /// - Returns: how many were written.
    @discardableResult
    package func setClusters(_ clusters: [Int32], ofKeys keys: [Int64]) async throws -> Int {
        try await database.execute(
            """
            UPDATE users u SET segment = \(User.clusterPrefix) || c.number::text
            FROM unnest(\(keys), \(clusters)) AS c (key, number)
            WHERE u.id = c.key AND u.segment IS DISTINCT FROM \(User.clusterPrefix) || c.number::text
                AND (u.segment IS NULL OR starts_with(u.segment, \(User.clusterPrefix)))
            """
        )
    }

    /// External id of every user by key, by binary COPY.
    package func allIDs() async throws -> [Int64: String] {
        try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(900))) { connection in
            var ids: [Int64: String] = [:]
            try await connection.copyOut("COPY (SELECT id, user_id FROM users) TO STDOUT (FORMAT binary)") { row in
                ids[try row.int64(0)] = try row.string(1)
            }
            return ids
        }
    }

    /// Streams every customer in byte order of external ids, by binary COPY: the same users give the same file in any shop.
    package func export(_ receive: (ExportedUser) throws -> Void) async throws {
        try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(900))) { connection in
            try await connection.copyOut(
                "COPY (SELECT id, user_id, segment, created_at FROM users ORDER BY user_id) TO STDOUT (FORMAT binary)"
            ) { row in
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

    /// External ids of some customers by key; erased ones are left out.
    package func ids(ofKeys keys: [Int64]) async throws -> [Int64: String] {
        var ids: [Int64: String] = [:]
        for row in try await database.query("SELECT id, user_id FROM users WHERE id = ANY(\(keys))") {
            ids[try row.decode(Int64.self, at: 0)] = try row.decode(String.self, at: 1)
        }
        return ids
    }

    static func user(_ row: Row) throws -> User {
        User(
            key: try row.decode(Int64.self, "id"),
            userID: try row.decode(String.self, "user_id"),
            email: try row.decode(String?.self, "email"),
            displayName: try row.decode(String?.self, "display_name"),
            preferencesJSON: try row.decode(String.self, "preferences"),
            segment: try row.decode(String?.self, "segment"),
            createdAt: try row.decode(Date.self, "created_at")
        )
    }
}

/// A customer as a data set describes one: no name, no address.
package struct ExportedUser: Sendable {
    /// Internal key.
    package let key: Int64
    /// External id.
    package let userID: String
    package let segment: String?
    package let createdAt: Date
}
