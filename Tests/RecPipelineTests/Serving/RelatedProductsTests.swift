import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing

@Suite("Related products", .serialized)
struct RelatedProductsTests {
    private func withBatch(_ body: (ShopFixture) async throws -> Void) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            try await body(shop)
        }
    }

    private func related(_ shop: ShopFixture) -> RelatedProducts {
        RelatedProducts(serving: shop.server(), modelRows: shop.modelRows)
    }

    private func ids(_ answer: RelatedProducts.Answer) -> [String] {
        answer.items.map { answer.catalogue.products[$0.position].productID }
    }

    private func categories(_ answer: RelatedProducts.Answer) -> [String] {
        answer.items.map { answer.catalogue.products[$0.position].category }
    }

    private func add(_ shop: ShopFixture, _ id: String, _ name: String, _ description: String, _ category: String)
        async throws
    {
        _ = try await shop.client.execute(
            """
            INSERT INTO products (product_id, name, description, category, price_minor, stock)
            VALUES (\(id), \(name), \(description), \(category), 900, 5)
            """
        )
    }

    @Test(
        "what customers do with a product decides what is similar; the product itself and what is sold out are not there"
    )
    func similar() async throws {
        try await withBatch { shop in
            let answer = try await related(shop).similar(to: "P-03", limit: 9)
            #expect(answer.source == .similarity && answer.modelVersion != nil)
            #expect(answer.items.count == 9)
            #expect(Set(categories(answer)) == ["Group 0"])
            #expect(!ids(answer).contains("P-03"))
            let sold = try #require(ids(answer).first)
            _ = try await shop.client.execute("UPDATE products SET stock = 0 WHERE product_id = \(sold)")
            let after = try await related(shop).similar(to: "P-03", limit: 9)
            #expect(!ids(after).contains(sold))
            #expect(after.items.count == 9)
        }
    }

    @Test("a product that was added a moment ago has similar products and is among those of others")
    func added() async throws {
        try await withBatch { shop in
            let related = related(shop)
            _ = try await related.similar(to: "P-03", limit: 5)
            try await add(shop, "P-new", "Product 12", "Belongs to group 1", "Group 1")
            let own = try await related.similar(to: "P-new", limit: 6)
            #expect(own.source == .content && own.items.count == 6)
            #expect(ids(own).first == "P-12")
            #expect(Set(categories(own)) == ["Group 1"])
            let others = try await related.similar(to: "P-12", limit: 10)
            #expect(ids(others).contains("P-new"))
            #expect(others.items.first { ids(others)[0] == "P-new" || $0.source == .content } != nil)
            #expect(!ids(try await related.similar(to: "P-25", limit: 9)).contains("P-new"))
            // Two new ones know each other.
            try await add(shop, "P-newer", "Product 12", "Belongs to group 1", "Group 1")
            #expect(ids(try await related.similar(to: "P-new", limit: 3)).contains("P-newer"))
        }
    }

    @Test("what a customer has hidden is left out for them until they take it back, and for nobody else")
    func hidden() async throws {
        try await withBatch { shop in
            let related = related(shop)
            let first = try #require(ids(try await related.similar(to: "P-03", limit: 5)).first)
            let bought = try #require(ids(try await related.boughtTogether(with: ["P-03"], limit: 5)).first)
            func feedback(_ product: String, _ value: Float) async throws {
                _ = try await shop.interactions.record([
                    NewInteraction(
                        eventID: "f-\(product)-\(value)",
                        userID: "U-1",
                        productID: product,
                        type: .feedback,
                        value: value,
                        timestamp: Date()
                    )
                ])
            }
            try await feedback(first, -1)
            try await feedback(bought, -1)
            #expect(!ids(try await related.similar(to: "P-03", limit: 9, userID: "U-1")).contains(first))
            #expect(!ids(try await related.boughtTogether(with: ["P-03"], limit: 9, userID: "U-1")).contains(bought))
            #expect(ids(try await related.similar(to: "P-03", limit: 5, userID: "U-2")).first == first)
            #expect(ids(try await related.similar(to: "P-03", limit: 5)).first == first)
            try await feedback(first, 0)
            #expect(ids(try await related.similar(to: "P-03", limit: 5, userID: "U-1")).first == first)
            await #expect(throws: RelatedProducts.Refusal.noUser("nobody")) {
                try await related.similar(to: "P-03", limit: 5, userID: "nobody")
            }
        }
    }

    @Test("before there is a model the popular products of the category stand in, and say so")
    func withoutModel() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let answer = try await related(shop).similar(to: "P-15", limit: 5)
            #expect(answer.source == .popular && answer.modelVersion == nil && answer.items.count == 5)
            #expect(Set(categories(answer)) == ["Group 1"])
            #expect(!ids(answer).contains("P-15"))
            await #expect(throws: RelatedProducts.Refusal.noProducts(["P-99"])) {
                try await related(shop).boughtTogether(with: ["P-01", "P-99"], limit: 5)
            }
        }
    }

    @Test(
        "a cart's products point to what stands in the same orders, with the number of these; similar ones come after"
    )
    func boughtTogether() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            // Six orders that hold a product of two groups each, which nobody's taste explains.
            for order in 0..<6 {
                _ = try await shop.interactions.record(
                    ["P-00", "P-20"].map { product in
                        NewInteraction(
                            eventID: "pair-\(order)-\(product)",
                            userID: "U-\(order)",
                            productID: product,
                            type: .purchase,
                            value: 1,
                            timestamp: Date(timeIntervalSince1970: 1_710_000_000 + Double(order) * 90_000),
                            orderID: "pair-\(order)"
                        )
                    }
                )
            }
            try await shop.generateLists()
            let answer = try await related(shop).boughtTogether(with: ["P-00"], limit: 20)
            #expect(answer.source == .baskets)
            let pair = try #require(answer.items.first { answer.catalogue.products[$0.position].productID == "P-20" })
            #expect(pair.source == .baskets && (pair.orders ?? 0) >= 6)
            #expect(answer.catalogue.products[pair.from].productID == "P-00")
            let sources = answer.items.map(\.source)
            #expect(sources.contains(.similarity) || sources.contains(.content))
            // Sources do not mix: orders first.
            #expect(sources.drop { $0 == .baskets }.allSatisfy { $0 != .baskets })
            let two = try await related(shop).boughtTogether(with: ["P-00", "P-20"], limit: 20)
            #expect(Set(ids(two)).isDisjoint(with: ["P-00", "P-20"]))
            #expect(Set(ids(two)).count == two.items.count)
            // A product without orders: similar ones, and the answer says so.
            try await add(shop, "P-new", "Product 12", "Belongs to group 1", "Group 1")
            let fresh = try await related(shop).boughtTogether(with: ["P-new"], limit: 5)
            #expect(fresh.source == .content && fresh.items.count == 5)
        }
    }
}
