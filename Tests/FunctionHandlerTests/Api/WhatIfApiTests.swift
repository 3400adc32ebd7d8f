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

/// What administrators ask before they decide: previews, estimates, comparisons, budgets.
@Suite struct WhatIfApiTests {
    private func get(_ path: String, _ shop: ApiShop) async throws -> Calls.Answer {
        try await shop.calls(.get, path, headers: ApiShop.admin)
    }

    private func post(_ path: String, _ body: String, _ shop: ApiShop) async throws -> Calls.Answer {
        try await shop.calls(.post, path, headers: ApiShop.admin, body: body)
    }

    private func pointers(_ answer: Calls.Answer) throws -> [String] {
        try answer.problem()["errors"]?.array?.compactMap { $0["pointer"]?.string } ?? []
    }

    // MARK: Preview

    private let preview = "/config/recommender/preview"

    @Test("a preview shows lists before and after with why products moved, and stores nothing")
    func previewed() async throws {
        try await ApiShop.with { shop in
            _ = try await shop.services.batch.run(.manual)
            let body =
                #"{"settings":{"candidates":["item_knn"],"ranking":{"list_length":4,"exploration":0}},"users":["U-1"]}"#
            let answer = try await post(preview, body, shop)
            #expect(answer.status == 200, "\(answer.text)")
            let found = try answer.json()
            let customer = try #require(found["customers"]?.array?.first)
            #expect(customer["user_id"] == .string("U-1") && customer["activity"] == .null)
            #expect(customer["after"]?.array?.count == 4 && customer["before"]?.array?.count == 8)
            let moves = customer["moves"]?.array ?? []
            #expect(moves.contains { $0["cause"] == .string("length") && $0["after"] == .null })
            #expect(found["changed"] == .integer(1) && found["complete"] == .bool(true))
            #expect(
                try await get("/config/recommender", shop).json()["settings"]?["ranking"]?["list_length"] == .integer(8)
            )
            let sample = try await post(preview, #"{"settings":{}}"#, shop).json()
            let kinds = Set(sample["customers"]?.array?.compactMap { $0["activity"]?.string } ?? [])
            #expect(kinds == ["heavy", "light"], "every customer of this shop has bought something")
        }
    }

    @Test("a preview says of each member what is wrong, of users who do not exist, and that there is no model yet")
    func previewFaults() async throws {
        try await ApiShop.with { shop in
            #expect(try await post(preview, "{}", shop).status == 400)
            #expect(try pointers(try await post(preview, "{}", shop)) == ["#/settings"])
            let wrong = #"{"settings":{"ranking":{"diversity":2}},"users":["a b"]}"#
            #expect(
                try pointers(try await post(preview, wrong, shop)) == ["#/settings/ranking/diversity", "#/users/0"]
            )
            let many = "[" + (0..<21).map { "\"U-\($0)\"" }.joined(separator: ",") + "]"
            #expect(try pointers(try await post(preview, #"{"settings":{},"users":\#(many)}"#, shop)) == ["#/users"])
            let unknown = try await post(preview, #"{"settings":{},"users":["U-1","nobody"]}"#, shop)
            #expect(unknown.status == 422)
            #expect(try pointers(unknown) == ["#/users/1"])
            let early = try await post(preview, #"{"settings":{},"users":["U-1"]}"#, shop)
            #expect(early.status == 409 && early.text.contains("no model is live"))
        }
    }

    // MARK: Off-policy

    private let offPolicy = "/experiments/off-policy"

    @Test("an estimate is accepted, worked on beside the server and refused in words when the log is too small")
    func estimate() async throws {
        try await ApiShop.with { shop in
            #expect(try await get(offPolicy, shop).text == "null")
            let body = #"{"configuration":{"candidates":["item_knn"],"ranking":{"diversity":1}}}"#
            let asked = try await post(offPolicy, body, shop)
            #expect(asked.status == 202, "\(asked.text)")
            #expect(try asked.json()["status"] == .string("running"))
            let second = try await post(offPolicy, body, shop)
            #expect(second.status == 409 && second.text.contains("an estimate of item_knn is worked on"))
            try await shop.services.offPolicyRequests.work()
            let found = try await get(offPolicy, shop).json()
            #expect(found["status"] == .string("refused") && found["candidate"] == .string("item_knn"))
            #expect(found["reason"]?.string?.contains("no impressions of stored lists are recorded") == true)
            #expect(found["ended_at"]?.string != nil && found["ips"] == .null)
            // What has ended makes place for the next, and nothing is worked on twice.
            #expect(try await post(offPolicy, body, shop).status == 202)
            try await shop.services.offPolicyRequests.work()
            try await shop.services.offPolicyRequests.work()
            #expect(try await get(offPolicy, shop).json()["status"] == .string("refused"))
        }
    }

    @Test("impressions and clicks become figures with intervals")
    func figures() async throws {
        try await ShopFixture.with { fixture in
            try await fixture.seed(users: 90)
            try await fixture.configure {
                $0.candidates = [.init("item_knn")]
                $0.ranking.exploration = 0.2
                $0.ranking.diversity = 1
            }
            try await fixture.generateLists()
            var events: [NewInteraction] = []
            for user in 0..<90 {
                let lookup = try #require(try await fixture.cache.lookup(userID: "U-\(user)", list: .discover))
                let ids = try await fixture.products.all().reduce(into: [Int64: String]()) { $0[$1.key] = $1.productID }
                let list = try #require(lookup.entry).list
                for index in 0..<list.count {
                    for type in list.marks[index].isExplored ? [InteractionType.impression] : [.impression, .click] {
                        var event = NewInteraction(
                            eventID: "\(type)-\(user)-\(index)",
                            userID: "U-\(user)",
                            productID: try #require(ids[list.products[index]]),
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
                _ = try await fixture.interactions.record(Array(events[start..<min(start + 500, events.count)]))
            }
            let replay = OffPolicyReplay(services: fixture.batchServices(), options: BatchOptions())
            let requests = OffPolicyRequests(config: fixture.config, replay: replay)
            var settings = RecommenderSettings()
            settings.candidates = [.init("item_knn")]
            settings.ranking.diversity = 1
            _ = try await requests.ask(settings)
            try await requests.work()
            let found = try #require(try await requests.newest())
            #expect(found.status == .done, "\(found)")
            let (ips, snips) = (try #require(found.ips), try #require(found.snips))
            #expect(snips.estimate == 1 && abs(ips.estimate - 1) < 0.1)
            #expect(ips.lower <= ips.estimate && ips.estimate <= ips.upper)
            #expect(try #require(found.effectiveSize) > 100 && found.impressions > 100 && found.generations == [1])
        }
    }

    @Test("an estimate whose process ended says so when its time is over, and another can be asked for")
    func abandoned() async throws {
        try await ShopFixture.with { fixture in
            let replay = OffPolicyReplay(services: fixture.batchServices(), options: BatchOptions())
            let requests = OffPolicyRequests(config: fixture.config, replay: replay)
            _ = try await requests.ask(RecommenderSettings())
            let later = Date().addingTimeInterval(3_600)
            let found = try #require(try await requests.newest(now: later))
            #expect(found.status == .failed && found.reason?.contains("ask again") == true)
            _ = try await requests.ask(RecommenderSettings(), now: later)
            await #expect(throws: OffPolicyRequests.Busy.self) {
                _ = try await requests.ask(RecommenderSettings(), now: later)
            }
        }
    }

    // MARK: Generations and evaluations

    @Test("two generations are compared: lists that differ, coverage, and the products that moved most")
    func comparison() async throws {
        try await ApiShop.with { shop in
            _ = try await shop.services.batch.run(.manual)
            try await shop.fixture.configure { $0.ranking.excludedCategories = ["Group 0"] }
            _ = try await shop.services.batch.run(.manual)
            let answer = try await get("/generations/1/compare/2", shop)
            #expect(answer.status == 200, "\(answer.text)")
            let found = try answer.json()
            #expect(found["customers"] == .integer(12) && found["sampling_step"] == .integer(1))
            #expect(found["changed_products"]?.integer ?? 0 > 0)
            #expect(found["mean_overlap"]?.double ?? 1 < 1)
            #expect(found["products_after"]?.integer ?? 30 <= 20, "two groups of ten are left")
            let fallers = found["fallers"]?.array ?? []
            #expect(fallers.first?["after"] == .integer(0) && fallers.first?["name"]?.string != nil)
            let back = try await get("/generations/2/compare/1", shop).json()
            #expect(back["risers"]?.array?.first?["product_id"] == fallers.first?["product_id"])
            let same = try await get("/generations/1/compare/1", shop).json()
            #expect(same["changed"] == .integer(0) && same["mean_overlap"] == .number(1))
            #expect(try await get("/generations/1/compare/9", shop).status == 404)
            _ = try await shop.fixture.client.execute("UPDATE generations SET status = 'dropped' WHERE generation = 1")
            let dropped = try await get("/generations/1/compare/2", shop)
            #expect(dropped.status == 409 && dropped.text.contains("the lists of generation 1 are not stored"))
        }
    }

    @Test("evaluations come newest first with the figures of each model, also where the shop was too small to judge")
    func evaluations() async throws {
        try await ApiShop.with { shop in
            #expect(try await get("/models/evaluations", shop).json().items.isEmpty)
            _ = try await shop.services.batch.run(.manual)
            let first = try await get("/models/evaluations", shop).json().items
            #expect(first.count == 1 && first.first?["job_id"]?.string != nil)
            let judged = #"""
                {"chosen":{"name":"als"},"verdict":"best","reason":"als is best","report":{"split":{"users_judged":70},"models":[
                {"model":"als","metrics":{"ndcg@10":{"mean":0.3,"lower":0.2,"upper":0.4}},"lists":{"10":{"catalogueCoverage":0.5}}},
                {"model":"ease","error":"too large"}]}}
                """#
            _ = try await shop.fixture.client.execute(
                "UPDATE batch_jobs SET evaluation = \(JSONText(judged)) WHERE job_id = \(first[0]["job_id"]?.string ?? "")"
            )
            let items = try await get("/models/evaluations?limit=1", shop).json().items
            #expect(items.first?["chosen"] == .string("als") && items.first?["users_judged"] == .integer(70))
            let models = items.first?["models"]?.array ?? []
            #expect(models.map { $0["model"] } == [.string("als"), .string("ease")])
            #expect(
                models.first?["metrics"]?["ndcg@10"]?["upper"]?.double == 0.4
                    && models.first?["coverage"]?.double == 0.5
            )
            #expect(models.last?["error"] == .string("too large"))
        }
    }

    // MARK: Schedule

    @Test("the schedule tells the next five runs and why ticks started none, the same reason once")
    func schedule() async throws {
        try await ApiShop.with { shop in
            let empty = try await get("/config/batch-schedule", shop).json()
            #expect(empty["next_runs"]?.array?.count == 5 && empty["due"] == .bool(true))
            #expect(empty["skipped_ticks"] == .array([]))
            _ = try await shop.services.batch.run(.timer)
            for _ in 1...3 { _ = try await shop.services.batch.run(.timer) }
            let found = try await get("/config/batch-schedule", shop).json()
            let runs = found["next_runs"]?.array?.compactMap(\.string).compactMap(Timestamp.date) ?? []
            #expect(runs.count == 5 && zip(runs, runs.dropFirst()).allSatisfy { $1.timeIntervalSince($0) == 21_600 })
            let skipped = found["skipped_ticks"]?.array ?? []
            #expect(skipped.count == 1 && skipped.first?["count"] == .integer(3), "\(skipped)")
            #expect(skipped.first?["reason"]?.string?.hasPrefix("not due: the next run is at") == true)
        }
    }

    // MARK: Objectives and budgets

    private let objectives = "/config/service-objectives"

    @Test("objectives are written with If-Match, and what cannot be one is said of its member")
    func serviceObjectives() async throws {
        try await ApiShop.with { shop in
            let read = try await get(objectives, shop)
            #expect(try read.json()["settings"]?["latency_ms"] == .integer(300))
            func put(_ body: String, _ tag: String?) async throws -> Calls.Answer {
                var headers = ApiShop.admin
                headers[.ifMatch] = tag
                return try await shop.calls(.put, objectives, headers: headers, body: body)
            }
            let tag = try #require(read.headers[.eTag])
            #expect(try await put("{}", nil).status == 428)
            let written = try await put(#"{"availability":0.99,"window_days":1}"#, tag)
            #expect(written.status == 200, "\(written.text)")
            #expect(try written.json()["settings"]?["availability"]?.double == 0.99)
            #expect(try written.json()["settings"]?["latency_ms"] == .integer(300))
            #expect(try await put("{}", tag).status == 412)
            let wrong = try await put(#"{"availability":1,"latency_ms":0,"window_days":"x","latencyMs":1}"#, "*")
            #expect(Set(try pointers(wrong)) == ["#/availability", "#/latency_ms", "#/window_days", "#/latencyMs"])
        }
    }

    @Test(
        "the error budget counts failed and slow answers of all instances against what may be, and the last hour by itself"
    )
    func errorBudget() async throws {
        try await ApiShop.with { shop in
            let none = try await get("/metrics/error-budget", shop).json()
            #expect(none["availability"]?["used"] == .null && none["availability"]?["burn_rate"] == .null)
            func minute(
                _ hoursAgo: Double,
                _ status: Int,
                _ milliseconds: [Int64],
                route: String = "getRecommendations"
            ) -> ServingMinute {
                var latencies = LatencyHistogram()
                for value in milliseconds { latencies.record(microseconds: value * 1_000) }
                let minute = Date(
                    timeIntervalSince1970: (Date().timeIntervalSince1970 / 60 - hoursAgo * 60).rounded(.down) * 60
                )
                return ServingMinute(
                    minute: minute,
                    key: .init(route: route, status: status, source: status == 200 ? "cache" : ""),
                    latencies: latencies
                )
            }
            let store = shop.services.servingMetrics
            let fast = [Int64](repeating: 5, count: 960)
            let earlier = [
                minute(20, 200, fast + [Int64](repeating: 900, count: 20)),
                minute(20, 503, [Int64](repeating: 9_000, count: 10)),
            ]
            try await store.write(earlier, instance: "one")
            try await store.write([minute(0.5, 200, [5, 5, 5, 290, 310, 900])], instance: "two")
            try await store.write([minute(0.5, 500, [1, 1, 1, 1])], instance: "two")
            // Neither what is too old nor what is another route's.
            try await store.write(
                [minute(24 * 8, 500, [1]), minute(1, 500, [1], route: "listProducts")],
                instance: "one"
            )
            let found = try await get("/metrics/error-budget", shop).json()
            let availability = try #require(found["availability"])
            #expect(availability["requests"] == .integer(1_000) && availability["bad"] == .integer(14))
            // 5 of 1,000 may fail.
            #expect(abs((availability["used"]?.double ?? 0) - 2.8) < 1e-9)
            #expect(
                abs((availability["burn_rate"]?.double ?? 0) - 80) < 1e-9,
                "4 of 10 in the last hour, where 1 of 200 may"
            )
            let latency = try #require(found["latency"])
            #expect(latency["requests"] == .integer(986) && latency["bad"] == .integer(22))
            #expect(abs((latency["burn_rate"]?.double ?? 0) - 2.0 / 6 / 0.05) < 1e-9)
        }
    }
}
