import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Testing

@testable import FunctionHandler

/// Walks the table that the program serves from: every route × every kind of caller.
@Suite struct AccessTableTests {
    private static let key = "0123456789abcdef"

    enum Caller: CaseIterable {
        case outsider, wrongKey, emptyKey, admin, host, spoofedHost

        var headers: HTTPFields {
            switch self {
            case .outsider, .host: [:]
            case .wrongKey: [.adminKey: "0123456789abcdeX"]
            case .emptyKey: [.adminKey: ""]
            case .admin: [.adminKey: AccessTableTests.key]
            case .spoofedHost: [HTTPField.Name("X-Forwarded-For")!: "10.0.0.1"]
            }
        }

        var authority: String { self == .host || self == .spoofedHost ? "127.0.0.1:7071" : "shop.example" }

        /// The status of the access check, 200 when it lets the caller through.
        func expected(_ access: Access, isClosed: Bool) -> Int {
            switch access {
            case .anyone, .ownUser: 200
            case .host: self == .host ? 200 : 404
            case .admin:
                if isClosed {
                    403
                } else {
                    switch self {
                    case .admin: 200
                    case .wrongKey, .emptyKey: 403
                    case .outsider, .host, .spoofedHost: 401
                    }
                }
            }
        }
    }

    /// The program's routes with their handlers taken out: who gets in, not what happens then.
    private func calls(key: String?) -> Calls {
        var config = AppConfig()
        config.port = 7071
        config.adminKey = AdminKey(key)
        let logger = Calls.quiet
        let samples = Self.accessSamples
        let routes = (TestRoutes.all(config, logger) + samples).map { route in
            Route(method: route.method, pattern: route.pattern, access: route.access, isPrefixed: route.isPrefixed) {
                _ in
                Response(status: .ok)
            }
        }
        return Calls(responder: buildResponder(config, routes, logger))
    }

    /// One route of each kind, so that the walk means something whatever the program serves.
    private static let accessSamples = Access.allCases.map { access in
        Route.api(.get, "/sample/\(access.rawValue)/{id}", access) { _ in Response(status: .ok) }
    }

    @Test("every route lets in exactly who the table says", arguments: Caller.allCases)
    func walk(caller: Caller) async throws {
        for key in [Self.key, nil, "", "fifteen-chars-k"] {
            var calls = calls(key: key)
            calls.authority = caller.authority
            for route in calls.responder.table.routes {
                for path in Self.paths(of: route) {
                    let answer = try await calls(route.method, path, headers: caller.headers)
                    let isClosed = key != Self.key
                    #expect(
                        answer.status == caller.expected(route.access, isClosed: isClosed),
                        "\(caller) at \(route.method) \(path), key \(key ?? "unset")"
                    )
                    if answer.status != 200 { _ = try answer.problem() }
                }
            }
        }
    }

    @Test("a route answers under /api exactly when it is part of the API")
    func prefixes() async throws {
        let calls = calls(key: Self.key)
        for route in calls.responder.table.routes where !route.isPrefixed {
            let path = "/api" + Self.path(of: route.pattern)
            #expect(try await calls(route.method, path, headers: [.adminKey: Self.key]).status == 404, "\(path)")
        }
    }

    @Test("a method that a path does not have is 405 and names those it has")
    func methods() async throws {
        let calls = calls(key: Self.key)
        for route in calls.responder.table.routes where route.access != .host {
            let answer = try await calls(.patch, Self.path(of: route.pattern))
            guard answer.status != 200 else { continue }
            #expect(answer.status == 405)
            #expect(answer.headers[.allow]?.contains(route.method.rawValue) == true)
            _ = try answer.problem()
        }
    }

    private static func paths(of route: Route) -> [String] {
        let path = path(of: route.pattern)
        return route.isPrefixed ? [path, "/api" + path] : [path]
    }

    private static func path(of pattern: RoutePattern) -> String {
        "/"
            + pattern.segments.map { segment in
                switch segment {
                case .literal(let text): text
                case .parameter: "x1"
                }
            }.joined(separator: "/")
    }
}

@Suite struct AdminKeyTests {
    @Test(
        "only the whole key matches",
        arguments: [
            "", "0", "0123456789abcde", "0123456789abcdef0", "0123456789abcdeF", "0123456789abcdef0123456789abcdef",
        ]
    )
    func mismatch(presented: String) {
        #expect(!AdminKey("0123456789abcdef").matches(presented))
    }

    @Test("the key matches itself and never shows")
    func match() {
        let key = AdminKey("0123456789abcdef")
        #expect(key.matches("0123456789abcdef"))
        #expect(!"\(key)".contains("0123"))
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("48"))
    }
}
