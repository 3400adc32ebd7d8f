import Foundation
import HTTPTypes
import Postgres
import Shop
import ShopTestSupport
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct ProductApiTests {
    @Test("a page holds items, total, facets and a validator that saves the next transfer")
    func list() async throws {
        try await ApiShop.with { shop in
            let answer = try await shop.calls(.get, "/api/products?page_size=7&sort=price")
            #expect(answer.status == 200)
            let body = try answer.json()
            #expect(body.items.count == 7)
            #expect(body["total"] == .integer(30))
            #expect(body["page"] == .integer(1))
            #expect(body["page_size"] == .integer(7))
            let first = try #require(body.items.first)
            #expect(first["product_id"] == .string("P-00"))
            #expect(first["price"] == .number(5.0))
            #expect(first["currency"] == .string("GBP"))
            #expect(first["in_stock"] == .bool(true))
            #expect(body["facets"]?["categories"]?.array?.count == 3)
            #expect(body["facets"]?["in_stock"] == .object(["true": .integer(30), "false": .integer(0)]))
            #expect(body["facets"]?["price"]?["min"] == .number(5.0))
            #expect(body["facets"]?["price"]?["max"] == .number(34.0))
            #expect(first["image"] == .string("/api/products/P-00/image.svg"))

            let tag = try #require(answer.headers[.eTag])
            let again = try await shop.calls(.get, "/products?page_size=7&sort=price", headers: [.ifNoneMatch: tag])
            #expect(again.status == 304)
            #expect(again.bytes.isEmpty)
        }
    }

    @Test("filters combine, and prices are major units")
    func filters() async throws {
        try await ApiShop.with { shop in
            let query =
                "/products?category=Group%200&category=Group%201&min_price=13.50&max_price=15&in_stock=true&sort=-price"
            let body = try await shop.calls(.get, query).json()
            #expect(body.items.map { $0["product_id"] } == [.string("P-10"), .string("P-09")])
            // As the host forwards the repeated parameter.
            let joined = try await shop.calls(
                .get,
                "/products?category=Group%200,Group%201&min_price=13.50&max_price=15"
            ).json()
            #expect(joined["total"] == .integer(2))
            let search = try await shop.calls(.get, "/products?search=product+7").json()
            #expect(search.items.first?["product_id"] == .string("P-07"))
        }
    }

    @Test("a cursor walks every product once in every order", arguments: ProductQuery.Sort.allCases)
    func cursor(sort: ProductQuery.Sort) async throws {
        try await ApiShop.with { shop in
            var seen: [String] = []
            var cursor: String?
            let search = sort == .relevance ? "&search=product" : ""
            repeat {
                let path =
                    "/products?page_size=7&sort=\(sort.rawValue)\(search)" + (cursor.map { "&cursor=\($0)" } ?? "")
                let answer = try await shop.calls(.get, path)
                try #require(answer.status == 200, "\(answer.text)")
                let body = try answer.json()
                seen += body.items.compactMap { $0["product_id"]?.string }
                cursor = body["next_cursor"]?.string
            } while cursor != nil && seen.count <= 30
            #expect(seen.count == 30)
            #expect(Set(seen).count == 30)
        }
    }

    @Test(
        "a parameter that cannot be used is named",
        arguments: [
            ("page=0", "page"), ("page_size=101", "page_size"), ("page_size=x", "page_size"),
            ("min_price=abc", "min_price"),
            ("min_price=5&max_price=4", "min_price"), ("in_stock=maybe", "in_stock"), ("sort=cheapest", "sort"),
            ("sort=relevance", "sort"), ("cursor=abc", "cursor"), ("cursor=WyJwcmljZSIsIngiLCJQLTAwIl0", "cursor"),
            ("cursor=WyJwcmljZSIsIjUwMCIsIlAtMDAiXQ&page=1", "cursor"),
            ("sort=name&cursor=WyJwcmljZSIsIjUwMCIsIlAtMDAiXQ", "cursor"),
            ("sort=newest&cursor=" + cursorText(#"["newest","9999-12-31 00:00:00+99:00","a"]"#), "cursor"),
            ("sort=newest&cursor=" + cursorText(#"["newest","0000-01-01 00:00:00+00","a"]"#), "cursor"),
            ("search=x&sort=relevance&cursor=" + cursorText(#"["relevance","1e300","a"]"#), "cursor"),
            ("sort=rating&cursor=" + cursorText(#"["rating","inf","a"]"#), "cursor"),
            ("sort=rating&cursor=" + cursorText(#"["rating","1e-400","a"]"#), "cursor"),
            // The bits of infinity and of NaN, and one more than there are.
            ("sort=rating&cursor=" + cursorText(#"["rating","9218868437227405312","a"]"#), "cursor"),
            ("sort=rating&cursor=" + cursorText(#"["rating","18446744073709551616","a"]"#), "cursor"),
            ("search=x&sort=relevance&cursor=" + cursorText(#"["relevance","1e-60","a"]"#), "cursor"),
            ("search=x&sort=relevance&cursor=" + cursorText(#"["relevance","2143289344","a"]"#), "cursor"),
            ("search=x&sort=relevance&cursor=" + cursorText(#"["relevance","4294967296","a"]"#), "cursor"),
            ("sort=price&cursor=" + cursorText(#"["price","9223372036854775808","a"]"#), "cursor"),
            ("sort=newest&cursor=" + cursorText(#"["newest","1e300","a"]"#), "cursor"),
            ("page=9223372036854775808", "page"), ("min_price=1e400", "min_price"),
            ("max_price=9999999999999999", "max_price"),
            ("search=e" + String(repeating: "%CC%81", count: 201), "search"),
        ]
    )
    func badParameters(query: String, name: String) async throws {
        let config = AppConfig()
        let calls = TestRoutes.calls(config)
        let answer = try await calls(.get, "/products?" + query)
        #expect(answer.status == 400)
        #expect(try answer.problem()["errors"]?.array?.first?["parameter"] == .string(name))
    }

    private static func cursorText(_ json: String) -> String {
        Data(json.utf8).base64EncodedString().filter { $0 != "=" }
    }

    @Test("a blank filter is no filter, in every list")
    func blankFilters() async throws {
        try await ApiShop.with { shop in
            #expect(try await shop.calls(.get, "/products?category=").json()["total"] == .integer(30))
            let some = try await shop.calls(.get, "/products?product_ids=P-05&product_ids=P-01,nowhere").json()
            #expect(some.items.map { $0["product_id"] } == [.string("P-01"), .string("P-05")])
            let many = (0...100).map { "p\($0)" }.joined(separator: ",")
            #expect(try await shop.calls(.get, "/products?product_ids=\(many)").status == 400)
            #expect(try await shop.calls(.get, "/products?product_ids=P-05&product_ids=P%2F05").status == 400)
            #expect(try await shop.calls(.get, "/products?category=%20").json()["total"] == .integer(30))
            let all = try await shop.calls(.get, "/trending?window=30d").json()["total"]
            #expect(try await shop.calls(.get, "/trending?window=30d&category=").json()["total"] == all)
            #expect(try await shop.calls(.get, "/recommendations/U-1?category_filter=").json().items.count == 10)
        }
    }

    @Test(
        "a number of a type's ends in a cursor is answered",
        arguments: [
            ("price", "9223372036854775807"), ("-price", "-9223372036854775808"), ("newest", "9223372036854775807"),
            ("popular", "-9223372036854775808"),
            // 5e-324, the largest finite number, and their like for relevance.
            ("rating", "1"), ("rating", "9218868437227405311"), ("relevance", "1"), ("relevance", "2139095039"),
        ]
    )
    func extremeCursors(sort: String, key: String) async throws {
        try await ApiShop.with { shop in
            let cursor = Self.cursorText("[\"\(sort)\",\"\(key)\",\"a\"]")
            let answer = try await shop.calls(.get, "/products?search=product&sort=\(sort)&cursor=\(cursor)")
            #expect(answer.status == 200, "\(answer.text)")
        }
    }

    @Test("a category is found by either spelling of its accents, and its products are counted once")
    func normalForm() async throws {
        try await ApiShop.with { shop in
            _ = try await shop.fixture.client.execute(
                "UPDATE products SET category = 'Caf' || chr(233) WHERE product_id IN ('P-01', 'P-02')"
            )
            for spelling in ["Caf%C3%A9", "Cafe%CC%81"] {
                try await eventually("the catalogue in memory is the new one") {
                    try await shop.calls(.get, "/products?category=\(spelling)").json()["total"] == .integer(2)
                }
                let lists = try await shop.calls(.get, "/recommendations/U-1?category_filter=\(spelling)").json()
                #expect(!lists.items.isEmpty)
                let trends = try await shop.calls(.get, "/trending?window=365d&category=\(spelling)").json()
                #expect(!trends.items.isEmpty)
            }
            // Stored by other means, the two spellings are two categories, in memory as in the database.
            _ = try await shop.fixture.client.execute(
                "UPDATE products SET category = 'Cafe' || chr(769) WHERE product_id = 'P-02'"
            )
            try await eventually("the catalogue in memory is the new one") {
                try await shop.calls(.get, "/categories").json().items.count == 5
            }
            let facet = try await shop.calls(.get, "/products").json()["facets"]?["categories"]?.array ?? []
            #expect(facet.count == 5)
        }
    }

    @Test("one product, its categories, and 404 for what is not there")
    func detail() async throws {
        try await ApiShop.with { shop in
            let product = try await shop.calls(.get, "/api/products/P-03").json()
            #expect(product["name"] == .string("Product 3"))
            #expect(product["metadata"]?.object != nil)
            let missing = try await shop.calls(.get, "/products/P-99")
            #expect(missing.status == 404)
            #expect(try missing.problem()["type"] == .string("urn:recommender-shop:problem:not-found"))
            let categories = try await shop.calls(.get, "/categories").json()
            #expect(categories.items.map { $0["product_count"] } == [.integer(10), .integer(10), .integer(10)])
        }
    }

    @Test("trends name their window, and a bad window is refused")
    func trending() async throws {
        try await ApiShop.with { shop in
            let body = try await shop.calls(.get, "/trending?limit=3&window=30d").json()
            #expect(body.items.count == 3)
            #expect(body["window_seconds"] == .integer(2_592_000))
            #expect(body["based_on"] == .string("window"))
            let filtered = try await shop.calls(.get, "/trending?limit=50&category=Group%202").json()
            #expect(!filtered.items.isEmpty)
            #expect(filtered.items.allSatisfy { $0["category"] == .string("Group 2") })
            for window in ["1", "0h", "366d", "soon", "-1d", "9223372036854775807d", "d"] {
                #expect(try await shop.calls(.get, "/trending?window=\(window)").status == 400)
            }
        }
    }
}
