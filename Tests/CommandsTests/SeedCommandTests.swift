import Postgres
import Shop
import ShopTestSupport
import SyntheticData
import TestSupport
import Testing

@testable import Commands

@Suite("The seed command in a database")
struct SeedCommandTests {
    private static let shop = SyntheticShop(.init(users: 40, products: 120, interactions: 1_500))

    private func seed(_ database: TestDatabase) async throws -> (summary: BulkLoadSummary, digest: String) {
        let client = database.client()
        let bulk = BulkLoadRepository(database: client)
        let summary = try await SeedCommand.load(Self.shop, into: bulk, TerminalProgress("seed"))
        let rows = try await client.query(
            """
            SELECT md5(string_agg(line, '' ORDER BY line)) AS digest FROM (
                SELECT (to_jsonb(p) - 'created_at' - 'updated_at')::text AS line FROM products p
                UNION ALL SELECT (to_jsonb(u) - 'created_at')::text FROM users u
                UNION ALL SELECT to_jsonb(i)::text FROM interactions i
            ) AS all_rows
            """
        )
        return (summary, try rows[0].decode(String.self, "digest"))
    }

    @Test("the same seed makes the same rows in another database, and a second run adds and changes nothing")
    func repeatable() async throws {
        try await TestDatabase.with(migrations: ShopMigrations.all) { first in
            try await TestDatabase.with(migrations: ShopMigrations.all) { second in
                let one = try await seed(first)
                #expect(one.summary.productsAdded == 120)
                #expect(one.summary.usersAdded == 40)
                #expect(one.summary.interactionsAdded == 1_500)
                #expect(try await seed(second).digest == one.digest)
                let again = try await seed(first)
                #expect(again.summary.interactionsAdded == 0)
                #expect(again.summary.duplicates == 1_500)
                #expect(again.summary.productsAdded == 0 && again.summary.productsUpdated == 0)
                #expect(again.digest == one.digest)
            }
        }
    }
}
