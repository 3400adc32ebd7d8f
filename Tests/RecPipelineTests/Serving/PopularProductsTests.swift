import Foundation
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
}
