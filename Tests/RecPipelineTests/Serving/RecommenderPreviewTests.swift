import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing

@Suite("Preview of recommender settings", .serialized)
struct RecommenderPreviewTests {
    private static let named: [(userID: String, activity: CustomerActivity?)] = [("U-1", nil), ("U-2", nil)]

    private func withLists(
        isOverTime: Bool = false,
        _ body: (ShopFixture) async throws -> Void
    ) async throws {
        try await ShopFixture.with { shop in
            if isOverTime { try await shop.seedOverTime() } else { try await shop.seed() }
            try await shop.configure { settings in
                settings.ranking.diversity = 0.8
                settings.ranking.exploration = 0.3
            }
            try await shop.generateLists()
            try await body(shop)
        }
    }

    private func settings(
        of shop: ShopFixture,
        _ change: (inout RecommenderSettings) -> Void = { _ in }
    ) async throws -> RecommenderSettings {
        var settings = try RecommenderSettings(json: try await shop.config.find(.recommender)?.json)
        change(&settings)
        return settings
    }

    @Test("with the settings in force nothing moves, and the lists are those that the batch has stored")
    func same() async throws {
        try await withLists { shop in
            let preview = try await shop.server().preview(try await settings(of: shop), of: Self.named)
            #expect(preview.changed == 0 && preview.meanOverlap == 1 && preview.notes == [])
            #expect(preview.before == preview.after && preview.isComplete)
            for customer in preview.customers {
                let stored = try #require(
                    try await shop.cache.lookup(userID: customer.userID, list: .discover)?.entry
                ).list
                #expect(customer.after.map { preview.catalogue.products[$0.position].key } == stored.products)
                #expect(customer.after.map(\.isExplored) == stored.marks.map(\.isExplored))
            }
        }
    }

    @Test(
        "what the preview shows is what the next batch of the same generation's number would write with these settings"
    )
    func asSaved() async throws {
        try await withLists { shop in
            let other = try await settings(of: shop) { $0.ranking.diversity = 0.2 }
            let preview = try await shop.server().preview(other, of: Self.named)
            try await shop.configure { $0.ranking.diversity = 0.2 }
            // A server that has not read the settings before makes the lists that a request gets.
            let server = shop.server()
            for customer in preview.customers {
                let trace = try await server.explain(userID: customer.userID).trace
                let keys = trace[.list].items.map(\.product)
                #expect(customer.after.map { preview.catalogue.products[$0.position].key } == keys)
            }
        }
    }

    @Test("a category that is left out goes for that reason, and comes back for it")
    func exclusions() async throws {
        try await withLists { shop in
            let server = shop.server()
            let before = try await server.preview(try await settings(of: shop), of: Self.named)
            let first = try #require(before.customers[0].before.first)
            let category = before.catalogue.products[first.position].category
            let without = try await settings(of: shop) { $0.ranking.excludedCategories = [category] }
            let preview = try await server.preview(without, of: Self.named)
            let gone = preview.customers[0].moves.filter { $0.after == nil }
            #expect(gone.contains { $0.position == first.position && $0.cause == .excluded })
            #expect(
                preview.customers[0].after.allSatisfy { preview.catalogue.products[$0.position].category != category }
            )
            #expect(preview.changed >= 1 && preview.meanOverlap < 1)
            try await shop.configure { $0.ranking.excludedCategories = [category] }
            let back = try await shop.server().preview(
                try await settings(of: shop) { $0.ranking.excludedCategories = [] },
                of: Self.named
            )
            #expect(back.customers[0].moves.contains { $0.position == first.position && $0.cause == .admitted })
        }
    }

    @Test("diversity, exploration and length are named as what moved a product")
    func causes() async throws {
        // Customers who buy across groups have more to list than a list is long.
        try await withLists(isOverTime: true) { shop in
            let sample = (0..<12).map { (userID: "U-\($0)", activity: CustomerActivity?.none) }
            func causes(_ change: (inout RecommenderSettings) -> Void) async throws -> RecommenderPreview {
                try await shop.server().preview(try await settings(of: shop, change), of: sample)
            }
            let unexplored = try await causes { $0.ranking.exploration = 0 }
            #expect(unexplored.after.exploredShare == 0 && unexplored.before.exploredShare > 0)
            #expect(unexplored.customers.flatMap(\.moves).contains { $0.cause == .exploration })
            let shorter = try await causes { $0.ranking.listLength = 5 }
            #expect(shorter.customers.allSatisfy { $0.after.count <= 5 })
            #expect(shorter.customers.flatMap(\.moves).contains { $0.cause == .length && $0.after == nil })
            let diverse = try await causes { $0.ranking.diversity = 0 }
            #expect(diverse.customers.flatMap(\.moves).contains { $0.cause == .diversity })
            let (old, new) = (try #require(diverse.before.diversity), try #require(diverse.after.diversity))
            #expect(new > old, "λ 0 makes lists of products that differ")
        }
    }

    @Test("newcomers get what is popular under both settings; other models are told of and not shown")
    func newcomers() async throws {
        try await withLists { shop in
            _ = try await UserRepository(database: shop.client).create(User(userID: "U-new"))
            let sample = try await SampleUserRepository(database: shop.client).byActivity(each: 2)
            #expect(sample.count == 5)
            #expect(Set(sample.map(\.userID)).count == 5)
            #expect(sample.last?.userID == "U-new" && sample.last?.activity == .newcomer)
            let other = try await settings(of: shop) {
                $0.candidates = [.init("popularity")]
                $0.ranking.maximumPrice = 10
            }
            let preview = try await shop.server().preview(other, of: sample.map { ($0.userID, $0.activity) })
            let newcomer = try #require(preview.customers.last)
            #expect(newcomer.historyLength == 0 && !newcomer.before.isEmpty && !newcomer.after.isEmpty)
            #expect(newcomer.after.allSatisfy { preview.catalogue.products[$0.position].priceMinor <= 1_000 })
            #expect(preview.notes.count == 1 && preview.notes[0].contains("item_knn"))
        }
    }

    @Test("a preview writes nothing, and a budget that is over leaves all but the first customer out")
    func bounds() async throws {
        try await withLists { shop in
            func written() async throws -> String {
                try await shop.client.query(
                    """
                    SELECT (SELECT count(*) FROM recommendation_cache)::text || ' ' || (SELECT sum(version) FROM app_config)::text
                        || ' ' || (SELECT count(*) FROM interactions)::text || ' ' || (SELECT count(*) FROM batch_jobs)::text
                    """
                )[0].decode(String.self, at: 0)
            }
            let before = try await written()
            let other = try await settings(of: shop) { $0.ranking.diversity = 0 }
            let preview = try await shop.server().preview(other, of: Self.named, budget: .zero)
            #expect(preview.customers.map(\.userID) == ["U-1"] && !preview.isComplete)
            #expect(try await written() == before)
        }
    }

    @Test("unknown customers, a shop without customers and one without a model are refused in words")
    func refusals() async throws {
        try await ShopFixture.with { shop in
            let server = shop.server()
            let settings = RecommenderSettings()
            await #expect(throws: RecommenderPreview.Refusal.noCustomers) {
                _ = try await server.preview(settings, of: [])
            }
            try await shop.seed()
            await #expect(throws: RecommenderPreview.Refusal.noUsers(["nobody", "no-one"])) {
                _ = try await server.preview(settings, of: [("U-1", nil), ("nobody", nil), ("no-one", nil)])
            }
            await #expect(throws: RecommenderPreview.Refusal.noModel) {
                _ = try await server.preview(settings, of: Self.named)
            }
        }
    }
}
