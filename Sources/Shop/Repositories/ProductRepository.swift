import FoundationEssentials
package import Postgres

/// The catalogue in PostgreSQL.
package struct ProductRepository: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    static let columns: SQLQuery = """
        id, product_id, name, description, category, price_minor, currency, stock, active, metadata::text AS metadata, \
        rating_count, rating_average, purchase_count, created_at, updated_at
        """

    /// One product by its external id, active or not.
    package func find(_ productID: String) async throws -> Product? {
        try await database.read("SELECT \(Self.columns) FROM products WHERE product_id = \(productID)").first
            .map(Self.product)
    }

    /// All products in byte order of product ids: the order of dense item indices. Inactive products included, because
    /// old lists and histories name them.
    package func all() async throws -> [Product] {
        try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(60))) { connection in
            try await connection.query("SELECT \(Self.columns) FROM products ORDER BY product_id").map(Self.product)
        }
    }

    /// Moves with every change to the catalogue; a snapshot made at this version is current while it stays.
    package func catalogueVersion() async throws -> Int64 {
        try await database.read("SELECT version FROM catalogue_version").first?.decode(Int64.self, at: 0) ?? 0
    }

    /// Held by a transaction that writes summaries; "rssums" in ASCII.
    static let summariesLock: Int64 = 0x72_7373_756D_73

    /// Brings purchase counts and rating summaries up to the events that are there. Only rows that differ are written, and
    /// nothing at all when none does, so that an idle shop's catalogue version stays.
    ///
    /// One process at a time, which counts after its turn has come: a process that was paused before it writes what is true
    /// when it goes on, never older counts over newer ones.
    package func refreshSummaries() async throws {
        try await database.withTransaction(.init(statementTimeout: .seconds(600))) { connection in
            _ = try await connection.query("SELECT pg_advisory_xact_lock(\(Self.summariesLock))")
            let changed = try await connection.execute(
                """
                CREATE TEMPORARY TABLE summaries ON COMMIT DROP AS SELECT * FROM (
                    SELECT p.id, count(i.id) FILTER (WHERE i.interaction_type = 'purchase') AS purchases,
                        count(i.id) FILTER (WHERE i.interaction_type = 'rating') AS ratings,
                        avg(i.value) FILTER (WHERE i.interaction_type = 'rating') AS rating
                    FROM products p
                    LEFT JOIN interactions i ON i.product_key = p.id AND i.interaction_type IN ('purchase', 'rating')
                    GROUP BY p.id
                ) AS s WHERE EXISTS (SELECT 1 FROM products p WHERE p.id = s.id AND
                    (p.purchase_count, p.rating_count, p.rating_average) IS DISTINCT FROM (s.purchases, s.ratings, s.rating))
                """
            )
            guard changed > 0 else { return }
            // In key order, as a bulk load does, so that the two cannot deadlock.
            _ = try await connection.execute(
                "SELECT 1 FROM products WHERE id IN (SELECT id FROM summaries) ORDER BY id FOR NO KEY UPDATE"
            )
            _ = try await connection.execute(
                """
                UPDATE products SET purchase_count = s.purchases, rating_count = s.ratings, rating_average = s.rating
                FROM summaries s WHERE products.id = s.id
                """
            )
        }
    }

    static func product(_ row: Row) throws -> Product {
        Product(
            key: try row.decode(Int64.self, "id"),
            productID: try row.decode(String.self, "product_id"),
            name: try row.decode(String.self, "name"),
            description: try row.decode(String.self, "description"),
            category: try row.decode(String.self, "category"),
            priceMinor: try row.decode(Int64.self, "price_minor"),
            currency: try row.decode(String.self, "currency"),
            stock: try row.decode(Int32.self, "stock"),
            active: try row.decode(Bool.self, "active"),
            metadataJSON: try row.decode(String.self, "metadata"),
            ratingCount: try row.decode(Int64.self, "rating_count"),
            ratingAverage: try row.decode(Double?.self, "rating_average"),
            purchaseCount: try row.decode(Int64.self, "purchase_count"),
            createdAt: try row.decode(Date.self, "created_at"),
            updatedAt: try row.decode(Date.self, "updated_at")
        )
    }
}
