package import Postgres

/// What became of a request with an idempotency key.
package enum IdempotencyClaim: Sendable, Equatable {
    /// Nobody used the key before: the request is to be carried out.
    case first
    /// It was carried out.
    /// - Parameter body: nil where the answer is not kept.
    case done(status: Int, body: String?)
    /// The first request is still being carried out.
    case underWay
    /// The key belongs to a request that asked for something else.
    case otherRequest
}

/// Keys of requests that are carried out once. A key is known for a day.
package struct IdempotencyRepository: Sendable {
    private let database: PostgresClient

    /// A claim that is older belongs to a process that died: no request may take so long.
    private static let abandonedAfter: SQLQuery = "interval '5 minutes'"

    package init(database: PostgresClient) {
        self.database = database
    }

    /// Takes a key for a request.
    /// - Parameters:
    ///   - operation: keys of different operations are different keys.
    ///   - request: digest of what is asked for.
    package func claim(_ key: String, of operation: String, request: String) async throws -> IdempotencyClaim {
        try await database.withTransaction(.init(lockTimeout: .seconds(5))) { connection in
            _ = try await connection.execute(
                "DELETE FROM idempotency_keys WHERE claimed_at < now() - interval '1 day'"
            )
            let isFirst =
                try await connection.execute(
                    """
                    INSERT INTO idempotency_keys (operation, key, request) VALUES (\(operation), \(key), \(request))
                    ON CONFLICT DO NOTHING
                    """
                ) > 0
            guard !isFirst else { return .first }
            let known = try await connection.query(
                """
                SELECT request, status, answer, claimed_at < now() - \(Self.abandonedAfter) FROM idempotency_keys
                WHERE operation = \(operation) AND key = \(key) FOR UPDATE
                """
            ).first
            // Released a moment ago: whoever sends the request once more finds the key free.
            guard let known else { return .underWay }
            guard try known.decode(String.self, at: 0) == request else { return .otherRequest }
            if let status = try known.decode(Int?.self, at: 1) {
                return .done(status: status, body: try known.decode(String?.self, at: 2))
            }
            guard try known.decode(Bool.self, at: 3) else { return .underWay }
            _ = try await connection.execute(
                "UPDATE idempotency_keys SET claimed_at = now() WHERE operation = \(operation) AND key = \(key)"
            )
            return .first
        }
    }

    /// Keeps the answer of a request that was carried out.
    package func complete(_ key: String, of operation: String, status: Int, body: String?) async throws {
        _ = try await database.execute(
            """
            UPDATE idempotency_keys SET status = \(status), answer = \(body)
            WHERE operation = \(operation) AND key = \(key)
            """
        )
    }

    /// Frees the key of a request that was refused or failed.
    package func release(_ key: String, of operation: String) async throws {
        _ = try await database.execute(
            "DELETE FROM idempotency_keys WHERE operation = \(operation) AND key = \(key) AND status IS NULL"
        )
    }
}
