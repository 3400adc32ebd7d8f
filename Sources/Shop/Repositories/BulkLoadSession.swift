import FoundationEssentials
import Postgres

/// One load: staging tables, then the merge of them into the shop's. Batches are pulled, so a load of any size holds one batch
/// in memory.
package struct BulkLoadSession {
    let connection: PostgresConnection
    let progress: (BulkLoadPhase) -> Void

    func createStagingTables() async throws {
        try await connection.executeScript(
            """
            CREATE TEMPORARY TABLE staged_products (
                product_id text COLLATE "C", name text, description text, category text, price_minor bigint, currency text,
                stock integer, active boolean, metadata jsonb) ON COMMIT DROP;
            CREATE TEMPORARY TABLE staged_users (
                user_id text, email text, display_name text, preferences jsonb, segment text, created_at timestamptz)
                ON COMMIT DROP;
            CREATE TEMPORARY TABLE staged_interactions (
                event_id text, user_id text COLLATE "C", product_id text COLLATE "C", interaction_type interaction_type,
                value real, timestamp timestamptz, session_id text, order_id text, request_id text) ON COMMIT DROP
            """
        )
    }

    /// Stages products until `next` returns `nil`.
    package func stageProducts(_ next: () throws -> [CatalogueEntry]?) async throws {
        try await stage(next, into: "staged_products", columns: 9) { product, out in
            out.append(product.productID)
            out.append(product.name)
            out.append(product.description)
            out.append(product.category)
            out.append(product.priceMinor)
            out.append(product.currency)
            out.append(product.stock)
            out.append(product.active)
            out.append(product.metadataJSON.map(JSONText.init))
        }
    }

    /// Stages users until `next` returns `nil`. Users that only events name need not be staged.
    package func stageUsers(_ next: () throws -> [User]?) async throws {
        try await stage(next, into: "staged_users", columns: 6) { user, out in
            out.append(user.userID)
            out.append(user.email)
            out.append(user.displayName)
            out.append(JSONText(user.preferencesJSON))
            out.append(user.segment)
            out.append(user.createdAt)
        }
    }

    /// Stages events until `next` returns `nil`.
    package func stageInteractions(_ next: () throws -> [NewInteraction]?) async throws {
        try await stage(next, into: "staged_interactions", columns: 9) { event, out in
            out.append(event.eventID)
            out.append(event.userID)
            out.append(event.productID)
            out.append(event.type.rawValue)
            out.append(event.value)
            out.append(event.timestamp)
            out.append(event.sessionID)
            out.append(event.orderID)
            out.append(event.requestID)
        }
    }

    private func stage<Value>(
        _ next: () throws -> [Value]?,
        into table: String,
        columns: Int,
        _ fill: (Value, inout CopyRowWriter) -> Void
    ) async throws {
        _ = try await connection.copyIn("COPY \(identifier: table) FROM STDIN (FORMAT binary)", columns: columns) {
            writer in
            while let batch = try next() { try await writer.writeRows(batch, fill) }
        }
    }

    // MARK: Merge

    func merge(defaults: CatalogueEntry.Defaults, sliceRows: Int) async throws -> BulkLoadSummary {
        var summary = BulkLoadSummary()
        progress(.products)
        // 200,000 users' ids in one hash table; one in parts would change the order of events.
        try await connection.execute("SET LOCAL work_mem = '64MB'")
        // Escapes such as \\u0301 are text by now; equal texts have equal bytes.
        _ = try await connection.execute(
            """
            UPDATE staged_products SET metadata = normalize(metadata::text, NFC)::jsonb
            WHERE metadata::text IS NOT NFC NORMALIZED
            """
        )
        _ = try await connection.execute("ANALYZE staged_products, staged_interactions")
        try await mergeProducts(&summary, defaults)
        progress(.users)
        // Only events that stay make a user: one whose every product is unknown is nobody's customer.
        summary.usersAdded = try await connection.execute(
            """
            INSERT INTO users (user_id, email, display_name, preferences, segment, created_at)
            SELECT DISTINCT ON (user_id) user_id, email, display_name, coalesce(preferences, '{}'), segment,
                coalesce(created_at, now())
            FROM (SELECT user_id, email, display_name, preferences, segment, created_at, 0 AS preference FROM staged_users
                  UNION ALL SELECT DISTINCT s.user_id, NULL, NULL, NULL::jsonb, NULL, NULL::timestamptz, 1
                  FROM staged_interactions s JOIN products p USING (product_id)) AS named
            ORDER BY user_id, preference
            ON CONFLICT (user_id) DO NOTHING
            """
        )
        _ = try await connection.execute("ANALYZE users")
        try await mergeInteractions(&summary, sliceRows)
        return summary
    }

    // MARK: Products

    /// What the source says wins; what it does not say stays. Nothing is written when nothing differs, because every write
    /// moves the catalogue's version and with it the snapshot of every reader.
    private func mergeProducts(_ summary: inout BulkLoadSummary, _ defaults: CatalogueEntry.Defaults) async throws {
        let names = ["name", "description", "category", "price_minor", "currency", "stock", "active", "metadata"]
        let stored = SQLQuery.joined(names.map { "p.\(unescaped: $0)" })
        let merged = SQLQuery.joined(names.map { "coalesce(s.\(unescaped: $0), p.\(unescaped: $0))" })
        let differs: SQLQuery = "(\(stored)) IS DISTINCT FROM (\(merged))"
        let row = try await connection.query(
            """
            SELECT count(*) FILTER (WHERE p.id IS NULL), count(*) FILTER (WHERE p.id IS NOT NULL AND \(differs)),
                count(*) FILTER (WHERE p.id IS NULL AND s.price_minor IS NULL)
            FROM staged_products s LEFT JOIN products p USING (product_id)
            """
        )[0]
        summary.productsWithoutPrice = try row.decode(Int.self, at: 2)
        if try row.decode(Int64.self, at: 1) > 0 {
            // In key order, as the summaries of an earlier load are written, so that the two cannot deadlock.
            _ = try await connection.execute(
                """
                SELECT 1 FROM products WHERE product_id IN (SELECT product_id FROM staged_products)
                ORDER BY id FOR NO KEY UPDATE
                """
            )
            summary.productsUpdated = try await connection.execute(
                """
                UPDATE products p SET (\(unescaped: names.joined(separator: ", "))) = (\(merged)), updated_at = now()
                FROM staged_products s WHERE p.product_id = s.product_id AND \(differs)
                """
            )
        }
        if try row.decode(Int64.self, at: 0) > 0 {
            summary.productsAdded = try await connection.execute(
                """
                INSERT INTO products (product_id, \(unescaped: names.joined(separator: ", ")))
                SELECT DISTINCT ON (product_id) product_id, coalesce(name, product_id), coalesce(description, ''),
                    coalesce(category, \(defaults.category)), coalesce(price_minor, 0),
                    coalesce(currency, \(defaults.currency)), coalesce(stock, \(defaults.stock)),
                    coalesce(active, true), coalesce(metadata, '{}')
                FROM staged_products s WHERE NOT EXISTS (SELECT 1 FROM products p WHERE p.product_id = s.product_id)
                ORDER BY product_id
                ON CONFLICT (product_id) DO NOTHING
                """
            )
        }
        _ = try await connection.execute("ANALYZE products")
    }

    // MARK: Events

    private func mergeInteractions(_ summary: inout BulkLoadSummary, _ sliceRows: Int) async throws {
        // The rule of InteractionRepository.record: a user's row is locked before event ids are drawn.
        _ = try await connection.execute(
            """
            SELECT 1 FROM users WHERE user_id IN (SELECT user_id FROM staged_interactions)
            ORDER BY id FOR NO KEY UPDATE
            """
        )
        let firstLoad = FirstLoad(connection: connection)
        let isFirstLoad = try await firstLoad.isPossible()
        let before =
            try await connection.query("SELECT max(id) FROM interactions").first?.decode(Int64?.self, at: 0) ?? 0
        let staged = try await connection.query(
            """
            SELECT count(*), count(*) FILTER (WHERE p.id IS NULL),
                pg_relation_size('staged_interactions') / current_setting('block_size')::bigint
            FROM staged_interactions s LEFT JOIN products p USING (product_id)
            """
        )[0]
        summary.interactionsStaged = try staged.decode(Int.self, at: 0)
        summary.unknownProducts = try staged.decode(Int.self, at: 1)
        if summary.unknownProducts > 0 {
            summary.unknownProductExamples = try await connection.query(
                """
                SELECT DISTINCT product_id FROM staged_interactions s
                WHERE NOT EXISTS (SELECT 1 FROM products p WHERE p.product_id = s.product_id) ORDER BY 1 LIMIT 3
                """
            ).map { try $0.decode(String.self, at: 0) }
        }
        let pages = try staged.decode(Int.self, at: 2)
        let rowsPerPage = max(1, summary.interactionsStaged / max(1, pages))
        func slices(of rows: Int) -> [Range<Int>] {
            let step = max(1, rows / rowsPerPage)
            return stride(from: 0, to: pages, by: step).map { $0..<min($0 + step, pages) }
        }
        // Two events of one id: the source names its own ids, or somebody recorded one meanwhile.
        let loadedFirst: Int? =
            isFirstLoad
            ? try await savepoint(unless: .uniqueViolation) {
                // Without keys to check the server remembers no rows, and each slice joins all users anew.
                try await firstLoad.load { try await addEvents(slices(of: 10 * sliceRows), into: $0, onConflict: "") }
            } : nil
        summary.interactionsAdded =
            if let loadedFirst { loadedFirst } else {
                try await addEvents(
                    slices(of: sliceRows),
                    into: "interactions",
                    onConflict: "ON CONFLICT (event_id) DO NOTHING"
                )
            }
        summary.duplicates = summary.interactionsStaged - summary.interactionsAdded - summary.unknownProducts
        guard summary.interactionsAdded > 0 else { return }
        // Whether or not lists are live: those of a batch that began before this load may go live during it.
        _ = try await connection.execute(
            """
            UPDATE users SET invalidated_after = newest.id FROM (
                SELECT user_key, max(id) AS id FROM interactions
                WHERE id > \(before) AND interaction_type IN (\(InteractionType.sqlList(InteractionType.invalidating)))
                GROUP BY user_key
            ) AS newest WHERE users.id = newest.user_key AND users.invalidated_after < newest.id
            """
        )
    }

    /// - Returns: nil when `body` failed with that error, of which nothing is left then.
    private func savepoint<Result>(unless error: SQLState, _ body: () async throws -> Result) async throws -> Result? {
        _ = try await connection.execute("SAVEPOINT before_events")
        do {
            return try await body()
        } catch let thrown as PostgresError where thrown.code == .server(error) {
            _ = try await connection.execute("ROLLBACK TO SAVEPOINT before_events")
            return nil
        }
    }

    /// The staged events, the staging table in ranges of its pages.
    private func addEvents(_ slices: [Range<Int>], into table: String, onConflict: SQLQuery) async throws -> Int {
        var added = 0
        for (number, pages) in slices.enumerated() {
            progress(.interactions(Double(number) / Double(slices.count)))
            added += try await connection.execute(
                """
                INSERT INTO \(identifier: table)
                    (event_id, user_key, product_key, interaction_type, value, timestamp, session_id, order_id,
                     request_id)
                SELECT s.event_id, u.id, p.id, s.interaction_type, s.value, s.timestamp, s.session_id, s.order_id,
                    s.request_id
                FROM staged_interactions s JOIN users u USING (user_id) JOIN products p USING (product_id)
                WHERE s.ctid >= \("(\(pages.lowerBound),0)")::text::tid AND s.ctid < \("(\(pages.upperBound),0)")::text::tid
                \(onConflict)
                """
            )
        }
        return added
    }
}
