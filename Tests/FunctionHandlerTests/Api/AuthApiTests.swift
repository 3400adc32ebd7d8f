import Foundation
import HTTPTypes
import TestSupport
import Testing
import TextFormats

@testable import FunctionHandler

@Suite struct AuthApiTests {
    private func token(_ shop: ApiShop, _ user: String) async throws -> String {
        let answer = try await shop.calls(.post, "/api/auth/login", body: #"{"user_id":"\#(user)"}"#)
        return try #require(try answer.json()["token"]?.string)
    }

    @Test("a session names its user, by token or by cookie, until it is over")
    func session() async throws {
        try await ApiShop.with { shop in
            let login = try await shop.calls(.post, "/api/auth/login", body: #"{"user_id":"U-1"}"#)
            #expect(login.status == 200)
            let cookie = try #require(login.headers[.setCookie])
            for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=28800"] { #expect(cookie.contains(part)) }
            let token = try #require(try login.json()["token"]?.string)
            for headers in [
                [.authorization: "Bearer \(token)"], [.shopToken: token], [.cookie: "a=b; shop_session=\(token); c=d"],
            ] as [HTTPFields] {
                let me = try await shop.calls(.get, "/auth/me", headers: headers).json()
                #expect(me["user_id"] == .string("U-1"))
                #expect(me["user"]?["user_id"] == .string("U-1"))
                #expect(me["mode"] == .string("demo"))
            }
            #expect(try await shop.calls(.get, "/auth/me").json()["user_id"] == .null)
            let logout = try await shop.calls(.post, "/auth/logout")
            #expect(logout.status == 204)
            #expect(logout.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await shop.calls(.post, "/auth/login", body: #"{"user_id":"nobody"}"#).status == 422)
        }
    }

    @Test("a token that was changed, signed otherwise or has ended is nobody's")
    func badTokens() async throws {
        let sessions = Sessions { Array("key".utf8) }
        let good = try await sessions.issue(for: "U-1").token
        #expect(try await sessions.caller(good)?.userID == "U-1")
        #expect(try await Sessions { Array("other".utf8) }.caller(good) == nil)
        let late = Sessions(now: { Date(timeIntervalSinceNow: 8 * 3_600 + 1) }) { Array("key".utf8) }
        #expect(try await late.caller(good) == nil)
        let parts = good.split(separator: ".").map(String.init)
        let other = Base64URL.text(#"{"exp":9999999999,"iat":1,"sub":"U-2"}"#.utf8)
        let none = Base64URL.text(#"{"alg":"none","typ":"JWT"}"#.utf8)
        for bad in [
            "", ".", "..", "a.b.c", good + "x", String(good.dropLast()), "\(parts[0]).\(other).\(parts[2])",
            "\(none).\(parts[1]).", "\(none).\(parts[1]).\(parts[2])", String(repeating: "a", count: 5_000),
        ] {
            #expect(try await sessions.caller(bad) == nil, "\(bad.prefix(60))")
        }
    }

    @Test("processes that share a database share sessions")
    func sharedKey() async throws {
        try await ApiShop.with { shop in
            let token = try await token(shop, "U-2")
            try await shop.restarted { other in
                let me = try await other.calls(.get, "/auth/me", headers: [.authorization: "Bearer \(token)"]).json()
                #expect(me["user_id"] == .string("U-2"))
            }
        }
    }

    @Test("sample users differ in what they buy, one is new, and each has a line about it")
    func samples() async throws {
        try await ApiShop.with { shop in
            try await shop.calls(.post, "/users", headers: ApiShop.admin, body: #"{"user_id":"U-new"}"#).status
                .isCreated()
            let users = try await shop.calls(.get, "/auth/sample-users").json().items
            #expect(users.count == 4)
            let categories = users.compactMap { $0["favourite_category"]?.string }
            #expect(categories.sorted() == ["Group 0", "Group 1", "Group 2"])
            #expect(users.last?["user_id"] == .string("U-new"))
            #expect(users.first?["about"]?.string?.hasPrefix("Buys mostly from Group ") == true)
        }
    }
}

extension Int {
    fileprivate func isCreated(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(self == 201, sourceLocation: sourceLocation)
    }
}
