import HTTPTypes
import Postgres
import ShopTestSupport
import TestSupport
import Testing
import TextFormats

@testable import FunctionHandler

@Suite struct PurchaseApiTests {
    private func post(_ shop: ApiShop, _ events: String) async throws {
        try #require(try await shop.calls(.post, "/interactions", body: events).status == 201)
    }

    @Test("purchases are grouped by order, newest first, in pages")
    func orders() async throws {
        try await ApiShop.with { shop in
            try await post(
                shop,
                """
                [{"user_id":"U-1","product_id":"P-00","interaction_type":"purchase","value":3,"order_id":"o-new","event_id":"n1"},
                 {"user_id":"U-1","product_id":"P-01","interaction_type":"purchase","order_id":"o-new","event_id":"n2"},
                 {"user_id":"U-1","product_id":"P-02","interaction_type":"purchase","event_id":"alone",
                  "timestamp":"2026-01-01T00:00:00Z"}]
                """
            )
            let body = try await shop.calls(.get, "/api/users/U-1/purchases?page_size=2").json()
            #expect(body["total"] == .integer(3))
            #expect(body.items.map { $0["order_id"] } == [.string("o-new"), .string("alone")])
            let lines = try #require(body.items.first?.items)
            #expect(lines.map { $0["product_id"] } == [.string("P-00"), .string("P-01")])
            #expect(lines.map { $0["quantity"]?.double } == [3, 1])
            #expect(lines.first?["name"] == .string("Product 0"))
            let rest = try await shop.calls(.get, "/api/users/U-1/purchases?page_size=2&page=2").json()
            #expect(rest.items.map { $0["order_id"] } == [.string("o-1")])
            #expect(try await shop.calls(.get, "/users/nobody/purchases").status == 404)
        }
    }

    @Test("a hidden product leaves the user's list and comes back when it is shown again; repeats change nothing")
    func hidden() async throws {
        try await ApiShop.with { shop in
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            func listed() async throws -> [JSONValue?] {
                try await shop.calls(.get, "/recommendations/U-1?limit=20").json().items.map { $0["product_id"] }
            }
            let product = try #require(try await listed().first??.string)
            for _ in 1...2 {
                #expect(try await shop.calls(.put, "/users/U-1/hidden/\(product)").status == 204)
            }
            let hidden = try await shop.calls(.get, "/users/U-1/hidden").json()
            #expect(hidden.items.map { $0["product_id"] } == [.string(product)])
            #expect(try await !listed().contains(.string(product)))
            for _ in 1...2 {
                #expect(try await shop.calls(.delete, "/users/U-1/hidden/\(product)").status == 204)
            }
            #expect(try await shop.calls(.get, "/users/U-1/hidden").json().items.isEmpty)
            #expect(try await listed().contains(.string(product)))
            let events = try await shop.fixture.client.query(
                "SELECT count(*) FROM interactions WHERE interaction_type = 'feedback'"
            ).first?.decode(Int64.self, at: 0)
            #expect(events == 2)
            #expect(try await shop.calls(.put, "/users/U-1/hidden/P-99").status == 404)
            #expect(try await shop.calls(.put, "/users/nobody/hidden/P-00").status == 404)
        }
    }
}
