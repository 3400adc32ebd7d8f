import HTTPTypes
import Postgres
import Shop
import ShopTestSupport
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct RelatedApiTests {
    private func withLists(_ body: (ApiShop) async throws -> Void) async throws {
        try await ApiShop.with { shop in
            try await shop.fixture.generateLists()
            try await body(shop)
        }
    }

    private func ids(_ body: JSONValue) -> [String] { body.items.compactMap { $0["product_id"]?.string } }

    @Test("similar and bought together name where each product comes from, and refuse what does not exist by name")
    func related() async throws {
        try await withLists { shop in
            let similar = try await shop.calls(.get, "/products/P-03/similar?limit=4").json()
            #expect(similar.items.count == 4 && similar["total"]?.integer == 4)
            #expect(similar["source"] == .string("similarity"))
            for item in similar.items {
                #expect(item["reason"] == .string("Customers of Product 3 choose this too"))
                #expect(item["from"]?["product_id"] == .string("P-03"))
            }
            // The host joins repeated parameters with commas; both forms are one cart.
            let joined = try await shop.calls(.get, "/bought-together?product_ids=P-00,P-01").json()
            let repeated = try await shop.calls(.get, "/bought-together?product_ids=P-00&product_ids=P-01").json()
            #expect(ids(joined) == ids(repeated) && !ids(joined).isEmpty)
            #expect(Set(ids(joined)).isDisjoint(with: ["P-00", "P-01"]))
            for (path, status, word) in [
                ("/products/nope/similar", 404, "nope"), ("/bought-together?product_ids=P-00,nope", 404, "nope"),
                ("/bought-together", 400, "product_ids"), ("/products/P-03/similar?limit=51", 400, "limit"),
                ("/bought-together?product_ids=" + (0..<21).map { "P-\($0)" }.joined(separator: ","), 400, "20"),
                ("/products/P-03/similar?user_id=nobody", 404, "nobody"),
            ] {
                let refused = try await shop.calls(.get, path)
                #expect(refused.status == status, "\(path)")
                #expect(try refused.problem()["detail"]?.string?.contains(word) == true, "\(path)")
            }
        }
    }

    @Test("what a customer hides is gone for them everywhere until they take it back")
    func hidden() async throws {
        try await withLists { shop in
            let before = try await ids(shop.calls(.get, "/recommendations/U-1?limit=8").json())
            let product = try #require(before.first)
            let seed = try #require(
                (0..<30).map(ShopFixture.productID).first { $0 != product && $0.hasPrefix(product.prefix(3)) }
            )
            let paths = [
                "/recommendations/U-1?limit=30", "/recommendations/U-1?limit=30&session_id=visit",
                "/products/\(seed)/similar?limit=50&user_id=U-1",
                "/bought-together?product_ids=\(seed)&limit=50&user_id=U-1",
                "/trending?limit=100&window=365d&user_id=U-1",
            ]
            func show() async throws -> [Bool] {
                var shown: [Bool] = []
                for path in paths { shown.append(try await ids(shop.calls(.get, path).json()).contains(product)) }
                return shown
            }
            // As old as the fixture's events, at whose end trends are counted from.
            func feedback(_ value: Int, day: Int) async throws {
                let event = """
                    {"event_id":"f-\(day)","user_id":"U-1","product_id":"\(product)","interaction_type":"feedback",
                     "value":\(value),"timestamp":"2023-11-\(day)T12:00:00Z"}
                    """
                #expect(try await shop.calls(.post, "/interactions", body: event).status == 201)
            }
            #expect(try await show() == [true, true, true, true, true])
            try await feedback(-1, day: 20)
            #expect(try await show() == [false, false, false, false, false])
            #expect(try await ids(shop.calls(.get, "/trending?limit=100&window=365d").json()).contains(product))
            try await feedback(1, day: 21)
            #expect(try await show() == [true, true, true, true, true])
        }
    }

    @Test("why tells administrators where a product stands at each step, and what keeps it out")
    func why() async throws {
        try await withLists { shop in
            let list = try await ids(shop.calls(.get, "/recommendations/U-1?limit=8").json())
            func why(_ product: String) async throws -> JSONValue {
                try await shop.calls(.get, "/recommendations/U-1/why/\(product)", headers: ApiShop.admin).json()
            }
            let listed = try await why(list[1])
            #expect(listed["verdict"] == .string("listed") && listed["served"] == .bool(true))
            #expect(listed["remedy"] == .null)
            let steps = try #require(listed["steps"]?.array)
            #expect(
                steps.compactMap { $0["step"]?.string } == ["candidates", "rules", "diversity", "exploration", "list"]
            )
            #expect(steps.last?["rank"]?.integer == 2)
            _ = try await shop.fixture.client.execute("UPDATE products SET stock = 0 WHERE product_id = \(list[0])")
            try await eventually("the catalogue is read again") {
                try await why(list[0])["verdict"] == .string("out_of_stock")
            }
            #expect(try await why(list[0])["remedy"] == .string("add stock"))
            #expect(try await shop.calls(.get, "/recommendations/U-1/why/P-03").status == 401)
            let path = "/recommendations/U-1/why/nope"
            #expect(try await shop.calls(.get, path, headers: ApiShop.admin).status == 404)
        }
    }

    @Test("before the first batch there is nothing to explain, and it says so")
    func nothing() async throws {
        try await ApiShop.with { shop in
            let path = "/recommendations/U-1/why/P-03"
            let refused = try await shop.calls(.get, path, headers: ApiShop.admin)
            #expect(refused.status == 409)
            #expect(try refused.problem()["detail"]?.string?.contains("no model is live") == true)
            let popular = try await shop.calls(.get, "/products/P-03/similar").json()
            #expect(popular["source"] == .string("popular") && popular["model_version"] == .null)
            #expect(popular.items.allSatisfy { $0["reason"] == .string("Popular in Group 0") })
        }
    }
}
