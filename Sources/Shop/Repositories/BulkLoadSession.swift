import FoundationEssentials
import Postgres

/// One load: staging tables, then the merge of them into the shop's. Batches are pulled, so a load of any size holds one batch
/// in memory.
package struct BulkLoadSession {
    private let connection: PostgresConnection
    private let progress: (BulkLoadPhase) -> Void

    init(connection: PostgresConnection, progress: @escaping (BulkLoadPhase) -> Void) {
        self.connection = connection
        self.progress = progress
    }

    func createStagingTables() async throws {
        _ = try await connection.execute(
            """
            CREATE TEMPORARY TABLE staged_products (
                product_id text COLLATE "C", name text, description text, category text, price_minor bigint, currency text,
                stock integer, active boolean, metadata jsonb) ON COMMIT DROP
            """
        )
        _ = try await connection.execute(
            """
            CREATE TEMPORARY TABLE staged_users (
                user_id text, email text, display_name text, preferences jsonb, segment text, created_at timestamptz)
                ON COMMIT DROP
            """
        )
        _ = try await connection.execute(
            """
            CREATE TEMPORARY TABLE staged_interactions (
                event_id text, user_id text COLLATE "C", product_id text COLLATE "C", interaction_type interaction_type,
                value real, timestamp timestamptz, session_id text, order_id text, request_id text) ON COMMIT DROP
            """
        )
    }

    /// Stages products until `next` returns `nil`.
    package func stageProducts(_ next: () throws -> [CatalogueEntry]?) async throws {
        _ = try await connection.copyIn("COPY staged_products FROM STDIN (FORMAT binary)", columns: 9) { writer in
            while let batch = try next() {
                try await writer.writeRows(batch) { product, out in
                    out.append(product.productID)
                    out.append(optional: product.name)
                    out.append(optional: product.description)
                    out.append(optional: product.category)
                    if let price = product.priceMinor { out.append(price) } else { out.appendNull() }
                    out.append(optional: product.currency)
                    if let stock = product.stock { out.append(stock) } else { out.appendNull() }
                    if let active = product.active { out.append(active) } else { out.appendNull() }
                    if let json = product.metadataJSON { out.append(jsonb: Array(json.utf8)) } else { out.appendNull() }
                }
            }
        }
    }

    /// Stages users until `next` returns `nil`. Users that only events name need not be staged.
    package func stageUsers(_ next: () throws -> [User]?) async throws {
        _ = try await connection.copyIn("COPY staged_users FROM STDIN (FORMAT binary)", columns: 6) { writer in
            while let batch = try next() {
                try await writer.writeRows(batch) { user, out in
                    out.append(user.userID)
                    out.append(optional: user.email)
                    out.append(optional: user.displayName)
                    out.append(jsonb: Array(user.preferencesJSON.utf8))
                    out.append(optional: user.segment)
                    if let createdAt = user.createdAt { out.append(createdAt) } else { out.appendNull() }
                }
            }
        }
    }

    /// Stages events until `next` returns `nil`.
    package func stageInteractions(_ next: () throws -> [NewInteraction]?) async throws {
        _ = try await connection.copyIn("COPY staged_interactions FROM STDIN (FORMAT binary)", columns: 9) { writer in
            while let batch = try next() {
                try await writer.writeRows(batch) { event, out in
                    out.append(event.eventID)
                    out.append(event.userID)
                    out.append(event.productID)
                    out.append(event.type.rawValue)
                    if let value = event.value { out.append(value) } else { out.appendNull() }
                    out.append(event.timestamp)
                    out.append(optional: event.sessionID)
                    out.append(optional: event.orderID)
                    out.append(optional: event.requestID)
                }
            }
        }
    }

    // MARK: Merge

    func merge(defaults: CatalogueEntry.Defaults, sliceRows: Int) async throws -> BulkLoadSummary {
        var summary = BulkLoadSummary()
        progress(.products)
        // Escapes such as \\u0301 are text by now; equal texts have equal bytes.
        _ = try await connection.execute(
            """
            UPDATE staged_products SET metadata = normalize(metadata::text, NFC)::jsonb
            WHERE metadata::text IS NOT NFC NORMALIZED
            """
        )
        _ = try await connection.execute("ANALYZE staged_products")
        _ = try await connection.execute("ANALYZE staged_interactions")
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
        let differs: SQLQuery = """
            (p.name, p.description, p.category, p.price_minor, p.currency, p.stock, p.active, p.metadata)
                IS DISTINCT FROM (coalesce(s.name, p.name), coalesce(s.description, p.description),
                    coalesce(s.category, p.category), coalesce(s.price_minor, p.price_minor),
                    coalesce(s.currency, p.currency), coalesce(s.stock, p.stock), coalesce(s.active, p.active),
                    coalesce(s.metadata, p.metadata))
            """
        let rows = try await connection.query(
            """
            SELECT count(*) FILTER (WHERE p.id IS NULL), count(*) FILTER (WHERE p.id IS NOT NULL AND \(differs)),
                count(*) FILTER (WHERE p.id IS NULL AND s.price_minor IS NULL)
            FROM staged_products s LEFT JOIN products p USING (product_id)
            """
        )
        guard let row = rows.first else { return }
        summary.productsWithoutPrice = Int(try row.decode(Int64.self, at: 2))
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
                UPDATE products p SET name = coalesce(s.name, p.name),
                    description = coalesce(s.description, p.description), category = coalesce(s.category, p.category),
                    price_minor = coalesce(s.price_minor, p.price_minor), currency = coalesce(s.currency, p.currency),
                    stock = coalesce(s.stock, p.stock), active = coalesce(s.active, p.active),
                    metadata = coalesce(s.metadata, p.metadata), updated_at = now()
                FROM staged_products s WHERE p.product_id = s.product_id AND \(differs)
                """
            )
        }
        if try row.decode(Int64.self, at: 0) > 0 {
            summary.productsAdded = try await connection.execute(
                """
                INSERT INTO products
                    (product_id, name, description, category, price_minor, currency, stock, active, metadata)
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
        let staged = try await connection.query(
            """
            SELECT count(*), count(*) FILTER (WHERE p.id IS NULL),
                pg_relation_size('staged_interactions') / current_setting('block_size')::bigint
            FROM staged_interactions s LEFT JOIN products p USING (product_id)
            """
        )[0]
        summary.interactionsStaged = Int(try staged.decode(Int64.self, at: 0))
        summary.unknownProducts = Int(try staged.decode(Int64.self, at: 1))
        if summary.unknownProducts > 0 {
            summary.unknownProductExamples = try await connection.query(
                """
                SELECT DISTINCT product_id FROM staged_interactions s
                WHERE NOT EXISTS (SELECT 1 FROM products p WHERE p.product_id = s.product_id) ORDER BY 1 LIMIT 3
                """
            ).map { try $0.decode(String.self, at: 0) }
        }
        let slices = Slices(
            rows: summary.interactionsStaged,
            pages: Int(try staged.decode(Int64.self, at: 2)),
            rowsInOne: sliceRows
        )
        summary.interactionsAdded = try await addEvents(slices, isFirstLoad: before == 0)
        summary.duplicates = summary.interactionsStaged - summary.interactionsAdded - summary.unknownProducts
        if hasLists, summary.interactionsAdded > 0 {
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
    }

    /// Into an empty table events go without a check for earlier ones, which saves a quarter of the time. Should two events have
    /// one id after all (the file names its own, or somebody records one meanwhile), all of them go again with the check.
    private func addEvents(_ slices: Slices, isFirstLoad: Bool) async throws -> Int {
        guard isFirstLoad else { return try await addEvents(slices, onConflict: "ON CONFLICT (event_id) DO NOTHING") }
        _ = try await connection.execute("SAVEPOINT before_events")
        do {
            return try await addEvents(slices, onConflict: "")
        } catch let error as PostgresError where error.code == .server(.uniqueViolation) {
            _ = try await connection.execute("ROLLBACK TO SAVEPOINT before_events")
            return try await addEvents(slices, isFirstLoad: false)
        }
    }

    private func addEvents(_ slices: Slices, onConflict: SQLQuery) async throws -> Int {
        var added = 0
        for (number, pages) in slices.pages.enumerated() {
            progress(.interactions(Double(number) / Double(slices.pages.count)))
            added += try await connection.execute(
                """
                INSERT INTO interactions
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

    /// The staging table in ranges of its pages, each of about as many rows.
    private struct Slices {
        let pages: [Range<Int>]

        init(rows: Int, pages count: Int, rowsInOne: Int) {
            let step = max(1, count * rowsInOne / max(1, rows))
            pages = stride(from: 0, to: count, by: step).map { $0..<min($0 + step, count) }
        }
    }
}

extension CopyRowWriter {
    fileprivate mutating func append(optional value: String?) {
        if let value { append(value) } else { appendNull() }
    }
}
