import Experiments
import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing

@Suite("Off-policy replay", .serialized)
struct OffPolicyReplayTests {
    /// A shop in which every customer was shown every product of their list, and clicked what the model put there by itself.
    private static func withLog(users: Int, _ body: (ShopFixture) async throws -> Void) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: users)
            try await shop.configure { settings in
                settings.candidates = [.init("item_knn")]
                settings.ranking.exploration = 0.2
                settings.ranking.diversity = 1
            }
            try await shop.generateLists()
            var events: [NewInteraction] = []
            for user in 0..<users {
                let lookup = try #require(try await shop.cache.lookup(userID: "U-\(user)", list: .discover))
                let list = try #require(lookup.entry).list
                for index in 0..<list.count {
                    let key = list.products[index]
                    let product = try #require(try await productID(key, shop))
                    for type in list.marks[index].isExplored ? [InteractionType.impression] : [.impression, .click] {
                        var event = NewInteraction(
                            eventID: "\(type)-\(user)-\(index)",
                            userID: "U-\(user)",
                            productID: product,
                            type: type,
                            timestamp: Date(),
                            requestID: "r-\(user)",
                            position: Int32(index)
                        )
                        event.shownBy = ShownBy(generation: lookup.live?.generation ?? 0)
                        events.append(event)
                    }
                }
            }
            for start in stride(from: 0, to: events.count, by: 500) {
                _ = try await shop.interactions.record(Array(events[start..<min(start + 500, events.count)]))
            }
            try await body(shop)
        }
    }

    private static func productID(_ key: Int64, _ shop: ShopFixture) async throws -> String? {
        try await shop.client.query("SELECT product_id FROM products WHERE id = \(key)").first?
            .decode(String.self, at: 0)
    }

    private static func settings(_ model: String) -> RecommenderSettings {
        var settings = RecommenderSettings()
        settings.candidates = [.init(model)]
        settings.ranking.diversity = 1
        return settings
    }

    @Test(
        "the logging model without its exploration is judged as what it shows by itself earned, not as what was shown"
    )
    func itself() async throws {
        try await Self.withLog(users: 90) { shop in
            let replay = OffPolicyReplay(services: shop.batchServices(), options: BatchOptions())
            let report = try await replay.run(Self.settings("item_knn"))
            let estimate = try report.estimate.get()
            print(
                "off-policy: \(report.impressions) impressions, logged \(estimate.logged), IPS \(estimate.ips), "
                    + "SNIPS \(estimate.snips), worth \(estimate.effectiveSize)"
            )
            #expect(report.users > 60 && report.generations == [1])
            // Everything that it would show was clicked.
            #expect(estimate.snips.estimate == 1)
            #expect(abs(estimate.ips.estimate - 1) < 0.1)
            #expect(estimate.logged < 0.95 && estimate.ips.estimate > estimate.logged)
        }
    }

    @Test("a candidate that the log says too little of is refused, and so is an empty log")
    func refusal() async throws {
        try await Self.withLog(users: 12) { shop in
            let replay = OffPolicyReplay(services: shop.batchServices(), options: BatchOptions())
            let report = try await replay.run(Self.settings("popularity"))
            guard case .failure(.tooFew) = report.estimate else {
                Issue.record("\(report.estimate)")
                return
            }
        }
        try await ShopFixture.with { shop in
            try await shop.seed()
            let replay = OffPolicyReplay(services: shop.batchServices(), options: BatchOptions())
            await #expect(throws: OffPolicyReplay.NothingLogged.self) {
                try await replay.run(Self.settings("item_knn"))
            }
        }
    }
}
