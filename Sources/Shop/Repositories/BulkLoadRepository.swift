import FoundationEssentials
package import Postgres

/// What a bulk load changed. `interactionsAdded + duplicates + unknownProducts` is what was staged.
package struct BulkLoadSummary: Sendable, Equatable {
    package var productsAdded = 0
    package var productsUpdated = 0
    package var usersAdded = 0
    package var interactionsStaged = 0
    package var interactionsAdded = 0
    /// Staged events whose id was there before.
    package var duplicates = 0
    /// Staged events of products that neither the load nor the catalogue has.
    package var unknownProducts = 0
}

/// Loads products, users and events in one transaction: all of it or nothing, and twice the same is the same as once.
package struct BulkLoadRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// Runs `body` with a session whose staging tables live as long as the transaction, then merges them. An error thrown by
    /// `body` leaves the database as it was.
    package func load(_ body: (BulkLoadSession) async throws -> Void) async throws -> BulkLoadSummary {
        let options = TransactionOptions(statementTimeout: .seconds(3_600), maximumRetries: 0)
        let summary = try await database.withTransaction(options) { connection in
            let session = BulkLoadSession(connection: connection)
            try await session.createStagingTables()
            try await body(session)
            return try await session.merge()
        }
        try await database.withConnection { connection in
            for table in ["products", "users", "interactions"] {
                _ = try await connection.execute("ANALYZE \(identifier: table)")
            }
        }
        return summary
    }
}

/// Staging of one load. Batches are pulled, so a load of any size holds one batch in memory.
package struct BulkLoadSession {
    let connection: PostgresConnection

    func createStagingTables() async throws {
        _ = try await connection.execute(
            """
            CREATE TEMPORARY TABLE staged_products (
                product_id text, name text, description text, category text, price_minor bigint, currency text,
                stock integer, metadata jsonb) ON COMMIT DROP
            """
        )
        _ = try await connection.execute(
            """
            CREATE TEMPORARY TABLE staged_users (
                user_id text, email text, display_name text, preferences jsonb) ON COMMIT DROP
            """
        )
        _ = try await connection.execute(
            """
            CREATE TEMPORARY TABLE staged_interactions (
                event_id text, user_id text COLLATE "C", product_id text COLLATE "C", interaction_type interaction_type,
                value real, timestamp timestamptz, session_id text, order_id text) ON COMMIT DROP
            """
        )
    }

    /// Stages products until `next` returns `nil`.
    package func stageProducts(_ next: () throws -> [Product]?) async throws {
        _ = try await connection.copyIn("COPY staged_products FROM STDIN (FORMAT binary)", columns: 8) { writer in
            while let batch = try next() {
                try await writer.writeRows(batch) { product, out in
                    out.append(product.productID)
                    out.append(product.name)
                    out.append(product.description)
                    out.append(product.category)
                    out.append(product.priceMinor)
                    out.append(product.currency)
                    out.append(product.stock)
                    out.append(jsonb: Array(product.metadataJSON.utf8))
                }
            }
        }
    }

    /// Stages users until `next` returns `nil`. Users that only events name need not be staged.
    package func stageUsers(_ next: () throws -> [User]?) async throws {
        _ = try await connection.copyIn("COPY staged_users FROM STDIN (FORMAT binary)", columns: 4) { writer in
            while let batch = try next() {
                try await writer.writeRows(batch) { user, out in
                    out.append(user.userID)
                    out.append(optional: user.email)
                    out.append(optional: user.displayName)
                    out.append(jsonb: Array(user.preferencesJSON.utf8))
                }
            }
        }
    }

    /// Stages events until `next` returns `nil`.
    package func stageInteractions(_ next: () throws -> [NewInteraction]?) async throws {
        _ = try await connection.copyIn("COPY staged_interactions FROM STDIN (FORMAT binary)", columns: 8) { writer in
            while let batch = try next() {
                try await writer.writeRows(batch) { event, out in
                    out.append(event.eventID)
                    out.append(event.userID)
                    out.append(event.productID)
                    out.append(event.type.rawValue)
                    out.append(optional: event.value)
                    out.append(event.timestamp)
                    out.append(optional: event.sessionID)
                    out.append(optional: event.orderID)
                }
            }
        }
    }

    func merge() async throws -> BulkLoadSummary {
        var summary = BulkLoadSummary()
        _ = try await connection.execute("ANALYZE staged_products")
        _ = try await connection.execute("ANALYZE staged_interactions")
        try await mergeProducts(&summary)
        summary.usersAdded = try await connection.execute(
            """
            INSERT INTO users (user_id, email, display_name, preferences)
            SELECT DISTINCT ON (user_id) user_id, email, display_name, coalesce(preferences, '{}')
            FROM (SELECT user_id, email, display_name, preferences, 0 AS preference FROM staged_users
                  UNION ALL SELECT DISTINCT user_id, NULL, NULL, NULL::jsonb, 1 FROM staged_interactions) AS named
            ORDER BY user_id, preference
            ON CONFLICT (user_id) DO NOTHING
            """
        )
        _ = try await connection.execute("ANALYZE users")
        try await mergeInteractions(&summary)
        return summary
    }

    private func mergeProducts(_ summary: inout BulkLoadSummary) async throws {
        let counts = try await connection.query(
            """
            WITH merged AS (
                INSERT INTO products AS p (product_id, name, description, category, price_minor, currency, stock, metadata)
                SELECT DISTINCT ON (product_id)
                    product_id, name, description, category, price_minor, currency, stock, metadata
                FROM staged_products ORDER BY product_id
                ON CONFLICT (product_id) DO UPDATE SET name = excluded.name, description = excluded.description,
                    category = excluded.category, price_minor = excluded.price_minor, currency = excluded.currency,
                    stock = excluded.stock, metadata = excluded.metadata, updated_at = now()
                WHERE (p.name, p.description, p.category, p.price_minor, p.currency, p.stock, p.metadata)
                    IS DISTINCT FROM (excluded.name, excluded.description, excluded.category, excluded.price_minor,
                        excluded.currency, excluded.stock, excluded.metadata)
                RETURNING xmax = 0 AS added
            )
            SELECT count(*) FILTER (WHERE added), count(*) FILTER (WHERE NOT added) FROM merged
            """
        )
        guard let row = counts.first else { return }
        summary.productsAdded = Int(try row.decode(Int64.self, at: 0))
        summary.productsUpdated = Int(try row.decode(Int64.self, at: 1))
        _ = try await connection.execute("ANALYZE products")
    }

    /// Takes foreign keys and secondary indexes off an empty table and gives the statements that put them back: checking and
    /// sorting all rows once is a third of the work of doing it row by row. Nobody else is held up, because there is nothing
    /// to read in an empty table, and an error puts everything back with the transaction.
    private func dropForFirstLoad() async throws -> [String] {
        let indexes = try await connection.query(
            """
            SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = 'interactions'::regclass AND NOT i.indisunique
            """
        )
        let keys = try await connection.query(
            """
            SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = 'interactions'::regclass AND contype = 'f'
            """
        )
        var rebuild: [String] = []
        for row in indexes {
            _ = try await connection.execute("DROP INDEX \(identifier: try row.decode(String.self, at: 0))")
            rebuild.append(try row.decode(String.self, at: 1))
        }
        for row in keys {
            let name = try row.decode(String.self, at: 0)
            _ = try await connection.execute("ALTER TABLE interactions DROP CONSTRAINT \(identifier: name)")
            let definition = try row.decode(String.self, at: 1)
            rebuild.append("ALTER TABLE interactions ADD CONSTRAINT \"\(name)\" \(definition)")
        }
        return rebuild
    }

    private func mergeInteractions(_ summary: inout BulkLoadSummary) async throws {
        let hasLists = try await !connection.query("SELECT 1 FROM live").isEmpty
        if hasLists {
            // The rule of InteractionRepository.record: a user's row is locked before event ids are drawn.
            _ = try await connection.execute(
                """
                SELECT 1 FROM users WHERE user_id IN (SELECT user_id FROM staged_interactions)
                ORDER BY id FOR NO KEY UPDATE
                """
            )
        }
        let before =
            try await connection.query("SELECT max(id) FROM interactions").first?.decode(Int64?.self, at: 0) ?? 0
        let rebuild = before == 0 ? try await dropForFirstLoad() : []
        summary.interactionsAdded = try await connection.execute(
            """
            INSERT INTO interactions
                (event_id, user_key, product_key, interaction_type, value, timestamp, session_id, order_id)
            SELECT s.event_id, u.id, p.id, s.interaction_type, s.value, s.timestamp, s.session_id, s.order_id
            FROM staged_interactions s JOIN users u USING (user_id) JOIN products p USING (product_id)
            ON CONFLICT (event_id) DO NOTHING
            """
        )
        for statement in rebuild { _ = try await connection.execute("\(unescaped: statement)") }
        let staged = try await connection.query(
            """
            SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
                SELECT 1 FROM products p WHERE p.product_id = s.product_id)) FROM staged_interactions s
            """
        ).first
        summary.interactionsStaged = Int(try staged?.decode(Int64.self, at: 0) ?? 0)
        summary.unknownProducts = Int(try staged?.decode(Int64.self, at: 1) ?? 0)
        summary.duplicates = summary.interactionsStaged - summary.interactionsAdded - summary.unknownProducts
        if hasLists, summary.interactionsAdded > 0 {
            _ = try await connection.execute(
                """
                UPDATE users SET invalidated_after = newest.id FROM (
                    SELECT user_key, max(id) AS id FROM interactions
                    WHERE id > \(before) AND interaction_type IN ('purchase', 'rating', 'feedback') GROUP BY user_key
                ) AS newest WHERE users.id = newest.user_key AND users.invalidated_after < newest.id
                """
            )
        }
    }
}

extension CopyRowWriter {
    fileprivate mutating func append(optional value: String?) {
        if let value { append(value) } else { appendNull() }
    }

    fileprivate mutating func append(optional value: Float?) {
        if let value { append(value) } else { appendNull() }
    }
}
