import Postgres
import ShopTestSupport
import TestSupport
import Testing

@testable import Shop

@Suite("Products in the database", .serialized)
struct ProductRepositoryTests {
    @Test("the catalogue's version moves with a change and stays without one")
    func version() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 6)
            try await shop.products.refreshSummaries()
            let version = try await shop.products.catalogueVersion()
            try await shop.products.refreshSummaries()
            #expect(try await shop.products.catalogueVersion() == version)
            _ = try await shop.client.execute("UPDATE products SET stock = 5 WHERE product_id = 'P-00'")
            #expect(try await shop.products.catalogueVersion() > version)
        }
    }

    @Test("whoever had to wait for their turn to count counts what is there by then")
    func summariesAfterWaiting() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 6)
            // As if a process were paused in its turn: it holds the lock of whoever writes summaries.
            try await shop.client.withConnection { holder in
                try await holder.execute("BEGIN")
                _ = try await holder.query("SELECT pg_advisory_xact_lock(\(ProductRepository.summariesLock))")
                async let counting: Void = shop.products.refreshSummaries()
                try await eventually("the other waits for its turn") {
                    try await !shop.client.query(
                        """
                        SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        """
                    ).isEmpty
                }
                _ = try await shop.client.execute(
                    """
                    INSERT INTO interactions (event_id, user_key, product_key, interaction_type, timestamp)
                    SELECT 'late-' || n, (SELECT min(id) FROM users), (SELECT min(id) FROM products), 'purchase', now()
                    FROM generate_series(1, 7) n
                    """
                )
                try await holder.execute("ROLLBACK")
                try await counting
            }
            let wrong = try await shop.client.query(
                """
                SELECT 1 FROM products p WHERE purchase_count <> (SELECT count(*) FROM interactions i
                    WHERE i.product_key = p.id AND i.interaction_type = 'purchase')
                """
            )
            #expect(wrong.isEmpty)
        }
    }
}
