import Postgres
import ShopTestSupport
import TestSupport
import Testing

@testable import Shop

@Suite("Product lists", .serialized)
struct ProductListTests {
    private func query(_ change: (inout ProductQuery) -> Void) -> ProductQuery {
        var query = ProductQuery()
        change(&query)
        return query
    }

    @Test("filters combine, the total counts all pages, and a facet ignores its own filter")
    func filters() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            _ = try await shop.client.execute("UPDATE products SET stock = 0 WHERE product_id = 'P-03'")
            _ = try await shop.client.execute("UPDATE products SET active = false WHERE product_id = 'P-04'")
            let page = try await shop.products.list(
                query {
                    $0.categories = ["Group 0"]
                    $0.inStock = true
                    $0.maximumPriceMinor = 1_000
                    $0.pageSize = 2
                    $0.sort = .priceAscending
                }
            )
            #expect(page.items.map(\.productID) == ["P-00", "P-01"])
            #expect(page.total == 4)
            #expect(page.facets.outOfStock == 1)
            #expect(page.facets.inStock == 4)
            #expect(page.facets.categories == [.init(name: "Group 0", count: 4)])
            #expect(page.facets.maximumPriceMinor == 1_400)
        }
    }

    @Test("every order pages through every product once, by page and by cursor", arguments: ProductQuery.Sort.allCases)
    func pages(sort: ProductQuery.Sort) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 12)
            try await shop.products.refreshSummaries()
            var byPage: [String] = []
            for page in 1...5 {
                byPage += try await shop.products.list(
                    query {
                        $0.sort = sort
                        $0.pageSize = 7
                        $0.position = .page(page)
                        $0.search = sort == .relevance ? "product" : nil
                    }
                ).items.map(\.productID)
            }
            var byCursor: [String] = []
            var position = ProductQuery.Position.page(1)
            while true {
                let page = try await shop.products.list(
                    query {
                        $0.sort = sort
                        $0.pageSize = 7
                        $0.position = position
                        $0.search = sort == .relevance ? "product" : nil
                    }
                )
                byCursor += page.items.map(\.productID)
                guard let next = page.nextCursor else { break }
                position = .after(next)
            }
            #expect(byPage.count == 30)
            #expect(Set(byPage).count == 30)
            #expect(byCursor == byPage)
        }
    }

    @Test("no product is lost between pages, whatever the session's settings", arguments: ProductQuery.Sort.allCases)
    func sessionSettings(sort: ProductQuery.Sort) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3, itemsPerGroup: 40)
            // Numbers that 15 digits do not tell apart, and times that differ by microseconds.
            _ = try await shop.client.execute(
                """
                UPDATE products SET rating_average = 10 / 3.0::double precision + id * 1e-15, purchase_count = id % 7,
                    created_at = '2026-03-01 00:00:00.123456+00'::timestamptz + id * interval '1 microsecond',
                    description = repeat('product ', (id % 11)::int), name = 'Product ' || md5(id::text)
                """
            )
            for (name, value) in [
                ("extra_float_digits", "-15"), ("datestyle", "SQL, DMY"), ("timezone", "Asia/Kathmandu"),
                ("intervalstyle", "sql_standard"),
            ] {
                _ = try await shop.client.execute(
                    "ALTER DATABASE \(identifier: shop.database.name) SET \(unescaped: name) = '\(unescaped: value)'"
                )
            }
            let products = ProductRepository(database: shop.database.client())
            var ids: [String] = []
            var position = ProductQuery.Position.page(1)
            while true {
                let page = try await products.list(
                    query {
                        $0.sort = sort
                        $0.pageSize = 7
                        $0.position = position
                        $0.search = sort == .relevance ? "product" : nil
                    }
                )
                ids += page.items.map(\.productID)
                guard let next = page.nextCursor, ids.count < 200 else { break }
                position = .after(next)
            }
            #expect(ids.count == 120)
            #expect(Set(ids).count == 120)
        }
    }

    @Test("a search finds words of name and description, best first, whatever their form")
    func search() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            let found = try await shop.products.list(query { $0.search = "groups 1" })
            // Ten products of the group, and "Product 1" of another.
            #expect(found.total == 11)
            let none = try await shop.products.list(query { $0.search = "no such thing" })
            #expect(none.total == 0)
            let hostile = try await shop.products.list(query { $0.search = "'; DROP TABLE products; --" })
            #expect(hostile.total == 0)
        }
    }

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
