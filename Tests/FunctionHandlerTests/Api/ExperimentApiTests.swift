import HTTPTypes
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct ExperimentApiTests {
    private static let draft = #"""
        {"name":"Neighbours","planned_users":500,"variants":[{"name":"control"},
         {"name":"knn","configuration":{"candidates":["item_knn"],"ranking":{"diversity":1}}}]}
        """#

    private func post(_ body: String, _ shop: ApiShop) async throws -> Calls.Answer {
        try await shop.calls(.post, "/experiments", headers: ApiShop.admin, body: body)
    }

    private func patch(_ body: String, tag: String, _ shop: ApiShop) async throws -> Calls.Answer {
        var headers = ApiShop.admin
        headers[.ifMatch] = tag
        return try await shop.calls(.patch, "/experiments/1", headers: headers, body: body)
    }

    @Test("from a draft to the winner's settings: started, lists made, users told apart, events counted, concluded")
    func journey() async throws {
        try await ApiShop.with { shop in
            _ = try await shop.services.batch.run(.manual)
            let created = try await post(Self.draft, shop)
            #expect(created.status == 201 && created.headers[.location] == "/api/experiments/1")
            #expect(try created.json()["status"] == .string("draft"))
            let started = try await patch(#"{"status":"running"}"#, tag: try #require(created.headers[.eTag]), shop)
            #expect(started.status == 200, "\(started.text)")
            #expect(try started.json()["variants"]?.array?[1]["variant"] == .string("x1-b"))
            _ = try await shop.services.batch.run(.timer)
            // What runs is asked for once a second.
            try await eventually("the experiment is served") {
                let answer = try await shop.calls(.get, "/recommendations/U-1").json()
                return answer["experiment"] == .integer(1)
            }
            var arms: [String: Int] = [:]
            for user in 0..<12 {
                let answer = try await shop.calls(.get, "/recommendations/U-\(user)?limit=3").json()
                let id = try #require(answer["request_id"]?.string)
                let arm = try #require(answer["variant"]?.string)
                arms[arm, default: 0] += 1
                let product = try #require(answer.items.first?["product_id"]?.string)
                let events = ["impression", "click"].map {
                    #"{"user_id":"U-\#(user)","product_id":"\#(product)","interaction_type":"\#($0)","request_id":"\#(id)","position":0}"#
                }
                let stored = try await shop.calls(.post, "/interactions", body: "[\(events.joined(separator: ","))]")
                #expect(stored.status == 201)
                // Somebody else's id, and one that was changed: stored, and not counted.
                let foreign = events[0].replacing("U-\(user)", with: "U-\((user + 1) % 12)")
                #expect(try await shop.calls(.post, "/interactions", body: foreign).status == 201)
            }
            #expect(arms.keys.sorted() == ["control", "knn"])
            let results = try await shop.calls(.get, "/experiments/1/results", headers: ApiShop.admin).json()
            #expect(
                results["users"] == .array([.integer(Int64(arms["control"] ?? 0)), .integer(Int64(arms["knn"] ?? 0))])
            )
            #expect(results["words"] == .string("Not enough data: 2 % there."))
            #expect(results["metrics"]?.array?.first?["values"] == .array([.number(1), .number(1)]))
            let tag = try #require(started.headers[.eTag])
            #expect(try await patch(#"{"status":"concluded","winner":"nobody"}"#, tag: tag, shop).status == 400)
            let ended = try await patch(
                #"{"status":"concluded","winner":"knn","conclusion":"Neighbours."}"#,
                tag: tag,
                shop
            )
            #expect(ended.status == 200, "\(ended.text)")
            // What was found stays, though its lists are served no more.
            let found = try await shop.calls(.get, "/experiments/1/results", headers: ApiShop.admin).json()
            #expect(found["users"] == results["users"])
            #expect(found["guardrails"]?.array?.first?["kept"]?.bool != nil)
            let settings = try await shop.calls(.get, "/config/recommender").json()
            #expect(settings["settings"]?["candidates"] == .array([.string("item_knn")]))
            try await eventually("nobody is in the experiment") {
                let answer = try await shop.calls(.get, "/recommendations/U-1").json()
                return answer["experiment"] == .null && answer["variant"] == .string("default")
            }
        }
    }

    @Test("what is wrong with a draft is said of its member, all at once")
    func faults() async throws {
        try await ApiShop.with { shop in
            let body = #"""
                {"kind":"interleaving","metric":"revenue","window_days":0,"variants":[{"name":"A b","share":0.5},
                 {"name":"b","share":0.4,"configuration":{"candidates":["no_model"],"rank":{}}}]}
                """#
            let problem = try await post(body, shop)
            #expect(problem.status == 400)
            let names = try problem.problem()["errors"]?.array?.compactMap { $0["pointer"]?.string } ?? []
            for expected in [
                "#/name", "#/metric", "#/window_days", "#/variants", "#/variants/0/name",
                "#/variants/1/configuration/rank",
            ] {
                #expect(names.contains(expected), "\(expected) in \(names)")
            }
            let same = #"{"name":"x","variants":[{"name":"a"},{"name":"a"}]}"#
            let faults = try await post(same, shop).problem()["errors"]?.array?.compactMap { $0["pointer"]?.string }
            #expect(faults == ["#/variants/1/name", "#/variants/1/configuration"])
            for body in [
                #"{"name":"x","variants":[{"name":"a"}]}"#, #"{"name":"x"}"#, #"{"name":"x","variants":[1,2]}"#,
            ] {
                #expect(try await post(body, shop).status == 400)
            }
        }
    }

    @Test("a change needs what was read; what cannot follow is a conflict in words")
    func conflicts() async throws {
        try await ApiShop.with { shop in
            _ = try await post(Self.draft, shop)
            _ = try await post(Self.draft, shop)
            #expect(
                try await shop.calls(.patch, "/experiments/1", headers: ApiShop.admin, body: #"{"status":"running"}"#)
                    .status
                    == 428
            )
            #expect(try await patch(#"{"status":"running"}"#, tag: "\"v9\"", shop).status == 412)
            let stop = try await patch(#"{"status":"stopped"}"#, tag: "*", shop)
            #expect(stop.status == 409)
            #expect(stop.text.contains("the experiment is draft; it can become running or archived"))
            #expect(try await patch(#"{"status":"running","winner":"knn"}"#, tag: "*", shop).status == 400)
            #expect(try await patch(#"{"status":"running"}"#, tag: "*", shop).status == 200)
            var headers = ApiShop.admin
            headers[.ifMatch] = "*"
            let second = try await shop.calls(
                .patch,
                "/experiments/2",
                headers: headers,
                body: #"{"status":"running"}"#
            )
            #expect(second.status == 409 && second.text.contains("another experiment is running"))
            #expect(try await shop.calls(.get, "/experiments/77", headers: ApiShop.admin).status == 404)
            let running = try await shop.calls(.get, "/experiments?status=running", headers: ApiShop.admin).json()
            #expect(running["total"] == .integer(1))
            #expect(try await shop.calls(.get, "/experiments/plan?lift=0", headers: ApiShop.admin).status == 400)
        }
    }
}
