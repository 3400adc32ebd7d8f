import Postgres

/// What became of the deletion of a product.
package enum ProductDeletion: Sendable, Equatable {
    case deleted
    /// It stays for the events that name it, and is not offered any more.
    case deactivated
    /// Nothing was changed: so many events name it.
    case referenced(events: Int64)
}

extension ProductRepository {
    /// Adds a product; what the entry does not say gets defaults.
    /// - Returns: nil when there is a product of this id.
    package func create(_ entry: CatalogueEntry) async throws -> Product? {
        let defaults = CatalogueEntry.Defaults(stock: 0)
        return try await database.query(
            """
            INSERT INTO products (product_id, name, description, category, price_minor, currency, stock, active, metadata)
            VALUES (\(entry.productID), \(entry.name ?? entry.productID), \(entry.description ?? ""),
                \(entry.category ?? defaults.category), \(entry.priceMinor ?? 0), \(entry.currency ?? defaults.currency),
                \(entry.stock ?? defaults.stock), \(entry.active ?? true), \(JSONText(entry.metadataJSON ?? "{}")))
            ON CONFLICT (product_id) DO NOTHING RETURNING \(Self.columns)
            """
        ).first.map(Self.product)
    }

    /// Changes a product under a lock on its row, so that what `change` saw is what it changes.
    /// - Parameter change: from the stored product to what it shall say; nil members stay. An error leaves all as it was.
    /// - Returns: nil when there is no such product.
    package func update(
        _ productID: String,
        _ change: (Product) throws -> CatalogueEntry
    ) async throws -> Product? {
        try await database.withTransaction(.init(lockTimeout: .seconds(5))) { connection in
            guard let current = try await Self.locked(productID, on: connection) else { return nil }
            let entry = try change(current)
            return try await connection.query(
                """
                UPDATE products SET name = \(entry.name ?? current.name),
                    description = \(entry.description ?? current.description),
                    category = \(entry.category ?? current.category),
                    price_minor = \(entry.priceMinor ?? current.priceMinor),
                    currency = \(entry.currency ?? current.currency), stock = \(entry.stock ?? current.stock),
                    active = \(entry.active ?? current.active),
                    metadata = \(JSONText(entry.metadataJSON ?? current.metadataJSON)), updated_at = clock_timestamp()
                WHERE id = \(current.key) RETURNING \(Self.columns)
                """
            ).first.map(Self.product)
        }
    }

    /// Deletes a product that no event names; one that events name is taken out of the shop when `deactivates`.
    /// - Parameter check: sees the stored product first; an error leaves all as it was.
    /// - Returns: nil when there is no such product.
    package func delete(
        _ productID: String,
        deactivates: Bool,
        check: (Product) throws -> Void
    ) async throws -> ProductDeletion? {
        try await database.withTransaction(.init(lockTimeout: .seconds(5))) { connection in
            guard let current = try await Self.locked(productID, on: connection) else { return nil }
            try check(current)
            let events = try await connection.query(
                "SELECT count(*) FROM interactions WHERE product_key = \(current.key)"
            )[0].decode(Int64.self, at: 0)
            guard events > 0 else {
                try await connection.execute("DELETE FROM products WHERE id = \(current.key)")
                return .deleted
            }
            guard deactivates else { return .referenced(events: events) }
            try await connection.execute(
                "UPDATE products SET active = false, updated_at = clock_timestamp() WHERE id = \(current.key)"
            )
            return .deactivated
        }
    }

    /// Which of some ids are products.
    package func existing(_ productIDs: [String]) async throws -> Set<String> {
        let rows = try await database.query("SELECT product_id FROM products WHERE product_id = ANY(\(productIDs))")
        return Set(try rows.map { try $0.decode(String.self, at: 0) })
    }

    private static func locked(_ productID: String, on connection: PostgresConnection) async throws -> Product? {
        // No event can begin to name the product until this transaction ends.
        try await connection.query("SELECT \(columns) FROM products WHERE product_id = \(productID) FOR UPDATE").first
            .map(product)
    }
}
