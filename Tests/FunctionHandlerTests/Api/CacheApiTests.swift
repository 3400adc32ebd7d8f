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

@Suite struct CacheApiTests {
    @Test(
        "the stored lists are counted by how new they are; a user's can be dropped and come back, and no row of the batch changes"
    )
    func stats() async throws {
        try await ApiShop.with { shop in
            #expect(try await shop.calls(.get, "/cache/stats", headers: ApiShop.admin).json().items.isEmpty)
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            let event = #"{"user_id":"U-1","product_id":"P-05","interaction_type":"purchase"}"#
            try #require(try await shop.calls(.post, "/interactions", body: event).status == 201)
            func discover() async throws -> JSONValue {
                let items = try await shop.calls(.get, "/cache/stats", headers: ApiShop.admin).json().items
                return try #require(items.first { $0["list"] == .string("discover") })
            }
            let before = try await discover()
            #expect(before["users"] == .integer(12))
            #expect(before["fresh"] == .integer(11))
            #expect(before["stale"] == .integer(1))
            #expect(before["coverage"] == .number(1))
            #expect(before["ages"]?.array?.first?["count"] == .integer(12))
            let live =
                "SELECT md5(string_agg(c::text, ' ' ORDER BY user_key, list)) FROM recommendation_cache c WHERE generation > 0"
            let rows = try await shop.fixture.client.query(SQLQuery(stringLiteral: live))[0].decode(String.self, at: 0)
            let deleted = try await shop.calls(.delete, "/cache/U-2", headers: ApiShop.admin)
            #expect(try deleted.json()["deleted"]?.integer ?? 0 >= 1)
            #expect(try await discover()["stale"] == .integer(2))
            #expect(try await shop.calls(.get, "/recommendations/U-2?limit=5").json()["source"] == .string("computed"))
            #expect(try await shop.calls(.get, "/recommendations/U-2?limit=5").json()["source"] == .string("cache"))
            #expect(try await discover()["stale"] == .integer(1))
            #expect(
                try await shop.fixture.client.query(SQLQuery(stringLiteral: live))[0].decode(String.self, at: 0) == rows
            )
            #expect(try await shop.calls(.delete, "/cache/nobody", headers: ApiShop.admin).status == 404)
        }
    }

    @Test("when all lists are made again, requests are served stale ones and compute nothing, and jobs make them fresh")
    func invalidateAll() async throws {
        try await ApiShop.with { shop in
            let early = try await shop.calls(.post, "/cache/invalidate-all", headers: ApiShop.admin)
            #expect(early.status == 409)
            #expect(try early.problem()["type"]?.string?.hasSuffix("no-lists") == true)
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            // Stale for a reason of its own too.
            let event = #"{"user_id":"U-1","product_id":"P-05","interaction_type":"purchase"}"#
            try #require(try await shop.calls(.post, "/interactions", body: event).status == 201)
            let answer = try await shop.calls(.post, "/api/cache/invalidate-all", headers: ApiShop.admin)
            #expect(answer.status == 202)
            #expect(try answer.json()["users"] == .integer(12))
            func fresh() async throws -> [JSONValue?] {
                try await shop.calls(.get, "/cache/stats", headers: ApiShop.admin).json().items.map { $0["fresh"] }
            }
            func overlay() async throws -> Int {
                try await shop.fixture.client.query("SELECT count(*) FROM recommendation_cache_overlay")[0]
                    .decode(Int.self, at: 0)
            }
            for _ in 1...2 {
                let list = try await shop.calls(.get, "/recommendations/U-2?limit=5").json()
                #expect(list["source"] == .string("cache"))
                #expect(list["stale"] == .bool(true))
            }
            #expect(try await overlay() == 0)
            #expect(try await fresh() == [.integer(0), .integer(0)])
            // The fast path makes them, whoever was active or not; a second one finds nothing to do.
            for lists in [24, 24] {
                try #require(try await shop.calls(.post, "/RefreshActiveUsers", body: tick).status == 200)
                #expect(try await overlay() == lists)
            }
            #expect(try await fresh() == [.integer(12), .integer(12)])
            let list = try await shop.calls(.get, "/recommendations/U-2?limit=5").json()
            #expect(list["source"] == .string("cache"))
            #expect(list["stale"] == .bool(false))
        }
    }

    @Test("a full run after a user's lists were dropped makes fresh ones, and no request computes them")
    func deleteBeforeRun() async throws {
        try await ApiShop.with { shop in
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            try #require(try await shop.calls(.delete, "/cache/U-2", headers: ApiShop.admin).status == 200)
            _ = try await shop.services.batch.run(.manual)
            let stats = try await shop.calls(.get, "/cache/stats", headers: ApiShop.admin).json().items
            #expect(stats.map { $0["stale"] } == [.integer(0), .integer(0)])
            let list = try await shop.calls(.get, "/recommendations/U-2?limit=5").json()
            #expect(list["source"] == .string("cache"))
            #expect(list["generation"] == .integer(2))
            #expect(list["stale"] == .bool(false))
        }
    }

    @Test("a full run that took its cut later makes all lists fresh")
    func invalidateAllBeforeRun() async throws {
        try await ApiShop.with { shop in
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            try #require(
                try await shop.calls(.post, "/cache/invalidate-all", headers: ApiShop.admin).status == 202
            )
            _ = try await shop.services.batch.run(.manual)
            let list = try await shop.calls(.get, "/recommendations/U-2?limit=5").json()
            #expect(list["generation"] == .integer(2))
            #expect(list["stale"] == .bool(false))
        }
    }

    @Test("the schedule shows what comes of it, and is replaced by whoever saw the last one")
    func schedule() async throws {
        try await ApiShop.with { shop in
            let read = try await shop.calls(.get, "/api/config/batch-schedule")
            #expect(try read.json()["settings"]?["interval_seconds"] == .integer(21_600))
            #expect(try read.json()["due"] == .bool(true))
            #expect(try read.json()["reason"]?.string?.isEmpty == false)
            func put(_ body: String, _ tag: String?) async throws -> Calls.Answer {
                var headers = ApiShop.admin
                headers[.ifMatch] = tag
                return try await shop.calls(.put, "/config/batch-schedule", headers: headers, body: body)
            }
            let tag = try #require(read.headers[.eTag])
            #expect(try await put("{}", nil).status == 428)
            let written = try await put(#"{"interval_seconds":3600,"enabled":false}"#, tag)
            #expect(try written.json()["settings"]?["interval_seconds"] == .integer(3_600))
            #expect(try written.json()["due"] == .bool(false))
            #expect(try await put("{}", tag).status == 412)
            let refused = try await put(#"{"interval_seconds":0,"off_peak":{"start":"25:00"}}"#, "*")
            #expect(refused.status == 400)
            let pointers = try refused.problem()["errors"]?.array?.compactMap { $0["pointer"]?.string } ?? []
            #expect(pointers.contains("#/interval_seconds") && pointers.contains("#/off_peak/start"))
        }
    }

    @Test("a waiting job is cancelled once and for all, and an ended one cannot be")
    func cancel() async throws {
        try await ApiShop.with { shop in
            let started = try await shop.calls(.post, "/batch/trigger", headers: ApiShop.admin)
            let id = try #require(try started.json()["job_id"]?.string)
            for _ in 1...2 {
                let cancelled = try await shop.calls(.post, "/batch/jobs/\(id)/cancel", headers: ApiShop.admin)
                #expect(cancelled.status == 200)
                #expect(try cancelled.json()["status"] == .string("cancelled"))
            }
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            let jobs = try await shop.calls(.get, "/batch/jobs?job_type=full", headers: ApiShop.admin).json().items
            #expect(jobs.map { $0["status"] } == [.string("completed"), .string("cancelled")])
            let completed = try #require(jobs.first?["job_id"]?.string)
            #expect(
                try await shop.calls(.post, "/batch/jobs/\(completed)/cancel", headers: ApiShop.admin).status == 409
            )
            #expect(try await shop.calls(.post, "/batch/jobs/none/cancel", headers: ApiShop.admin).status == 404)
        }
    }

    @Test("settings of the recommender are replaced by whoever saw the last ones")
    func config() async throws {
        try await ApiShop.with { shop in
            let read = try await shop.calls(.get, "/api/config/recommender")
            let tag = try #require(read.headers[.eTag])
            func put(_ body: String, _ tag: String?) async throws -> Calls.Answer {
                var headers = ApiShop.admin
                headers[.ifMatch] = tag
                return try await shop.calls(.put, "/config/recommender", headers: headers, body: body)
            }
            let settings = #"{"candidates":["item_knn"],"ranking":{"diversity":0.5}}"#
            #expect(try await put(settings, nil).status == 428)
            let written = try await put(settings, tag)
            #expect(written.status == 200)
            #expect(try written.json()["settings"]?["ranking"]?["diversity"] == .number(0.5))
            #expect(try await put(settings, tag).status == 412)
            for (body, pointer) in [
                (#"{"candidates":["nonsense"]}"#, "#/candidates/0"),
                (#"{"ranking":{"diversity":2}}"#, "#/ranking/diversity"),
                (#"{"ranking":{"diversity":"x"}}"#, "#/ranking/diversity"), (#"{"candidates":5}"#, "#/candidates"),
                (#"{"ranking":{"excluded_products":["P-1","a b"]}}"#, "#/ranking/excluded_products/1"),
                (#"{"rankin":{}}"#, "#/rankin"), (#"{"ranking":{"lambda":1}}"#, "#/ranking/lambda"),
            ] {
                let refused = try await put(body, "*")
                #expect(refused.status == 400, "\(body)")
                #expect(try refused.problem()["errors"]?.array?.first?["pointer"] == .string(pointer), "\(body)")
            }
            #expect(try await shop.calls(.put, "/config/recommender", body: settings).status == 401)
        }
    }
}

@Suite struct StockTests {
    private func stock(_ shop: ApiShop, _ product: String) async throws -> Int64 {
        try await shop.fixture.client.query("SELECT stock::bigint FROM products WHERE product_id = \(product)")[0]
            .decode(Int64.self, at: 0)
    }

    @Test("an order takes its pieces once, or is refused whole with the lines that cannot be filled")
    func order() async throws {
        try await ApiShop.with({ $0.tracksStock = true }) { shop in
            let order = """
                [{"user_id":"U-1","product_id":"P-00","interaction_type":"purchase","value":3,"order_id":"o","event_id":"s1"},
                 {"user_id":"U-1","product_id":"P-01","interaction_type":"purchase","value":1,"order_id":"o","event_id":"s2"}]
                """
            for _ in 1...2 { #expect(try await shop.calls(.post, "/interactions", body: order).status == 201) }
            #expect(try await stock(shop, "P-00") == 7)
            #expect(try await stock(shop, "P-01") == 9)
            let tooMuch = """
                [{"user_id":"U-1","product_id":"P-01","interaction_type":"purchase","value":2,"event_id":"s3"},
                 {"user_id":"U-1","product_id":"P-00","interaction_type":"purchase","value":5,"event_id":"s4"},
                 {"user_id":"U-1","product_id":"P-00","interaction_type":"purchase","value":4,"event_id":"s5"}]
                """
            let refused = try await shop.calls(.post, "/interactions", body: tooMuch)
            #expect(refused.status == 409)
            let pointers = try refused.problem()["errors"]?.array?.map { $0["pointer"] }
            #expect(pointers == ["#/1/value", "#/2/value"])
            #expect(try await stock(shop, "P-01") == 9)
            let views = #"{"user_id":"U-1","product_id":"P-00","interaction_type":"view","event_id":"v1","position":4}"#
            #expect(try await shop.calls(.post, "/interactions", body: views).status == 201)
            #expect(try await stock(shop, "P-00") == 7)
        }
    }

    @Test("many checkouts at once never sell more than there is")
    func concurrentOrders() async throws {
        try await ApiShop.with({ $0.tracksStock = true }) { shop in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for user in 0..<12 {
                    group.addTask {
                        try await shop.calls(
                            .post,
                            "/interactions",
                            body: """
                                [{"user_id":"U-\(user)","product_id":"P-0\(user % 2)","interaction_type":"purchase","value":2},
                                 {"user_id":"U-\(user)","product_id":"P-0\(1 - user % 2)","interaction_type":"purchase","value":1}]
                                """
                        ).status
                    }
                }
                var statuses: [Int] = []
                for try await status in group { statuses.append(status) }
                return statuses
            }
            #expect(Set(statuses).isSubset(of: [201, 409]))
            let sold = statuses.count { $0 == 201 }
            let first = try await stock(shop, "P-00")
            let second = try await stock(shop, "P-01")
            #expect(first + second == 20 - 3 * Int64(sold))
            #expect(first >= 0 && second >= 0)
        }
    }

    @Test("without the setting a purchase leaves the stock alone")
    func off() async throws {
        try await ApiShop.with { shop in
            let event = #"{"user_id":"U-1","product_id":"P-00","interaction_type":"purchase","value":50}"#
            let answer = try await shop.calls(.post, "/interactions", body: event)
            #expect(answer.status == 201)
            #expect(try await stock(shop, "P-00") == 10)
        }
    }

    @Test("above the limit a caller is told when to come back, and others are served")
    func rateLimit() async throws {
        try await ApiShop.with({ $0.rateLimit = 3 }) { shop in
            for left in [2, 1, 0] {
                let answer = try await shop.calls(.get, "/categories")
                #expect(answer.status == 200)
                #expect(answer.headers[.rateLimitRemaining] == "\(left)")
                #expect(answer.headers[.rateLimitLimit] == "3")
            }
            let refused = try await shop.calls(.get, "/categories")
            #expect(refused.status == 429)
            #expect(refused.headers[.retryAfter] != nil)
            _ = try refused.problem()
            #expect(try await shop.calls(.get, "/categories", headers: ApiShop.admin).status == 200)
            #expect(try await shop.calls(.get, "/health").status == 200)
        }
    }
}
