import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing

@Suite("Products of today", .serialized)
struct NewProductTests {
    private func withLists(_ body: (ShopFixture) async throws -> Void) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.configure { settings in
                settings.ranking.exploration = 0.2
                settings.ranking.listLength = 10
            }
            try await shop.generateLists()
            try await body(shop)
        }
    }

    private func add(_ shop: ShopFixture, _ id: String, _ name: String, group: Int) async throws {
        _ = try await shop.client.execute(
            """
            INSERT INTO products (product_id, name, description, category, price_minor, stock)
            VALUES (\(id), \(name), \("Belongs to group \(group)"), \("Group \(group)"), 2000, 5)
            """
        )
    }

    private func ids(_ answer: RecommendationAnswer) -> [String] {
        answer.items.map { answer.catalogue.products[$0.position].productID }
    }

    @Test("a customer whose purchases are described alike has it on the next list, from a request and from a batch")
    func listed() async throws {
        try await withLists { shop in
            try await add(shop, "P-new", "Product 12", group: 1)
            let request = RecommendationRequest(userID: "U-1", limit: 10)
            let before = try #require(try await shop.server().recommend(request))
            #expect(before.source == .cache && !ids(before).contains("P-new"))
            _ = try await shop.client.execute("DELETE FROM recommendation_cache")
            let computed = try #require(try await shop.server().recommend(request))
            #expect(computed.source == .computed)
            let place = try #require(ids(computed).firstIndex(of: "P-new"))
            // Behind the best that the model has, before what fills the list up.
            #expect(place > 0 && computed.items[..<place].allSatisfy { !$0.marks.isFiller })
            let item = computed.items[place]
            #expect(item.marks.isNew && !item.marks.isExplored)
            let evidence = try #require(item.evidence)
            #expect(computed.catalogue.products[evidence.position].category == "Group 1")
            try await shop.generateLists()
            let batch = try #require(try await shop.server().recommend(request))
            #expect(batch.source == .cache)
            #expect(ids(batch).firstIndex(of: "P-new").map { batch.items[$0].marks.isNew } == true)
            let outcome = try await JobReplay(services: shop.batchServices(owner: "replay"), options: BatchOptions())
                .run("job-000002")
            guard case .equal = outcome else {
                Issue.record("\(outcome)")
                return
            }
        }
    }

    @Test("bought or hidden it leaves, out of stock it is not listed, and without exploration there are none")
    func left() async throws {
        try await withLists { shop in
            try await add(shop, "P-new", "Product 12", group: 1)
            _ = try await shop.client.execute("DELETE FROM recommendation_cache")
            let request = RecommendationRequest(userID: "U-1", limit: 10)
            func isListed() async throws -> Bool {
                _ = try await shop.client.execute("DELETE FROM recommendation_cache")
                return ids(try #require(try await shop.server().recommend(request))).contains("P-new")
            }
            #expect(try await isListed())
            try await shop.configure { $0.ranking.exploration = 0 }
            #expect(try await !isListed())
            try await shop.configure { $0.ranking.exploration = 0.2 }
            _ = try await shop.client.execute("UPDATE products SET stock = 0 WHERE product_id = 'P-new'")
            #expect(try await !isListed())
            _ = try await shop.client.execute("UPDATE products SET stock = 9 WHERE product_id = 'P-new'")
            #expect(try await isListed())
            _ = try await shop.record("buy", user: "U-1", product: "P-new")
            #expect(try await !isListed())
        }
    }

    @Test("what an import adds today and was sold for years is not new")
    func imported() async throws {
        try await ShopFixture.with { shop in
            // Every product of the fixture is as old as its row, and its events are of 2023.
            try await shop.seed(users: 6)
            try await shop.configure { $0.ranking.exploration = 0.5 }
            try await shop.generateLists()
            for user in 0..<6 {
                let answer = try #require(try await shop.server().recommend(.init(userID: "U-\(user)", limit: 8)))
                for item in answer.items where item.marks.isNew {
                    // Only what nobody has ever met.
                    let key = answer.catalogue.products[item.position].key
                    let met = try await shop.client.query(
                        "SELECT count(*) FROM interactions WHERE product_key = \(key)"
                    )
                    #expect(try #require(met.first).decode(Int64.self, at: 0) == 0)
                }
            }
        }
    }
}
