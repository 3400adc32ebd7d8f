import Foundation
import HTTPTypes
import Postgres
import RecPipeline
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

    @Test("a list that does not exist is refused and those that do are named", arguments: ["buy-again", "foo"])
    func unknownList(list: String) async throws {
        let config = AppConfig()
        let calls = TestRoutes.calls(config)
        let answer = try await calls(.get, "/recommendations/U-1?list=\(list)")
        #expect(answer.status == 400)
        let problem = try answer.problem()
        #expect(problem["errors"]?.array?.first?["parameter"] == .string("list"))
        #expect(problem["detail"]?.string?.contains("discover") == true)
        #expect(problem["detail"]?.string?.contains("buy_again") == true)
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

    @Test("buy again holds own purchases with the day, from the cache, without what is hidden, and nothing else")
    func buyAgain() async throws {
        try await withLists { shop in
            let path = "/recommendations/U-1?list=buy_again&limit=8"
            let body = try await shop.calls(.get, path).json()
            #expect(body["list"] == .string("buy_again") && body["source"] == .string("cache"))
            let key = try #require(try await shop.fixture.cache.lookup(userID: "U-1", list: .buyAgain)).userKey
            let bought = try await shop.fixture.interactions.metProducts(userKey: key).purchased
            let shown = try #require(body["items"]?.array)
            #expect(shown.count == min(8, bought.count))
            for item in shown { #expect(item["reason"]?.string?.hasPrefix("You bought this on 1") == true) }
            let first = try #require(shown.first?["product_id"]?.string)
            let hide = #"{"user_id":"U-1","product_id":"\#(first)","interaction_type":"feedback","value":-1}"#
            #expect(try await shop.calls(.post, "/interactions", body: hide).status == 201)
            let later = try await shop.calls(.get, path).json()
            #expect(later["source"] == .string("computed"))
            #expect(!later.items.contains { $0["product_id"] == .string(first) })
            // One who has bought nothing has an empty list, not a popular one.
            let stranger = #"{"user_id":"U-new"}"#
            #expect(try await shop.calls(.post, "/users", headers: ApiShop.admin, body: stranger).status == 201)
            let none = try await shop.calls(.get, "/recommendations/U-new?list=buy_again").json()
            #expect(none.items.isEmpty)
        }
    }

    @Test(
        "a reason names the product, the day and how many others, and what was drawn says that it is something different"
    )
    func reasons() async throws {
        try await ApiShop.with { shop in
            try await shop.fixture.configure { $0.ranking.exploration = 0.5 }
            try await shop.fixture.generateLists()
            var explored = 0
            for user in 0..<6 {
                let body = try await shop.calls(.get, "/recommendations/U-\(user)?limit=8").json()
                for item in body.items {
                    let reason = try #require(item["reason"]?.string)
                    if item["explored"] == .bool(true) {
                        explored += 1
                        #expect(reason == "Something different")
                        #expect(try #require(item["propensity"]?.double) < 0.5)
                    } else if let evidence = item["evidence"]?.array?.first {
                        let name = try #require(evidence["name"]?.string)
                        #expect(
                            reason.wholeMatch(of: /Because you bought (.+) on \d+ \w+ 20\d\d( and \d+ others?)?/)?.1
                                == name[...]
                        )
                        #expect(item["propensity"] == nil)
                    }
                }
            }
            #expect(explored > 0)
        }
    }

    @Test("a newcomer who chose categories gets them at once; a wrong choice is refused by name")
    func onboarding() async throws {
        try await withLists { shop in
            let path = "/users/U-new/preferences"
            let categories = #"{"categories":{"Group 2":1}}"#
            #expect(try await shop.calls(.put, path, body: categories).status == 404)
            let user = #"{"user_id":"U-new"}"#
            #expect(try await shop.calls(.post, "/users", headers: ApiShop.admin, body: user).status == 201)
            let before = try await shop.calls(.get, "/recommendations/U-new").json()
            #expect(before["source"] == .string("popular") && before["based_on"] == .string("popular"))
            let stored = try await shop.calls(.put, path, body: categories)
            #expect(stored.status == 200)
            #expect(try stored.json()["preferences"]?["categories"]?["Group 2"]?.double == 1)
            let after = try await shop.calls(.get, "/recommendations/U-new?limit=5").json()
            #expect(after["based_on"] == .string("preferences") && after.items.count == 5)
            for item in after.items {
                #expect(item["category"] == .string("Group 2"))
                #expect(item["reason"] == .string("Popular in Group 2, which you chose"))
            }
            for wrong in [
                #"{"categories":{"No such":1}}"#, #"{"categories":{"Group 2":0}}"#, #"{"categories":[]}"#, "{}",
            ] {
                let refused = try await shop.calls(.put, path, body: wrong)
                #expect(refused.status == 400 || refused.status == 422, "\(wrong)")
                #expect(try refused.problem()["detail"]?.string?.contains("categories") == true, "\(wrong)")
            }
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
                // Eight are stored; what follows is popular.
                #expect(shown.starts(with: before[2..<8]))
                try await eventually("readiness knows") {
                    let ready = try await shop.calls(.get, "/health/ready")
                    guard ready.status == 200 else { return false }
                    let body = try ready.json()
                    return body["status"] == .string("degraded") && body["model"]?["status"] == .string("degraded")
                }
            }
        }
    }

    @Test(
        "many users' lists are those that each of them would get, in the order asked for, and unknown users are named"
    )
    func many() async throws {
        try await ApiShop.with { shop in
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            func many(_ body: String, _ headers: HTTPFields = ApiShop.admin) async throws -> Calls.Answer {
                try await shop.calls(.post, "/api/recommendations/batch", headers: headers, body: body)
            }
            let users = (0..<12).reversed().map { "U-\($0)" } + ["nobody"]
            let ids = users.map { "\"\($0)\"" }.joined(separator: ",")
            let answer = try await many("{\"user_ids\":[\(ids)],\"limit\":5,\"list\":\"buy_again\"}").json()
            #expect(answer["unknown_users"] == .array([.string("nobody")]))
            #expect(answer.items.map { $0["user_id"]?.string } == users.dropLast())
            for list in answer.items {
                let user = try #require(list["user_id"]?.string)
                let own = try await shop.calls(.get, "/recommendations/\(user)?limit=5&list=buy_again").json()
                #expect(own.items == list.items)
                #expect(own["generation"] == list["generation"])
            }
            #expect(try await many(#"{"user_ids":["U-1"]}"#, [:]).status == 401)
            for (body, pointer) in [
                ("{}", "#/user_ids"), (#"{"user_ids":[]}"#, "#/user_ids"),
                (#"{"user_ids":["a b"]}"#, "#/user_ids/0"), (#"{"user_ids":["U-1"],"limit":0}"#, "#/limit"),
                (#"{"user_ids":["U-1"],"list":"best"}"#, "#/list"),
            ] {
                let refused = try await many(body)
                #expect(refused.status == 400, "\(body)")
                #expect(try refused.problem()["errors"]?.array?.first?["pointer"] == .string(pointer), "\(body)")
            }
        }
    }
}
