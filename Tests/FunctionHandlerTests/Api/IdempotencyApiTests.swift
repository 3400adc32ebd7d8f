import HTTPTypes
import Postgres
import ShopTestSupport
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct IdempotencyApiTests {
    private func load(_ shop: ApiShop, _ key: String, _ body: String, query: String = "") async throws -> Calls.Answer {
        var headers = ApiShop.admin
        headers[.contentType] = "application/x-ndjson"
        headers[.idempotencyKey] = key
        return try await shop.calls(.post, "/api/products/import" + query, headers: headers, body: body)
    }

    private let product = #"{"product_id":"P-new","name":"Bread bin","category":"Kitchen","price":24}"#

    @Test("an import that is sent again is answered as the first time and carried out once")
    func replay() async throws {
        try await ApiShop.with { shop in
            let first = try await load(shop, "import-1", product)
            #expect(first.status == 200)
            #expect(first.headers[.idempotentReplayed] == nil)
            #expect(try first.json()["created"] == .integer(1))
            _ = try await shop.fixture.client.execute(
                "UPDATE products SET name = 'Breadbox' WHERE product_id = 'P-new'"
            )
            let again = try await load(shop, "import-1", product)
            #expect(again.status == 200)
            #expect(again.headers[.idempotentReplayed] == "true")
            #expect(again.bytes == first.bytes)
            let name = try await shop.fixture.client.query("SELECT name FROM products WHERE product_id = 'P-new'")[0]
                .decode(String.self, at: 0)
            #expect(name == "Breadbox")
            let fresh = try await load(shop, "import-2", product)
            #expect(try fresh.json()["updated"] == .integer(1))
        }
    }

    @Test("a key with another body, or with other parameters, is refused and changes nothing")
    func otherRequest() async throws {
        try await ApiShop.with { shop in
            try #require(try await load(shop, "import-1", product).status == 200)
            for (body, query) in [(product.replacing("24", with: "25"), ""), (product, "?partial=true")] {
                let answer = try await load(shop, "import-1", body, query: query)
                #expect(answer.status == 422)
                #expect(try answer.problem()["type"]?.string?.hasSuffix("idempotency-key-reused") == true)
            }
            let trigger = HTTPFields([.init(name: .idempotencyKey, value: "t-1")] + Array(ApiShop.admin))
            #expect(try await shop.calls(.post, "/batch/trigger", headers: trigger).status == 202)
            let other = try await shop.calls(
                .post,
                "/batch/trigger",
                headers: trigger,
                body: #"{"job_type":"incremental"}"#
            )
            #expect(other.status == 422)
        }
    }

    @Test(
        "a request that was refused leaves its key free, one that is being carried out is waited for, a lost one is not"
    )
    func claims() async throws {
        try await ApiShop.with { shop in
            #expect(try await load(shop, "k", "{}").status == 422)
            #expect(try await load(shop, "k", product).status == 200)
            // As if the process had died while it carried the request out.
            _ = try await shop.fixture.client.execute("UPDATE idempotency_keys SET status = NULL, answer = NULL")
            let waiting = try await load(shop, "k", product)
            #expect(waiting.status == 409)
            #expect(waiting.headers[.retryAfter] == "1")
            _ = try await shop.fixture.client.execute(
                "UPDATE idempotency_keys SET claimed_at = now() - interval '6 minutes'"
            )
            let taken = try await load(shop, "k", product)
            #expect(taken.status == 200)
            #expect(taken.headers[.idempotentReplayed] == nil)
            _ = try await shop.fixture.client.execute(
                "UPDATE idempotency_keys SET claimed_at = now() - interval '25 hours'"
            )
            #expect(try await load(shop, "k", product.replacing("24", with: "26")).status == 200)
            for key in ["", "a b", String(repeating: "k", count: 129)] {
                #expect(try await load(shop, key, product).status == 400, "\(key)")
            }
        }
    }

    @Test("signing in again with a key gives a new token, and no token is stored")
    func signIn() async throws {
        try await ApiShop.with { shop in
            var headers: HTTPFields = [.idempotencyKey: "login-1"]
            headers[.contentType] = "application/json"
            func signIn(_ user: String) async throws -> Calls.Answer {
                try await shop.calls(.post, "/auth/login", headers: headers, body: #"{"user_id":"\#(user)"}"#)
            }
            let first = try await signIn("U-1")
            #expect(first.status == 200)
            let again = try await signIn("U-1")
            #expect(again.status == 200)
            #expect(again.headers[.idempotentReplayed] == "true")
            #expect(try again.json()["token"]?.string?.isEmpty == false)
            #expect(try await signIn("U-2").status == 422)
            let stored = try await shop.fixture.client.query("SELECT count(answer) FROM idempotency_keys")[0]
            #expect(try stored.decode(Int.self, at: 0) == 0)
        }
    }
}
