import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing

@Suite("What a data set says of its data", .serialized)
struct SnapshotWarningTests {
    private func summary(_ shop: ShopFixture, at moment: Date = Date()) async throws -> SnapshotSummary {
        let writer = SnapshotWriter(
            products: shop.products,
            users: UserRepository(database: shop.client),
            interactions: shop.interactions,
            blobs: shop.blobs
        )
        let cut = try await shop.interactions.lastID()
        let folder = try #require(try await writer.write(at: moment, dataCut: cut, codeVersion: "test"))
        return try #require(try await StoredData(blobs: shop.blobs).summary(of: folder))
    }

    private func warning(_ kind: SnapshotSummary.Warning.Kind, _ summary: SnapshotSummary) -> SnapshotSummary.Warning? {
        summary.warnings?.first { $0.kind == kind }
    }

    private func addEvents(_ shop: ShopFixture, user: String, _ times: [String], type: String = "view") async throws {
        for (number, time) in times.enumerated() {
            _ = try await shop.client.execute(
                """
                INSERT INTO interactions (event_id, user_key, product_key, interaction_type, timestamp)
                SELECT \("odd-\(user)-\(number)-\(time.prefix(10))"), u.id, p.id, \(type)::interaction_type, \(time)::text::timestamptz
                FROM users u, products p WHERE u.user_id = \(user) AND p.product_id = 'P-00'
                """
            )
        }
    }

    @Test("faults in catalogue and events are found, counted and named; a good shop has none")
    func warnings() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let good = try await summary(shop)
            #expect(good.warnings == [])
            #expect(good.weeks?.isEmpty == false)
            #expect(good.weeks?.reduce(0) { $0 + $1.events } == good.counts.interactions)

            for statement: SQLQuery in [
                "UPDATE products SET price_minor = 0 WHERE product_id IN ('P-01', 'P-02')",
                "UPDATE products SET description = '  ' WHERE product_id = 'P-03'",
                "UPDATE products SET name = ' product  5 ' WHERE product_id = 'P-04'",
                "UPDATE products SET category = 'Alone' WHERE product_id = 'P-06'",
                """
                INSERT INTO products (product_id, name, description, category, price_minor)
                VALUES ('P-new', 'Nobody knows it', 'x', 'Group 1', 100)
                """,
                """
                INSERT INTO interactions (event_id, user_key, product_key, interaction_type, timestamp)
                SELECT 'busy-' || n, u.id, p.id, 'view', '2023-11-15'::timestamptz
                FROM generate_series(1, 2000) n, users u, products p WHERE u.user_id = 'U-7' AND p.product_id = 'P-00'
                """,
            ] { _ = try await shop.client.execute(statement) }
            try await addEvents(
                shop,
                user: "U-1",
                ["2024-03-01T00:00:00Z", "2024-03-09T23:00:00Z", "2090-01-01T00:00:00Z"]
            )
            let found = try await summary(shop)
            #expect(warning(.priceMissing, found)?.examples == ["P-01", "P-02"])
            #expect(warning(.textMissing, found)?.examples == ["P-03"])
            #expect(warning(.sameName, found)?.examples == ["P-04", "P-05"])
            #expect(warning(.loneProduct, found)?.examples == ["Alone"])
            #expect(warning(.neverMet, found)?.examples == ["P-new"])
            #expect(warning(.busyUser, found)?.examples == ["U-7"])
            #expect(warning(.future, found)?.count == 1)
            let gaps = try #require(warning(.gap, found))
            #expect(gaps.examples.contains("2024-03-02 to 2024-03-08"))
            // Between the shop's own events and those, the longest first.
            #expect(gaps.count == 2 && gaps.examples.last == "2024-03-02 to 2024-03-08")
            // An event with a wrong year adds no week.
            #expect(found.weeks?.last?.start == "2024-03-04")
            #expect(found.weeks?.last?.byType == ["view": 1])
            #expect(found.weeks?.contains { $0.events == 0 } == true)
        }
    }

    @Test("six days between two events are no gap, and a shop without events says nothing of them")
    func bounds() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await shop.client.execute("TRUNCATE interactions CASCADE")
            let empty = try await summary(shop)
            #expect(empty.weeks == [])
            #expect(warning(.gap, empty) == nil && warning(.future, empty) == nil)
            #expect(warning(.neverMet, empty)?.count == 30)
            #expect(warning(.neverMet, empty)?.examples.count == 5)
            try await addEvents(shop, user: "U-1", ["2024-03-03T23:59:59Z", "2024-03-10T00:00:00Z"])
            let found = try await summary(shop)
            #expect(warning(.gap, found) == nil)
            // Sunday and the Sunday after: two weeks from Monday.
            #expect(found.weeks?.map(\.start) == ["2024-02-26", "2024-03-04"])
        }
    }
}
