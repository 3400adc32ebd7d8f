import Foundation
import Postgres
import RecEngine
import RecPipeline
import Shop
import ShopTestSupport
import Testing

/// Random shops whose stock, prices, categories, settings and customers change after the lists were made.
@Suite("Every served list", .serialized)
struct ServedListPropertyTests {
    @Test(
        "is as long as there are products for it, without repeats and without what may not be in it",
        arguments: 0..<4
    )
    func invariants(round: Int) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        try await ShopFixture.with { shop in
            try await shop.seed(users: 12, itemsPerGroup: 6 + random.below(6), groups: 3, seed: seed)
            try await shop.configure { settings in
                settings.ranking.listLength = 5 + random.below(10)
                settings.ranking.diversity = round % 2 == 0 ? 0.7 : 1
                settings.ranking.exploration = round < 2 ? 0.3 : 0
            }
            try await shop.generateLists()
            try await change(shop, &random)
            let server = shop.server()
            for number in 0..<80 {
                var request = RecommendationRequest(
                    userID: "U-\(random.below(12))",
                    list: random.below(3) == 0 ? .buyAgain : .discover,
                    limit: 1 + random.below(30),
                    category: random.below(3) == 0 ? "Group \(random.below(3))" : nil
                )
                if random.below(4) == 0 { request.sessionID = "visit" }
                let answer = try #require(try await server.recommend(request))
                let shown = answer.items.map { answer.catalogue.products[$0.position].key }
                let allowed = try await allowed(request, shop)
                let words = "seed \(seed), round \(round), \(number): \(request)"
                #expect(Set(shown).count == shown.count, "\(words)")
                #expect(Set(shown).isSubset(of: allowed), "\(words)")
                #expect(shown.count == min(request.limit, allowed.count), "\(words)")
            }
        }
    }

    /// What happens in a shop between two batches.
    private func change(_ shop: ShopFixture, _ random: inout SeededGenerator) async throws {
        func product() -> String { ShopFixture.productID(random.below(18)) }
        for _ in 0..<4 {
            _ = try await shop.client.execute("UPDATE products SET stock = 0 WHERE product_id = \(product())")
            _ = try await shop.client.execute("UPDATE products SET active = false WHERE product_id = \(product())")
            _ = try await shop.client.execute(
                "UPDATE products SET price_minor = \(Int64(100 + random.below(4_000))) WHERE product_id = \(product())"
            )
            _ = try await shop.client.execute(
                "UPDATE products SET category = 'Group 1' WHERE product_id = \(product())"
            )
        }
        _ = try await shop.client.execute("UPDATE catalogue_version SET version = version + 1")
        _ = try await shop.client.execute(
            """
            INSERT INTO products (product_id, name, description, category, price_minor, stock)
            VALUES ('P-new', 'Product new', 'Belongs to group 0', 'Group 0', 900, 5)
            """
        )
        let first = product()
        let category = "Group \(random.below(3))"
        let changesPrices = random.below(2) == 0
        try await shop.configure { settings in
            settings.ranking.excludedProducts = [first]
            if changesPrices { (settings.ranking.minimumPrice, settings.ranking.maximumPrice) = (6, 25) }
            if !changesPrices { settings.ranking.excludedCategories = [category] }
        }
        var events: [NewInteraction] = []
        for number in 0..<60 {
            let type: InteractionType = [.purchase, .feedback, .view, .rating][random.below(4)]
            events.append(
                NewInteraction(
                    eventID: "after-\(number)",
                    userID: "U-\(random.below(8))",
                    productID: random.below(10) == 0 ? "P-new" : product(),
                    type: type,
                    value: type == .feedback ? (random.below(3) == 0 ? 1 : -1) : type == .rating ? 3 : 1,
                    timestamp: Date(),
                    sessionID: type == .view ? "visit" : nil
                )
            )
        }
        _ = try await shop.interactions.record(events)
    }

    /// Keys of all that may be in the list, from the tables.
    private func allowed(_ request: RecommendationRequest, _ shop: ShopFixture) async throws -> Set<Int64> {
        let ranking = try RecommenderSettings(json: try await shop.config.find(.recommender)?.json).ranking
        let lookup = try #require(try await shop.cache.lookup(userID: request.userID, list: request.list))
        let met = try await shop.interactions.metProducts(userKey: lookup.userKey)
        let products = try await shop.products.all().filter { product in
            product.isSellable && ranking.admits(product) && request.category.map { $0 == product.category } ?? true
        }
        let keys = Set(products.map(\.key)).subtracting(met.hidden)
        switch request.list {
        case .discover: return keys.subtracting(met.productKeys)
        case .buyAgain: return keys.intersection(met.purchased)
        }
    }
}
