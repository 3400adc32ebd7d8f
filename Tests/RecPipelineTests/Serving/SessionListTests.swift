import Foundation
import RecPipeline
import Shop
import ShopTestSupport
import Testing

@Suite("Lists of a visit", .serialized)
struct SessionListTests {
    private func ids(_ answer: RecommendationAnswer) -> [String] {
        answer.items.map { answer.catalogue.products[$0.position].productID }
    }

    private func categories(_ answer: RecommendationAnswer) -> [String] {
        answer.items.map { answer.catalogue.products[$0.position].category }
    }

    private func look(_ shop: ShopFixture, _ products: [String], session: String) async throws {
        _ = try await shop.interactions.record(
            products.enumerated().map { number, product in
                NewInteraction(
                    eventID: "\(session)-\(number)",
                    userID: "U-0",
                    productID: product,
                    type: .view,
                    timestamp: Date(timeIntervalSinceNow: Double(number) - 100),
                    sessionID: session
                )
            }
        )
    }

    @Test("what the visit looked at comes forward; the stored list and the list of another visit stay as they are")
    func lifted() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            let server = shop.server()
            let request = RecommendationRequest(userID: "U-0", limit: 8)
            let before = try #require(try await server.recommend(request))
            #expect(before.source == .cache)
            try await look(shop, ["P-21", "P-22", "P-23"], session: "visit")
            var visiting = request
            visiting.sessionID = "visit"
            let lifted = try #require(try await server.recommend(visiting))
            #expect(lifted.source == .session)
            let group2 = categories(lifted).count { $0 == "Group 2" }
            #expect(group2 > categories(before).count { $0 == "Group 2" })
            let item = try #require(zip(categories(lifted), lifted.items).first { $0.0 == "Group 2" }?.1)
            let evidence = try #require(item.evidence)
            #expect(item.marks.occasion == .viewed)
            #expect(["P-21", "P-22", "P-23"].contains(lifted.catalogue.products[evidence.position].productID))
            // Nothing was stored, and a visit that has looked at nothing changes nothing.
            for sessionID in [nil, "other"] {
                var plain = request
                plain.sessionID = sessionID
                let answer = try #require(try await server.recommend(plain))
                #expect(answer.source == .cache && answer.items == before.items)
            }
            var again = visiting
            again.list = .buyAgain
            #expect(try #require(try await server.recommend(again)).source == .cache)
        }
    }

    @Test("only the last five products of a visit count, each once")
    func lastFive() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let products = (10..<17).map(ShopFixture.productID) + ["P-12"]
            try await look(shop, products, session: "visit")
            let users = try await UserRepository(database: shop.client).allIDs()
            let key = try #require(users.first { $0.value == "U-0" }?.key)
            let views = try await shop.interactions.lastViews(userKey: key, sessionID: "visit", limit: 5)
            let catalogue = try await shop.products.all()
            let ids = views.compactMap { view in catalogue.first { $0.key == view.productKey }?.productID }
            #expect(ids == ["P-12", "P-16", "P-15", "P-14", "P-13"])
            #expect(try await shop.interactions.lastViews(userKey: key, sessionID: "other", limit: 5).isEmpty)
        }
    }
}
