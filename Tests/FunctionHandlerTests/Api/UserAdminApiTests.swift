import HTTPTypes
import Postgres
import ShopTestSupport
import TestSupport
import Testing
import TextFormats

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
