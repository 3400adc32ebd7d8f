import Foundation
import HTTPTypes
import Postgres
import Shop
import ShopTestSupport
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct RecommendationApiTests {
    private func withLists(
        _ configure: (inout AppConfig) -> Void = { _ in },
        _ body: (ApiShop) async throws -> Void
    ) async throws {
        try await ApiShop.with(configure) { shop in
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            try await body(shop)
        }
    }

    @Test("category_filter and min_score narrow the list")
    func filters() async throws {
        try await withLists { shop in
            let filtered = try await shop.calls(
                .get,
                "/api/recommendations/U-1?limit=4&category_filter=Group%202"
            ).json()
            #expect(filtered.items.count == 4)
            #expect(filtered.items.allSatisfy { $0["category"] == .string("Group 2") })

            let all = try await shop.calls(.get, "/recommendations/U-1?limit=8").json().items
            let scores = all.compactMap { $0["score"]?.double }
            let floor = try #require(scores.first)
            let best = try await shop.calls(.get, "/recommendations/U-1?limit=8&min_score=\(floor)").json().items
            #expect(!best.isEmpty)
            #expect(best.count < all.count)
            #expect(best.allSatisfy { $0["score"]?.double ?? 0 >= floor })
            #expect(
                try await shop.calls(.get, "/recommendations/U-1?category_filter=a&category_filter=b").status == 400
            )
        }
    }

    @Test("a list that does not exist is refused and the one that does is named", arguments: ["buy_again", "foo"])
    func unknownList(list: String) async throws {
        let config = AppConfig()
        let calls = Calls(responder: buildResponder(config, TestRoutes.all(config, Calls.quiet), Calls.quiet))
        let answer = try await calls(.get, "/recommendations/U-1?list=\(list)")
        #expect(answer.status == 400)
        let problem = try answer.problem()
        #expect(problem["errors"]?.array?.first?["parameter"] == .string("list"))
        #expect(problem["detail"]?.string?.contains("discover") == true)
    }

    @Test("the list that exists may be asked for by name")
    func knownList() async throws {
        try await withLists { shop in
            let answer = try await shop.calls(.get, "/recommendations/U-1?list=discover")
            #expect(answer.status == 200)
        }
    }

    @Test("a list older than CACHE_TTL is stale and computed anew")
    func timeToLive() async throws {
        try await withLists({ $0.cacheTTL = 60 }) { shop in
            let path = "/recommendations/U-1?limit=5"
            #expect(try await shop.calls(.get, path).json()["source"] == .string("cache"))
            _ = try await shop.fixture.client.execute(
                "UPDATE recommendation_cache SET generated_at = now() - interval '30 seconds'"
            )
            #expect(try await shop.calls(.get, path).json()["source"] == .string("cache"))
            _ = try await shop.fixture.client.execute(
                "UPDATE recommendation_cache SET generated_at = now() - interval '61 seconds'"
            )
            #expect(try await shop.calls(.get, path).json()["source"] == .string("computed"))
        }
    }

    @Test("after a restart without the store nothing bought or disliked is shown, and readiness says degraded")
    func restartWithoutStore() async throws {
        try await withLists { shop in
            let path = "/recommendations/U-1?limit=10"
            let before = try await shop.calls(.get, path).json().items.compactMap { $0["product_id"]?.string }
            try FileManager.default.removeItem(atPath: shop.fixture.blobDirectory)
            try await shop.restarted { shop in
                func send(_ product: String, _ rest: String) async throws {
                    let event = #"{"user_id":"U-1","product_id":"\#(product)","interaction_type":\#(rest)}"#
                    #expect(try await shop.calls(.post, "/interactions", body: event).status == 201)
                }
                try await send(before[0], #""purchase""#)
                try await send(before[1], #""feedback","value":-1"#)
                let answer = try await shop.calls(.get, path)
                #expect(answer.status == 200)
                let body = try answer.json()
                #expect(body["stale"] == .bool(true))
                #expect(body.items.count == 10)
                let shown = body.items.compactMap { $0["product_id"]?.string }
                #expect(Set(shown).isDisjoint(with: before.prefix(2)))
                #expect(shown.starts(with: before[2...]))
                try await eventually("readiness knows") {
                    let ready = try await shop.calls(.get, "/health/ready")
                    guard ready.status == 200 else { return false }
                    let body = try ready.json()
                    return body["status"] == .string("degraded") && body["model"]?["status"] == .string("degraded")
                }
            }
        }
    }
}
