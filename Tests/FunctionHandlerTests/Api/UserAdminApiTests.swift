import FoundationEssentials
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

@Suite struct UserAdminApiTests {
    @Test("an erased user is in no table, and the counts say what was there")
    func erasure() async throws {
        try await ApiShop.with { shop in
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            let client = shop.fixture.client
            let row = try await client.query(
                """
                SELECT id, (SELECT count(*) FROM interactions i WHERE i.user_key = u.id),
                    (SELECT count(*) FROM recommendation_cache c WHERE c.user_key = u.id) FROM users u WHERE user_id = 'U-1'
                """
            )[0]
            let key = try row.decode(Int64.self, at: 0)
            let answer = try await shop.calls(.delete, "/api/users/U-1", headers: ApiShop.admin)
            #expect(answer.status == 200)
            let body = try answer.json()
            #expect(body["events"] == .integer(try row.decode(Int64.self, at: 1)))
            #expect(body["lists"] == .integer(try row.decode(Int64.self, at: 2)))
            #expect(body["lists"]?.integer ?? 0 > 0)
            #expect(body["users"] == .integer(1))
            #expect(body["remaining"] == .integer(0))
            let left = try await client.query(
                """
                SELECT (SELECT count(*) FROM interactions WHERE user_key = \(key))
                    + (SELECT count(*) FROM recommendation_cache WHERE user_key = \(key))
                """
            )[0].decode(Int64.self, at: 0)
            #expect(left == 0)
            #expect(try await shop.calls(.get, "/recommendations/U-1").status == 404)
            #expect(try await shop.calls(.delete, "/users/U-1", headers: ApiShop.admin).status == 404)
            // The others' lists go on.
            #expect(try await shop.calls(.get, "/recommendations/U-2").status == 200)
        }
    }

    @Test(
        "data sets and models that hold an erased user go at once when asked for, the live one after the next run, which is due"
    )
    func storedFiles() async throws {
        try await ApiShop.with { shop in
            func generate() async throws {
                let report = try await shop.services.batch.run(.manual)
                guard case .completed = report else {
                    Issue.record("\(report)")
                    return
                }
            }
            func folders(_ area: String) async throws -> Set<Substring> {
                Set(
                    try await shop.fixture.blobs.list(prefix: area)
                        .map { $0.path.split(separator: "/").prefix(2).joined(separator: "/")[...] }
                        .filter { !$0.hasSuffix(".json") }
                )
            }
            try await generate()
            let event = #"{"user_id":"U-2","product_id":"P-05","interaction_type":"purchase"}"#
            try #require(try await shop.calls(.post, "/interactions", body: event).status == 201)
            try await generate()
            #expect(try await folders("models/").count == 2)
            #expect(try await folders("datasets/").count == 2)
            let answer = try await shop.calls(.delete, "/api/users/U-1?now=true", headers: ApiShop.admin).json()
            #expect(answer["data_sets"]?.array?.count == 2)
            #expect(answer["models"]?.array?.count == 1)
            #expect(answer["remaining"] == .integer(0))
            #expect(answer["remaining_data_sets"] == .array([]))
            let live = try #require(try await shop.fixture.modelRows.live()).modelVersion
            #expect(answer["remaining_models"] == .array([.string(live)]))
            #expect(try await folders("datasets/").isEmpty)
            #expect(try await folders("models/") == ["models/\(live)"])
            // The others are served as before.
            #expect(try await shop.calls(.get, "/recommendations/U-2?limit=5").json()["source"] == .string("cache"))
            let replay = try await shop.services.replay.run("job-000001")
            #expect("\(replay)".contains("erased: 1 customers"))

            // Nothing but the erasure has happened since the last run.
            let state = try await shop.fixture.jobs.state()
            var schedule = BatchSchedule(intervalSeconds: 1)
            schedule.isAdaptive = false
            let later = state.now.addingTimeInterval(60)
            guard case .due = schedule.decide(now: later, isManual: false, .init(state)) else {
                Issue.record("no run is due")
                return
            }
            // Data sets are named to the second: one of the second of an erasure counts as made before it.
            try await eventually("the second of the erasure is over") {
                try await shop.fixture.client.query(
                    "SELECT date_trunc('second', clock_timestamp()) > max(erased_at) FROM erasures"
                )[0].decode(Bool.self, at: 0)
            }
            try await generate()
            #expect(try await folders("models/").count == 1)
            #expect(try await folders("models/") != ["models/\(live)"])
            #expect(try await folders("datasets/").count == 1)
            let left = try await shop.calls(.delete, "/api/users/U-3", headers: ApiShop.admin).json()
            #expect(left["data_sets"] == .array([]))
            #expect(left["remaining_data_sets"]?.array?.count == 1)
        }
    }

    @Test("a user's record changes member by member, and null removes one")
    func update() async throws {
        try await ApiShop.with { shop in
            let changed = try await shop.calls(
                .put,
                "/users/U-1",
                body: #"{"email":"ada@example.org","display_name":"Ada"}"#
            ).json()
            #expect(changed["email"] == .string("ada@example.org"))
            let removed = try await shop.calls(.put, "/users/U-1", body: #"{"email":null}"#).json()
            #expect(removed["email"] == .null)
            #expect(removed["display_name"] == .string("Ada"))
            #expect(try await shop.calls(.put, "/users/U-1", body: #"{"email":"nobody"}"#).status == 400)
            #expect(try await shop.calls(.put, "/users/none", body: "{}").status == 404)
        }
    }
}
