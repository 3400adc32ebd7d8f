import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing

@Suite("Popular products", .serialized)
struct PopularProductsTests {
    @Test("events weigh as in the table of interaction weights, whichever type they are", arguments: [9, 11])
    func weights(views: Int) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            let now = Date()
            func events(_ type: InteractionType, _ product: String, _ count: Int) -> [NewInteraction] {
                (0..<count).map { number in
                    NewInteraction(
                        eventID: "\(product)-\(number)",
                        userID: "U-1",
                        productID: product,
                        type: type,
                        value: type.valueRule.absent,
                        timestamp: now
                    )
                }
            }
            let purchase = events(.purchase, "P-05", 1)
            let others = events(.impression, "P-07", 50) + events(.addToCart, "P-08", 2)
            _ = try await shop.interactions.record(purchase + events(.view, "P-06", views) + others)
            let popular = PopularProducts(interactions: shop.interactions, options: ServingOptions())
            let catalogue = try await CatalogueCache(products: shop.products).current()
            let trending = try await popular.trending(catalogue, windowSeconds: 86_400)
            let ids = trending.map { catalogue.products[$0.position].productID }
            #expect(ids == (views < 10 ? ["P-05", "P-06", "P-08"] : ["P-06", "P-05", "P-08"]))
            let score = try #require(trending.first { catalogue.products[$0.position].productID == "P-08" }).score
            #expect(abs(score - 2 * InteractionWeights.weight(of: .addToCart, value: nil)) < 1e-5)
        }
    }

    @Test(
        "fewer than eight products with events are no trend: the most purchased stand in, and give way when there are eight"
    )
    func few() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            let now = Date()
            func view(_ products: Range<Int>) -> [NewInteraction] {
                products.map { number in
                    NewInteraction(
                        eventID: "view-\(number)",
                        userID: "U-1",
                        productID: "P-0\(number)",
                        type: .view,
                        timestamp: now
                    )
                }
            }
            var options = ServingOptions()
            options.trendingTTL = .zero
            let popular = PopularProducts(interactions: shop.interactions, options: options)
            let catalogue = try await CatalogueCache(products: shop.products).current()
            let everything = catalogue.sellableByPurchases
            try #require(everything.count > 9)

            _ = try await shop.interactions.record(view(0..<7))
            let few = try await popular.trends(catalogue, windowSeconds: 86_400) { _ in true }
            #expect(few.basis == .purchases)
            #expect(few.products.map(\.position) == everything)
            #expect(few.products.allSatisfy { $0.score == 0 })
            // All that there is of what is wanted has events: nothing else could stand in.
            let viewed = Set(try await popular.trending(catalogue, windowSeconds: 86_400).map(\.position))
            let all = try await popular.trends(catalogue, windowSeconds: 86_400, where: viewed.contains)
            #expect(all.basis == .window)
            #expect(Set(all.products.map(\.position)) == viewed)

            _ = try await shop.interactions.record(view(7..<8))
            let enough = try await popular.trends(catalogue, windowSeconds: 86_400) { _ in true }
            #expect(enough.basis == .window)
            #expect(enough.products.count == 8)
        }
    }

    @Test("a trend that cannot be computed again is an error, and is computed when it can")
    func unavailable() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            var options = ServingOptions()
            options.trendingTTL = .zero
            let popular = PopularProducts(interactions: shop.interactions, options: options)
            let catalogue = try await CatalogueCache(products: shop.products).current()
            _ = try await popular.trending(catalogue, windowSeconds: 86_400)
            _ = try await shop.client.execute("ALTER TABLE interactions RENAME TO away")
            await #expect(throws: (any Error).self) {
                try await popular.trending(catalogue, windowSeconds: 86_400)
            }
            _ = try await shop.client.execute("ALTER TABLE away RENAME TO interactions")
            _ = try await popular.trending(catalogue, windowSeconds: 86_400)
        }
    }
}
