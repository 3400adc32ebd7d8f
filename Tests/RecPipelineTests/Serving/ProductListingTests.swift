import Foundation
import Postgres
import RecEngine
import ShopTestSupport
import TestSupport
import Testing

@testable import RecPipeline
@testable import Shop

@Suite("Product lists", .serialized)
struct ProductListingTests {
    private func query(_ change: (inout ProductQuery) -> Void = { _ in }) -> ProductQuery {
        var query = ProductQuery()
        change(&query)
        return query
    }

    private func listing(_ shop: ShopFixture) -> ProductListing {
        ProductListing(
            catalogue: CatalogueCache(products: shop.products, checkInterval: .zero),
            search: ProductSearchRepository(database: shop.client)
        )
    }

    private func ids(_ page: ProductPage) -> [String] { page.items.map(\.productID) }

    @Test("filters combine, the total counts all pages, and a facet ignores its own filter")
    func filters() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            _ = try await shop.client.execute("UPDATE products SET stock = 0 WHERE product_id = 'P-03'")
            _ = try await shop.client.execute("UPDATE products SET active = false WHERE product_id = 'P-04'")
            _ = try await shop.client.execute(
                "UPDATE products SET rating_average = 4.5, rating_count = 2 WHERE product_id IN ('P-00', 'P-03', 'P-20')"
            )
            let page = try await listing(shop).page(
                query {
                    $0.categories = ["Group 0"]
                    $0.inStock = true
                    $0.maximumPriceMinor = 1_000
                    $0.pageSize = 2
                    $0.sort = .priceAscending
                }
            )
            #expect(ids(page) == ["P-00", "P-01"])
            #expect(page.total == 4)
            #expect(page.facets.outOfStock == 1)
            #expect(page.facets.inStock == 4)
            #expect(page.facets.categories == [.init(name: "Group 0", count: 4)])
            #expect(page.facets.maximumPriceMinor == 1_400)
            #expect(page.facets.priceRanges.map(\.count) == [3, 5])
            #expect(page.facets.priceRanges.map(\.from) == [500, 1_000])
            #expect(page.facets.ratings.first == .init(stars: 4, count: 1))
            let rated = try await listing(shop).page(query { $0.minimumRating = 4 })
            #expect(rated.total == 3)
            #expect(rated.facets.ratings.first?.count == 3)
        }
    }

    @Test("every order pages through every product once, by page and by cursor", arguments: ProductQuery.Sort.allCases)
    func pages(sort: ProductQuery.Sort) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 12)
            // Equal keys, numbers that 15 digits do not tell apart, times that differ by microseconds.
            _ = try await shop.client.execute(
                """
                UPDATE products SET rating_average = 10 / 3.0::double precision + (id / 2) * 1e-15, purchase_count = id % 7,
                    created_at = '2026-03-01 00:00:00.123456+00'::timestamptz + (id / 2) * interval '1 microsecond',
                    description = repeat('product ', (id % 11)::int), price_minor = 500 + id % 5
                """
            )
            let listing = listing(shop)
            var base = query {
                $0.sort = sort
                $0.pageSize = 7
                $0.search = sort == .relevance ? "product" : nil
            }
            var byPage: [String] = []
            for page in 1...5 {
                base.position = .page(page)
                byPage += ids(try await listing.page(base))
            }
            var byCursor: [String] = []
            base.position = .page(1)
            while true {
                let page = try await listing.page(base)
                byCursor += ids(page)
                guard let next = page.nextCursor, byCursor.count < 100 else { break }
                base.position = .after(next)
            }
            #expect(byPage.count == 30)
            #expect(Set(byPage).count == 30)
            #expect(byCursor == byPage)
        }
    }

    @Test(
        "a walk by cursor while products come and go shows no product twice and misses none that was there throughout",
        arguments: ProductQuery.Sort.allCases
    )
    func changingCatalogue(sort: ProductQuery.Sort) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            let lasting = Set(try await shop.products.all().map(\.productID))
            let listing = listing(shop)
            var walk = query {
                $0.sort = sort
                $0.pageSize = 3
                $0.search = sort == .relevance ? "product" : nil
            }
            var seen: [String] = []
            var round = 0
            while true {
                let page = try await listing.page(walk)
                seen += ids(page)
                guard let next = page.nextCursor, round < 200 else { break }
                walk.position = .after(next)
                round += 1
                // Before and behind the page, and the one that the cursor may name.
                _ = try await shop.client.execute(
                    "DELETE FROM products WHERE product_id LIKE 'X-%' AND id % 3 = \(round % 3)"
                )
                _ = try await shop.client.execute(
                    """
                    INSERT INTO products (product_id, name, category, price_minor, stock, created_at)
                    SELECT 'X-' || \(round)::int8 || '-' || n, 'Product ' || md5(n::text || \(round)::text), 'Group 1',
                        400 + (n * 37 + \(round)::int8 * 11) % 3500, 1, now() - n * interval '1 hour'
                    FROM generate_series(1, 4) n
                    """
                )
            }
            #expect(seen.count == Set(seen).count, "\(seen)")
            #expect(lasting.subtracting(seen) == [])
        }
    }

    @Test("a search finds words of name and description, best first, whatever their form")
    func search() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            let listing = listing(shop)
            // Products of group 1, and "Product 1" of another; 1 is the beginning of ten numbers more.
            #expect(try await listing.page(query { $0.search = "groups 1" }).total >= 11)
            #expect(ids(try await listing.page(query { $0.search = "product 7" })).first == "P-07")
            #expect(try await listing.page(query { $0.search = "no such thing" }).total == 0)
        }
    }

    @Test("the last word may be typed in part, the others not")
    func prefixes() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            _ = try await shop.client.execute(
                "UPDATE products SET name = 'Reading lamp, brass', description = '' WHERE product_id = 'P-00'"
            )
            let listing = listing(shop)
            for text in ["l", "la", "lam", "lamps", "reading la", "READING LAMP", "brass re", "the la"] {
                #expect(
                    try await listing.page(query { $0.search = text }).items.contains { $0.productID == "P-00" },
                    "\(text)"
                )
            }
            #expect(try await listing.page(query { $0.search = "rea lamp" }).total == 0)
        }
    }

    @Test("one wrong letter is forgiven when nothing has the word as it is typed, and the answer says so")
    func typos() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            _ = try await shop.client.execute(
                "UPDATE products SET name = 'Enamel teapot', description = '' WHERE product_id = 'P-00'"
            )
            let listing = listing(shop)
            for text in ["teapto", "teapott", "teepot", "tapot", "enamle", "enamel teapit"] {
                let page = try await listing.page(query { $0.search = text })
                #expect(ids(page) == ["P-00"], "\(text)")
                #expect(page.correctedSearch?.isEmpty == false, "\(text)")
            }
            #expect(try await listing.page(query { $0.search = "teapot" }).correctedSearch == nil)
            // Two letters are two too many.
            #expect(try await listing.page(query { $0.search = "taepto" }).total == 0)
        }
    }

    @Test(
        "special characters separate words and mean nothing",
        arguments: [
            "lamp & shade", "lamp|shade", "!lamp shade", "\"lamp\" -shade", "(lamp) shade:*", "lamp's' shade",
            "lamp\\ shade",
            "lamp OR shade", "'; DROP TABLE products; --", "%lamp_", "<->", ":*", "''", "\u{1F4A1}", "lamp\u{0}",
        ]
    )
    func specialCharacters(text: String) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            _ = try await shop.client.execute(
                "UPDATE products SET name = 'Lamp shade', description = '' WHERE product_id = 'P-00'"
            )
            let found = ids(try await listing(shop).page(query { $0.search = text }))
            // English has no meaning for "or" and "s", and searches do without.
            let words = SearchWords.of(text)
            let isFound = !words.isEmpty && words.allSatisfy { ["lamp", "shade", "or", "s"].contains($0) }
            #expect(found == (isFound ? ["P-00"] : []), "\(text)")
        }
    }

    @Test("lists from memory are those of a plain search through all products", arguments: 1...20)
    func againstPlainSearch(seed: UInt64) async throws {
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        func below(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }
        let products = (0..<80).map { number in
            Product(
                key: Int64(number + 1),
                productID: String(format: "P-%03d", number),
                name: "Name \(below(9))",
                description: "",
                category: "Category \(below(4))",
                priceMinor: Int64(below(6) * 300),
                currency: "GBP",
                stock: Int32(below(3)),
                active: below(8) > 0,
                metadataJSON: "{}",
                ratingCount: 1,
                ratingAverage: below(4) == 0 ? nil : Double(below(9) + 2) / 2,
                purchaseCount: Int64(below(4)),
                createdAt: Date(timeIntervalSince1970: Double(below(5))),
                updatedAt: Date(timeIntervalSince1970: 0)
            )
        }
        let index = ProductIndex(CatalogueSnapshot(version: 1, products: products))
        for sort in ProductQuery.Sort.allCases where sort != .relevance {
            let query = query {
                $0.sort = sort
                $0.pageSize = 100
                $0.categories = below(2) == 0 ? [] : ["Category 1", "Category 2"]
                $0.inStock = [nil, true, false][below(3)]
                $0.minimumPriceMinor = below(2) == 0 ? nil : 300
                $0.maximumPriceMinor = below(2) == 0 ? nil : 1_200
                $0.minimumRating = below(2) == 0 ? nil : 3
            }
            let expected = products.filter { product in
                product.active && (query.categories.isEmpty || query.categories.contains(product.category))
                    && (query.inStock.map { $0 == (product.stock > 0) } ?? true)
                    && product.priceMinor >= query.minimumPriceMinor ?? 0
                    && product.priceMinor <= query.maximumPriceMinor ?? .max
                    && (product.ratingAverage ?? 0) >= query.minimumRating ?? 0
            }
            let page = index.page(query, ranks: nil)
            #expect(Set(ids(page)) == Set(expected.map(\.productID)))
            #expect(page.total == expected.count)
            let keys = page.items.map { product -> (Double, String) in
                switch sort {
                case .priceAscending: (Double(product.priceMinor), product.productID)
                case .priceDescending: (-Double(product.priceMinor), product.productID)
                case .newest: (-product.createdAt.timeIntervalSince1970, product.productID)
                case .popular: (-Double(product.purchaseCount), product.productID)
                case .rating: (-(product.ratingAverage ?? 0), product.productID)
                case .name, .relevance: (Double(product.name.suffix(1)) ?? 0, product.productID)
                }
            }
            #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 }, "\(sort)")
        }
    }
}
