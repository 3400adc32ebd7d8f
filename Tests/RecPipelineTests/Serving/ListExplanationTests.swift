import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing

@Suite("Why a product is in a list", .serialized)
struct ListExplanationTests {
    private func withLists(_ body: (ShopFixture) async throws -> Void) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.configure { settings in
                settings.ranking.diversity = 0.7
                settings.ranking.exploration = 0.3
            }
            try await shop.generateLists()
            try await body(shop)
        }
    }

    private func ids(_ stage: ListTrace.Stage, _ explanation: ListExplanation) -> [String] {
        stage.items.compactMap { explanation.catalogue.position(ofKey: $0.product) }
            .map { explanation.catalogue.products[$0].productID }
    }

    @Test("the last step of the trace is the list that is served, both lists, from the batch and computed")
    func served() async throws {
        try await withLists { shop in
            for list in ListKind.allCases {
                for user in ["U-1", "U-2"] {
                    let request = RecommendationRequest(userID: user, list: list, limit: 8)
                    let answer = try #require(try await shop.server().recommend(request))
                    #expect(answer.source == .cache)
                    let found = try await shop.server().explain(userID: user, list: list)
                    #expect(found.isServed == true)
                    let shown = answer.items.map { answer.catalogue.products[$0.position].productID }
                    #expect(ids(found.trace[.list], found) == shown)
                    #expect(found.trace[.candidates].items.count >= found.trace[.rules].items.count)
                }
            }
            _ = try await shop.record("buy", user: "U-1", product: "P-25")
            _ = try await shop.server().recommend(.init(userID: "U-1", limit: 8))
            #expect(try await shop.server().explain(userID: "U-1").isServed == true)
        }
    }

    @Test("each rule that keeps a product out is named, with what would change it")
    func rules() async throws {
        try await withLists { shop in
            func verdict(_ product: String, _ list: ListKind = .discover) async throws -> ProductTrace {
                let found = try await shop.server().explain(userID: "U-1", list: list, productID: product)
                return try #require(found.product)
            }
            let key = try #require(try await shop.cache.lookup(userID: "U-1", list: .discover)).userKey
            let met = try await shop.interactions.metProducts(userKey: key)
            let products = try await shop.products.all()
            let bought = try #require(products.first { met.purchased.contains($0.key) }?.productID)
            #expect(try await verdict(bought).verdict == .bought)
            #expect(try await verdict(bought, .buyAgain).verdict == .listed)
            let served = try await shop.server().explain(userID: "U-1")
            let listed = ids(served.trace[.list], served)
            let first = try await verdict(listed[0])
            #expect(first.verdict == .listed && first.remedy == nil && first.isKnown)
            let place = try #require(first.places.last)
            #expect(place.step == .list && place.rank == 1 && place.count == 8)
            #expect(try await verdict(listed[0], .buyAgain).verdict == .notBought)

            _ = try await shop.client.execute("UPDATE products SET stock = 0 WHERE product_id = \(listed[0])")
            #expect(try await verdict(listed[0]).verdict == .outOfStock)
            _ = try await shop.client.execute("UPDATE products SET active = false WHERE product_id = \(listed[0])")
            #expect(try await verdict(listed[0]).verdict == .inactive)
            try await shop.configure { $0.ranking.excludedProducts = [listed[1]] }
            let excluded = try await verdict(listed[1])
            #expect(excluded.verdict == .excluded)
            #expect(excluded.remedy?.contains("excluded_products") == true)
            _ = try await shop.interactions.record([
                NewInteraction(
                    eventID: "hide",
                    userID: "U-1",
                    productID: listed[2],
                    type: .feedback,
                    value: -1,
                    timestamp: Date()
                )
            ])
            #expect(try await verdict(listed[2]).verdict == .hidden)
        }
    }

    @Test("a product that lost its place says at which step, or that nothing leads to it, or that the model is older")
    func steps() async throws {
        try await withLists { shop in
            var verdicts: Set<ProductTrace.Verdict> = []
            for user in 0..<12 {
                let server = shop.server()
                for product in 0..<30 {
                    let id = ShopFixture.productID(product)
                    let found = try #require(try await server.explain(userID: "U-\(user)", productID: id).product)
                    verdicts.insert(found.verdict)
                    let rank = found.places.last?.rank
                    #expect((found.verdict == .listed) == (rank != nil))
                    #expect((found.remedy == nil) == (found.verdict == .listed))
                    if found.verdict == .exploration || found.verdict == .diversity {
                        #expect(found.places.first { $0.step == .rules }?.rank != nil)
                    }
                }
            }
            #expect(verdicts.isSuperset(of: [.listed, .bought]))
            _ = try await shop.client.execute(
                """
                INSERT INTO products (product_id, name, category, price_minor, stock, created_at)
                VALUES ('P-later', 'zither', 'Attic', 900, 5, now() - interval '90 days')
                """
            )
            let later = try #require(try await shop.server().explain(userID: "U-1", productID: "P-later").product)
            #expect(later.verdict == .unknown && !later.isKnown)
            await #expect(throws: ListExplanation.Refusal.noProduct("nope")) {
                try await shop.server().explain(userID: "U-1", productID: "nope")
            }
            await #expect(throws: ListExplanation.Refusal.noUser("nobody")) {
                try await shop.server().explain(userID: "nobody")
            }
        }
    }
}
