import Foundation
import Postgres
import RecEngine
import RecPipeline
import Shop
import ShopTestSupport
import Testing

@Suite("Serving recommendations", .serialized)
struct RecommendationServiceTests {
    private func withBatch(_ body: (ShopFixture) async throws -> Void) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            guard case .completed = try await shop.runner().run(.timer) else {
                Issue.record("no batch")
                return
            }
            try await body(shop)
        }
    }

    private func ids(_ answer: RecommendationAnswer) -> [String] {
        answer.items.map { answer.catalogue.products[$0.position].productID }
    }

    @Test("a fresh list comes from the cache, with its generation, model and evidence")
    func cached() async throws {
        try await withBatch { shop in
            let answer = try #require(try await shop.server().recommend(.init(userID: "U-1", limit: 5)))
            #expect(answer.source == .cache)
            #expect(!answer.stale)
            #expect(answer.items.count == 5)
            #expect(answer.generation == 1)
            #expect(answer.modelVersion != nil)
            let evidence = try #require(answer.items.first?.evidence)
            #expect(evidence.share > 0 && evidence.share <= 1)
            #expect(evidence.time >= 1_700_000_000)
        }
    }

    @Test("nobody knows a customer who does not exist")
    func unknown() async throws {
        try await withBatch { shop in
            let answer = try await shop.server().recommend(.init(userID: "nobody"))
            #expect(answer == nil)
        }
    }

    @Test(
        "a purchase makes the list stale: a process that never ran the batch computes it, without what was bought, and stores it"
    )
    func computed() async throws {
        try await withBatch { shop in
            let server = shop.server()
            let before = ids(try #require(try await server.recommend(.init(userID: "U-1", limit: 5))))
            let bought = try #require(before.first)
            _ = try await shop.record("buy", user: "U-1", product: bought)
            let answer = try #require(try await server.recommend(.init(userID: "U-1", limit: 5)))
            #expect(answer.source == .computed)
            #expect(!ids(answer).contains(bought))
            #expect(answer.items.count == 5)
            let again = try #require(try await server.recommend(.init(userID: "U-1", limit: 5)))
            #expect(again.source == .cache)
            #expect(again.generation == 1)
            #expect(ids(again) == ids(answer))
        }
    }

    @Test("what is computed on demand equals what a batch would write from the same events")
    func sameAsBatch() async throws {
        try await withBatch { shop in
            let request = RecommendationRequest(userID: "U-2", limit: 8)
            let cached = try #require(try await shop.server().recommend(request))
            _ = try await shop.client.execute("DELETE FROM recommendation_cache")
            let computed = try #require(try await shop.server().recommend(request))
            #expect(computed.source == .computed)
            #expect(computed.items == cached.items)
        }
    }

    @Test("a newcomer gets popular products; one look is enough for a list of their own")
    func newcomer() async throws {
        try await withBatch { shop in
            _ = try await UserRepository(database: shop.client).create(User(userID: "new"))
            let server = shop.server()
            let popular = try #require(try await server.recommend(.init(userID: "new", limit: 5)))
            #expect(popular.source == .popular)
            #expect(popular.items.count == 5)
            #expect(popular.items.allSatisfy { $0.evidence == nil })
            _ = try await shop.record("look", user: "new", product: "P-00", type: .view)
            let own = try #require(try await server.recommend(.init(userID: "new", limit: 5)))
            #expect(own.source == .computed)
            #expect(own.items.first.map { own.catalogue.products[$0.position].category } == "Group 0")
        }
    }

    /// Events of one customer in one statement, as many as `sql` selects: columns product_id, type, value and seconds ago.
    private func insert(_ shop: ShopFixture, user: String, _ prefix: String, _ sql: SQLQuery) async throws {
        _ = try await shop.client.execute(
            """
            INSERT INTO interactions (event_id, user_key, product_key, interaction_type, value, timestamp)
            SELECT \(prefix)::text || '-' || row_number() OVER (), u.id, p.id, e.type::interaction_type, e.value,
                now() - make_interval(secs => e.ago)
            FROM (\(sql)) AS e (product_id, type, value, ago) JOIN products p USING (product_id), users u
            WHERE u.user_id = \(user)
            """
        )
        _ = try await shop.client.execute(
            """
            UPDATE users SET invalidated_after = (SELECT max(id) FROM interactions WHERE user_key = users.id)
            WHERE user_id = \(user)
            """
        )
    }

    @Test(
        "what was bought before six thousand looks is not recommended: in the batch, on demand, from the overlay, refilled"
    )
    func oldPurchases() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await insert(
                shop,
                user: "U-1",
                "look",
                "SELECT 'P-' || (10 + n % 10), 'view', NULL::real, 1.0 FROM generate_series(1, 6000) n"
            )
            try await shop.generateLists()
            let lookup = try #require(try await shop.cache.lookup(userID: "U-1", list: .discover))
            let owned = try await shop.interactions.metProducts(userKey: lookup.userKey).productKeys
            #expect(owned.count >= 3)
            #expect(owned.isDisjoint(with: try #require(lookup.entry).list.products))
            let batch = try #require(try await shop.server().recommend(.init(userID: "U-1", limit: 8)))
            #expect(batch.source == .cache)

            _ = try await shop.client.execute("DELETE FROM recommendation_cache")
            let server = shop.server()
            let computed = try #require(try await server.recommend(.init(userID: "U-1", limit: 8)))
            #expect(computed.source == .computed)
            #expect(computed.items == batch.items)
            let overlay = try #require(try await server.recommend(.init(userID: "U-1", limit: 8)))
            #expect(overlay.source == .cache)
            #expect(overlay.items == batch.items)
            // More than there is: everything but what is owned, with and without the model.
            for answer in [
                try await server.recommend(.init(userID: "U-1", limit: 30)),
                try await server.recommend(.init(userID: "U-1", limit: 30, category: "Group 1")),
            ] {
                let answer = try #require(answer)
                let keys = answer.items.map { answer.catalogue.products[$0.position].key }
                #expect(owned.isDisjoint(with: keys))
                #expect(Set(keys).count == keys.count)
            }
            let all = try #require(try await server.recommend(.init(userID: "U-1", limit: 30)))
            #expect(all.items.count == 30 - owned.count)
        }
    }

    @Test("a newcomer's list stays the same whatever is shown, and does not end when everything was viewed and clicked")
    func impressions() async throws {
        try await withBatch { shop in
            _ = try await UserRepository(database: shop.client).create(User(userID: "new"))
            let server = shop.server()
            let before = try #require(try await server.recommend(.init(userID: "new", limit: 10)))
            try await insert(
                shop,
                user: "new",
                "shown",
                "SELECT product_id, 'impression', NULL::real, 1.0 FROM products"
            )
            let shown = try #require(try await server.recommend(.init(userID: "new", limit: 10)))
            #expect(shown.source == .popular)
            #expect(ids(shown) == ids(before))
            for type in ["view", "click", "add_to_cart"] {
                try await insert(
                    shop,
                    user: "new",
                    type,
                    "SELECT product_id, \(type)::text, NULL::real, 1.0 FROM products"
                )
                let answer = try #require(try await server.recommend(.init(userID: "new", limit: 30)))
                #expect(answer.items.count == 30, "\(type)")
            }
            // The batch says the same.
            try await shop.generateLists()
            let list = try #require(try await shop.server().recommend(.init(userID: "new", limit: 8)))
            #expect(list.source == .cache)
            #expect(list.items.count == 8)
            _ = try await shop.client.execute("DELETE FROM recommendation_cache")
            let computed = try #require(try await shop.server().recommend(.init(userID: "new", limit: 8)))
            #expect(computed.source == .computed)
            #expect(computed.items == list.items)
        }
    }

    @Test("bought, rated and hidden products leave the list; what is liked, or hidden and then liked, stays")
    func met() async throws {
        try await withBatch { shop in
            _ = try await UserRepository(database: shop.client).create(User(userID: "new"))
            try await insert(
                shop,
                user: "new",
                "e",
                """
                VALUES ('P-00', 'view', NULL::real, 9.0), ('P-01', 'purchase', 1, 9), ('P-02', 'rating', 1, 9),
                    ('P-03', 'feedback', -1, 9), ('P-04', 'feedback', 1, 9), ('P-05', 'feedback', 1, 2),
                    ('P-05', 'feedback', -1, 3), ('P-06', 'feedback', -0.5, 2), ('P-06', 'feedback', 1, 3)
                """
            )
            let computed = try #require(try await shop.server().recommend(.init(userID: "new", limit: 30)))
            let absent = Set(["P-01", "P-02", "P-03", "P-06"])
            #expect(Set(ids(computed)) == Set((0..<30).map(ShopFixture.productID)).subtracting(absent))
            try await shop.generateLists()
            let batch = try #require(try await shop.server().recommend(.init(userID: "new", limit: 8)))
            #expect(batch.source == .cache)
            #expect(absent.isDisjoint(with: ids(batch)))
            _ = try await shop.client.execute("DELETE FROM recommendation_cache")
            let again = try #require(try await shop.server().recommend(.init(userID: "new", limit: 8)))
            #expect(again.source == .computed)
            #expect(again.items == batch.items)
        }
    }

    @Test("batch and request agree on what a customer has met, for any events in any order")
    func metAgrees() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 6)
            let seed = UInt64.random(in: 0 ... .max)
            var generator = SeededGenerator(seed: seed)
            var events: [NewInteraction] = []
            for number in 0..<3_000 {
                let type = InteractionType.allCases[Int(generator.next() % UInt64(InteractionType.allCases.count))]
                let value: Float? =
                    switch type {
                    case .feedback: [-1, -0.25, 0, 0.5, 1][Int(generator.next() % 5)]
                    case .rating: Float(1 + generator.next() % 5)
                    default: nil
                    }
                events.append(
                    NewInteraction(
                        eventID: "r-\(number)",
                        userID: "U-\(generator.next() % 6)",
                        productID: ShopFixture.productID(Int(generator.next() % 30)),
                        type: type,
                        value: value,
                        // Few moments, so that ties are there.
                        timestamp: Date(timeIntervalSince1970: 1_700_000_000 + Double(generator.next() % 50))
                    )
                )
            }
            for start in stride(from: 0, to: events.count, by: 500) {
                _ = try await shop.interactions.record(Array(events[start..<start + 500]))
            }
            let dataset = try await shop.loader.load(dataCut: try await shop.interactions.dataCut())
            #expect(dataset.met.all.count == dataset.users.count)
            for user in 0..<dataset.users.count {
                let asked = try await shop.interactions.metProducts(userKey: dataset.users.keys[user])
                func keys(_ items: HiddenItems) -> Set<Int64> { Set(items[user].map { dataset.items.keys[Int($0)] }) }
                #expect(keys(dataset.met.all) == asked.productKeys, "seed \(seed)")
                #expect(keys(dataset.met.hidden) == asked.hidden, "seed \(seed)")
                #expect(keys(dataset.met.purchased) == asked.purchased, "seed \(seed)")
            }
        }
    }

    @Test("without the store a list that cannot be made anew is served without what was bought and hidden since")
    func withoutStore() async throws {
        try await withBatch { shop in
            let before = ids(try #require(try await shop.server().recommend(.init(userID: "U-1", limit: 8))))
            try FileManager.default.removeItem(atPath: shop.blobDirectory)
            _ = try await shop.record("buy", user: "U-1", product: before[0])
            _ = try await shop.interactions.record([
                NewInteraction(
                    eventID: "hide",
                    userID: "U-1",
                    productID: before[1],
                    type: .feedback,
                    value: -1,
                    timestamp: Date()
                )
            ])
            let answer = try #require(try await shop.server().recommend(.init(userID: "U-1", limit: 8)))
            #expect(answer.source == .cache)
            #expect(answer.stale)
            #expect(Set(ids(answer)).isDisjoint(with: before.prefix(2)))
            #expect(ids(answer).prefix(6) == before[2...])
            #expect(answer.items.count == 8)
        }
    }

    @Test("before the first batch everybody gets popular products")
    func beforeFirstBatch() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let answer = try #require(try await shop.server().recommend(.init(userID: "U-1", limit: 5)))
            #expect(answer.source == .popular)
            #expect(answer.items.count == 5)
            #expect(answer.generation == nil)
        }
    }

    @Test("what is sold out, withdrawn or of another category is dropped now and refilled")
    func filters() async throws {
        try await withBatch { shop in
            let server = shop.server()
            let before = ids(try #require(try await server.recommend(.init(userID: "U-1", limit: 3))))
            _ = try await shop.client.execute("UPDATE products SET stock = 0 WHERE product_id = \(before[0])")
            _ = try await shop.client.execute("UPDATE products SET active = false WHERE product_id = \(before[1])")
            let after = try #require(try await server.recommend(.init(userID: "U-1", limit: 3)))
            #expect(after.items.count == 3)
            #expect(Set(ids(after)).isDisjoint(with: before.prefix(2)))
            let other = try #require(try await server.recommend(.init(userID: "U-1", limit: 4, category: "Group 2")))
            #expect(other.items.count == 4)
            #expect(other.items.allSatisfy { other.catalogue.products[$0.position].category == "Group 2" })
        }
    }

    @Test("a score floor drops what is below it and is not filled up with popular products")
    func minimumScore() async throws {
        try await withBatch { shop in
            let server = shop.server()
            let all = try #require(try await server.recommend(.init(userID: "U-1", limit: 8)))
            let floor = try #require(all.items.first).score
            let best = try #require(try await server.recommend(.init(userID: "U-1", limit: 8, minimumScore: floor)))
            #expect(!best.items.isEmpty)
            #expect(best.items.allSatisfy { $0.score >= floor })
            #expect(best.items.count < all.items.count)
        }
    }

    @Test("a longer list than is stored is computed")
    func longer() async throws {
        try await withBatch { shop in
            let answer = try #require(try await shop.server().recommend(.init(userID: "U-1", limit: 15)))
            #expect(answer.items.count == 15)
            #expect(answer.source == .computed)
            #expect(Set(ids(answer)).count == 15)
        }
    }

    @Test("a corrupt model is refused: the old list is served and marked stale")
    func corruptModel() async throws {
        try await withBatch { shop in
            let version = try #require(try await shop.modelRows.live()).modelVersion
            try await shop.blobs.put("models/\(version)/model.npz", Array("not a model".utf8))
            _ = try await shop.record("buy", user: "U-1", product: "P-00")
            let answer = try #require(try await shop.server().recommend(.init(userID: "U-1", limit: 5)))
            #expect(answer.source == .cache)
            #expect(answer.stale)
            #expect(!answer.items.isEmpty)
        }
    }

    @Test("a list of a model that is not live is not served")
    func otherModel() async throws {
        try await withBatch { shop in
            _ = try await shop.record("buy", user: "U-1", product: "P-00")
            _ = try await shop.server().recommend(.init(userID: "U-1", limit: 5))
            _ = try await shop.client.execute("UPDATE recommendation_cache_overlay SET model_version = 'another'")
            let lookup = try #require(try await shop.cache.lookup(userID: "U-1", list: .discover))
            #expect(lookup.entry?.stamp.generation == 1)
        }
    }

    @Test("products that the settings exclude are not among the popular ones that a newcomer gets either")
    func excludedFromPopular() async throws {
        try await withBatch { shop in
            _ = try await UserRepository(database: shop.client).create(User(userID: "new"))
            let before = ids(try #require(try await shop.server().recommend(.init(userID: "new", limit: 5))))
            try await shop.configure { $0.ranking.excludedProducts = [before[0]] }
            let after = ids(try #require(try await shop.server().recommend(.init(userID: "new", limit: 5))))
            #expect(after.count == 5 && !after.contains(before[0]))
            #expect(after.starts(with: before.dropFirst()))
        }
    }

    @Test("a row of twenty items stays under 1,900 bytes")
    func rowSize() async throws {
        try await ShopFixture.with { shop in
            var list = StoredList()
            for index in 0..<20 {
                // Four in ten are explored: a fifth is usual.
                list.append(
                    Int64(19_000 + index * 37),
                    score: 1.2345678 / Float(index + 1),
                    evidence: (Int64(18_000 + index * 41), 0.37, 1_700_000_000 + Int64(index) * 12_345),
                    marks: .init(others: 2, isExplored: index % 5 < 2),
                    propensity: 0.2 / Double(60 - index)
                )
            }
            let stamp = CacheStamp(
                generation: 0,
                dataCut: 10_000_000,
                modelVersion: "20261123T205200Z-job-000123-t12345",
                generatedAt: Date()
            )
            _ = try await shop.client.execute(
                "INSERT INTO users (id, user_id) OVERRIDING SYSTEM VALUE VALUES (200000, 'U-200000')"
            )
            try await shop.cache.storeOverlay(userKey: 200_000, list: .discover, list, stamp)
            let size = try await shop.client.query(
                "SELECT pg_column_size(o.*)::bigint FROM recommendation_cache_overlay o"
            )
            #expect(try #require(size.first).decode(Int64.self, at: 0) < 1_900)
        }
    }
}
