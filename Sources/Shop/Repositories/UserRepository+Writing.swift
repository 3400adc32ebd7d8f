import Postgres

/// What the erasure of a user removed, by place.
package struct UserErasure: Sendable, Equatable {
    package var events: Int64 = 0
    /// Of all generations and of those made on demand.
    package var lists: Int64 = 0
    package var users: Int64 = 0
    /// Rows that name the user in any table, counted afterwards; 0 unless something is wrong.
    package var remaining: Int64 = 0
}

/// What a user can change of the own record; nil members stay, a nil inside removes.
package struct UserChange: Sendable, Equatable {
    package var email: String??
    package var displayName: String??
    package var segment: String??

    package init(email: String?? = nil, displayName: String?? = nil, segment: String?? = nil) {
        (self.email, self.displayName, self.segment) = (email, displayName, segment)
    }
}

extension UserRepository {
    /// - Returns: the stored user, or nil when there is none.
    package func update(_ userID: String, _ change: UserChange) async throws -> User? {
        try await database.query(
            """
            UPDATE users SET email = CASE WHEN \(change.email != nil) THEN \(change.email ?? nil) ELSE email END,
                display_name = CASE WHEN \(change.displayName != nil) THEN \(change.displayName ?? nil) ELSE display_name END,
                segment = CASE WHEN \(change.segment != nil) THEN \(change.segment ?? nil) ELSE segment END
            WHERE user_id = \(userID) RETURNING \(Self.columns)
            """
        ).first.map(Self.user)
    }

    /// Removes a user from every table: events, lists of all generations and on demand, the record; then looks for what is left.
    ///
    /// A batch that is at work may still write a list for the key. Nobody can ask for it, because look-ups go through the user's
    /// row, and it goes with its generation.
    /// - Returns: nil when there is no such user.
    package func erase(_ userID: String) async throws -> UserErasure? {
        try await database.withTransaction(.init(statementTimeout: .seconds(60), lockTimeout: .seconds(10))) {
            connection in
            // No event of the user can be recorded until this ends.
            let row = try await connection.query("SELECT id FROM users WHERE user_id = \(userID) FOR UPDATE").first
            guard let key = try row?.decode(Int64.self, at: 0) else { return nil }
            // A file of users may be ten minutes ahead of the clock (``EventTimeRule``).
            _ = try await connection.execute(
                "INSERT INTO erasures (user_since) SELECT created_at - interval '10 minutes' FROM users WHERE id = \(key)"
            )
            var erasure = UserErasure()
            erasure.events = Int64(try await connection.execute("DELETE FROM interactions WHERE user_key = \(key)"))
            erasure.lists = Int64(
                try await connection.execute("DELETE FROM recommendation_cache WHERE user_key = \(key)")
            )
            _ = try await connection.execute("DELETE FROM batch_quarantine WHERE user_key = \(key)")
            erasure.users = Int64(try await connection.execute("DELETE FROM users WHERE id = \(key)"))
            erasure.remaining = try await Self.rows(naming: key, on: connection)
            return erasure
        }
    }

    /// Rows of any table whose `user_key` is this one: tables that this file does not know of count too.
    private static func rows(naming key: Int64, on connection: PostgresConnection) async throws -> Int64 {
        let tables = try await connection.query(
            """
            SELECT c.relname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE a.attname = 'user_key' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                AND c.relnamespace = current_schema()::regnamespace
            """
        )
        var count: Int64 = 0
        for table in tables {
            let name = try table.decode(String.self, at: 0)
            count += try await connection.query(
                "SELECT count(*) FROM \(identifier: name) WHERE user_key = \(key)"
            )[0].decode(Int64.self, at: 0)
        }
        return count
    }
}
