import HTTPTypes
import HummingbirdCore
import Testing

@testable import LocalHost

@Suite("CORS as the platform does it")
struct PlatformCORSTests {
    private static let preflight = ["Origin": "https://shop.example", "Access-Control-Request-Method": "PUT"]

    @Test("the handler sees no preflight, allowed or not, and answers carry the allowed origin")
    func swallowed() async throws {
        let answer: FakeHandler.Answer = { _ in
            var response = FakeHandler.json("{}")
            response.headers[.accessControlAllowOrigin] = "https://handler.example"
            return response
        }
        try await withHost(
            try .app(),
            change: { $0.platformCORS = PlatformCORS("https://shop.example, https://other.example") },
            answer: answer
        ) { host, handler in
            let allowed = try await host.send(.options, "/api/x", headers: Self.preflight)
            #expect(allowed.status == 204 && allowed.header("access-control-allow-origin") == "https://shop.example")
            #expect(allowed.header("access-control-allow-methods") == "PUT")
            let headers = Self.preflight.merging(["Origin": "https://evil.example"]) { $1 }
            let refused = try await host.send(.options, "/api/x", headers: headers)
            #expect(refused.status == 204 && refused.header("access-control-allow-origin") == nil)
            #expect(handler.requests.isEmpty)
            let reply = try await host.send(.get, "/api/x", headers: ["Origin": "https://shop.example"])
            #expect(reply.headers("access-control-allow-origin") == ["https://shop.example"])
            // OPTIONS without the preflight's header is an ordinary request.
            _ = try await host.send(.options, "/api/x", headers: ["Origin": "https://shop.example"])
            #expect(handler.requests.map(\.method) == ["GET", "OPTIONS"])
        }
    }

    @Test("an empty list allows nobody, * everybody, and without the option preflights reach the handler")
    func lists() async throws {
        for (list, origin) in [("", nil), ("*", "*")] {
            try await withHost(try .app(), change: { $0.platformCORS = PlatformCORS(list) }) { host, handler in
                let reply = try await host.send(.options, "/api/x", headers: Self.preflight)
                #expect(reply.status == 204 && reply.header("access-control-allow-origin") == origin)
                #expect(handler.requests.isEmpty)
            }
        }
        try await withHost(try .app()) { host, handler in
            try await host.expect(200, .options, "/api/x", headers: Self.preflight)
            #expect(handler.requests.count == 1)
        }
    }
}
