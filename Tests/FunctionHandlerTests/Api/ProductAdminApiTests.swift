import HTTPTypes
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct ProductAdminApiTests {
    private static let mug = #"{"product_id":"M-1","name":"Mug","category":"Kitchen","price":6.5,"stock":3}"#

    private func admin(_ tag: String? = nil) -> HTTPFields {
        var headers = ApiShop.admin
        if let tag { headers[.ifMatch] = tag }
        return headers
    }

    @Test("a product is added, changed, and taken out; every change shows at once in lists, search, and facets")
    func life() async throws {
        try await ApiShop.with { shop in
            let created = try await shop.calls(.post, "/api/products", headers: admin(), body: Self.mug)
            #expect(created.status == 201)
            #expect(created.headers[.location] == "/api/products/M-1")
            #expect(try await shop.calls(.post, "/products", headers: admin(), body: Self.mug).status == 409)
            #expect(try await shop.calls(.get, "/products?search=mug").json()["total"] == .integer(1))
            #expect(try await shop.calls(.get, "/categories").json().items.count == 4)

            let tag = try #require(created.headers[.eTag])
            let patched = try await shop.calls(
                .patch,
                "/products/M-1",
                headers: admin(tag),
                body: #"{"price":5.99,"metadata":{"brand":"Castellan","tags":["red"]},"description":"Blue enamel"}"#
            )
            #expect(patched.status == 200)
            #expect(try patched.json()["price"] == .number(5.99))
            #expect(try patched.json()["name"] == .string("Mug"))
            let next = try #require(patched.headers[.eTag])
            let second = try await shop.calls(
                .patch,
                "/products/M-1",
                headers: admin(next),
                body: #"{"metadata":{"brand":null},"description":null}"#
            )
            #expect(try second.json()["metadata"] == .object(["tags": .array([.string("red")])]))
            #expect(try second.json()["description"] == .string(""))
            #expect(try await shop.calls(.get, "/products/M-1").json()["price"] == .number(5.99))

            let replaced = try await shop.calls(
                .put,
                "/products/M-1",
                headers: admin("*"),
                body: #"{"name":"Cup","category":"Kitchen","price":7}"#
            )
            #expect(try replaced.json()["stock"] == .integer(0))
            #expect(try replaced.json()["metadata"] == .object([:]))
            #expect(try await shop.calls(.get, "/products?search=mug").json()["total"] == .integer(0))

            let deleted = try await shop.calls(.delete, "/products/M-1", headers: admin("*"))
            #expect(try deleted.json() == .object(["deleted": true, "deactivated": false]))
            #expect(try await shop.calls(.get, "/products/M-1").status == 404)
        }
    }

    @Test("a write without a condition is 428, on what has changed 412, and neither changes anything")
    func conditions() async throws {
        try await ApiShop.with { shop in
            let tag = try #require(try await shop.calls(.get, "/products/P-01", headers: admin()).headers[.eTag])
            let body = #"{"price":1}"#
            for method in [HTTPRequest.Method.put, .patch, .delete] {
                let missing = try await shop.calls(method, "/products/P-01", headers: admin(), body: body)
                #expect(missing.status == 428)
                _ = try missing.problem()
            }
            #expect(try await shop.calls(.patch, "/products/P-01", headers: admin(tag), body: body).status == 200)
            let lost = try await shop.calls(.patch, "/products/P-01", headers: admin(tag), body: #"{"price":2}"#)
            #expect(lost.status == 412)
            #expect(lost.headers[.eTag] != nil)
            #expect(try await shop.calls(.get, "/products/P-01").json()["price"] == .number(1))
            #expect(try await shop.calls(.patch, "/products/none", headers: admin("*"), body: body).status == 404)
        }
    }

    @Test("a product that events name is only taken out of the shop, and only when asked for")
    func referenced() async throws {
        try await ApiShop.with { shop in
            let refused = try await shop.calls(.delete, "/products/P-00", headers: admin("*"))
            #expect(refused.status == 409)
            #expect(try refused.problem()["events"]?.integer ?? 0 > 0)
            #expect(try await shop.calls(.get, "/products/P-00").status == 200)
            let done = try await shop.calls(.delete, "/products/P-00?force=deactivate", headers: admin("*"))
            #expect(try done.json() == .object(["deleted": false, "deactivated": true]))
            #expect(try await shop.calls(.get, "/products/P-00").status == 404)
            #expect(try await shop.calls(.get, "/products/P-00", headers: admin()).status == 200)
        }
    }

    @Test(
        "what a product cannot be is refused member by member",
        arguments: [
            (#"{"product_id":"a b","name":"x","category":"c","price":1}"#, "#/product_id"),
            (#"{"product_id":"a","category":"c","price":1}"#, "#/name"),
            (#"{"product_id":"a","name":"x","price":1}"#, "#/category"),
            (#"{"product_id":"a","name":"x","category":"c"}"#, "#/price"),
            (#"{"product_id":"a","name":"x","category":"c","price":-1}"#, "#/price"),
            (#"{"product_id":"a","name":"x","category":"c","price":1.999}"#, "#/price"),
            (#"{"product_id":"a","name":"x","category":"c","price":1e300}"#, "#/price"),
            (#"{"product_id":"a","name":"x","category":"c","price":"1"}"#, "#/price"),
            (#"{"product_id":"a","name":"x","category":"c","price":1,"stock":-1}"#, "#/stock"),
            (#"{"product_id":"a","name":"x","category":"c","price":1,"stock":2147483648}"#, "#/stock"),
            (#"{"product_id":"a","name":"x","category":"c","price":1,"currency":"gbp"}"#, "#/currency"),
            (#"{"product_id":"a","name":"x","category":"c","price":1,"active":"yes"}"#, "#/active"),
            (#"{"product_id":"a","name":"x","category":"c","price":1,"metadata":[]}"#, "#/metadata"),
        ]
    )
    func invalid(body: String, pointer: String) async throws {
        var config = AppConfig()
        config.adminKey = AdminKey(ApiShop.key)
        let calls = TestRoutes.calls(config)
        let answer = try await calls(.post, "/products", headers: admin(), body: body)
        #expect(answer.status == 400)
        #expect(try answer.problem()["errors"]?.array?.map { $0["pointer"] } == [.string(pointer)])
    }

    private func upload(_ shop: ApiShop, _ query: String, _ type: String, _ body: String) async throws -> Calls.Answer {
        var headers = admin()
        headers[.contentType] = type
        return try await shop.calls(.post, "/api/products/import" + query, headers: headers, body: body)
    }

    @Test("an import stores all or nothing, or what is right, or nothing at all, as it is asked to")
    func imports() async throws {
        try await ApiShop.with { shop in
            let lines = """
                {"product_id":"I-1","name":"Tea towel","category":"Kitchen","price":4.5}
                {"product_id":"P-00","price":99}
                {"product_id":"I-2","price":-3}
                {"product_id":"I-1","name":"again"}
                not json

                """
            let refused = try await upload(shop, "", "application/x-ndjson", lines)
            #expect(refused.status == 422)
            #expect(try refused.problem()["errors"]?.array?.map { $0["pointer"] } == ["#/3", "#/4", "#/5"])
            #expect(try await shop.calls(.get, "/products/I-1").status == 404)

            let dry = try await upload(shop, "?dry_run=true", "application/x-ndjson", lines)
            #expect(dry.status == 200)
            #expect(try dry.json()["created"] == .integer(1))
            #expect(try dry.json()["failed"] == .integer(3))
            #expect(try await shop.calls(.get, "/products/I-1").status == 404)

            let partial = try await upload(shop, "?partial=true", "application/x-ndjson", lines)
            let body = try partial.json()
            #expect(body["created"] == .integer(1))
            #expect(body["updated"] == .integer(1))
            #expect(body["results"]?.array?.count == 5)
            #expect(try await shop.calls(.get, "/products/P-00").json()["price"] == .number(99))
            // What the row does not say stays.
            #expect(try await shop.calls(.get, "/products/P-00").json()["name"] == .string("Product 0"))

            let again = try await upload(shop, "?partial=true", "application/x-ndjson", lines)
            #expect(try again.json()["unchanged"] == .integer(2))
        }
    }

    @Test("CSV is read by the rules of a products file")
    func csv() async throws {
        try await ApiShop.with { shop in
            let good = "product_id,name,description,category,price\nC-1,\"Bowl, blue\",,Kitchen,12.99\n"
            let answer = try await upload(shop, "", "text/csv; charset=utf-8", good)
            #expect(answer.status == 200)
            #expect(try await shop.calls(.get, "/products/C-1").json()["name"] == .string("Bowl, blue"))
            let bad = try await upload(shop, "", "text/csv", good + "C-2,Plate,,Kitchen,dear\n")
            #expect(bad.status == 422)
            #expect(try bad.problem()["errors"]?.array?.first?["pointer"] == .string("#/3"))
            #expect(try await upload(shop, "", "text/csv", "a,b\n1,2\n").status == 400)
            #expect(try await upload(shop, "", "application/json", "[]").status == 415)
            #expect(try await upload(shop, "", "text/csv", "").status == 400)
        }
    }
}
