import Postgres
import ShopTestSupport
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
            try await shop.products.refreshSummaries(upTo: try await shop.interactions.lastID())
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
            let cut = try await shop.interactions.lastID()
            try await shop.products.refreshSummaries(upTo: cut)
            let version = try await shop.products.catalogueVersion()
            try await shop.products.refreshSummaries(upTo: cut)
            #expect(try await shop.products.catalogueVersion() == version)
            _ = try await shop.client.execute("UPDATE products SET stock = 5 WHERE product_id = 'P-00'")
            #expect(try await shop.products.catalogueVersion() > version)
        }
    }
}
