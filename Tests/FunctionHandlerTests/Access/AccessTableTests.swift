import HTTPTypes
import Logging
import Testing

@testable import Composition
@testable import FunctionHandler

/// Every route × every kind of caller, against a list of its own: the program's table cannot vouch for itself.
@Suite struct AccessTableTests {
    private static let key = "0123456789abcdef"

    private struct Line: Hashable, CustomStringConvertible {
        let method: String
        let pattern: String
        let access: Access
        var description: String { "\(method) \(pattern) \(access.rawValue)" }

        init(_ method: String, _ pattern: String, _ access: Access) {
            (self.method, self.pattern, self.access) = (method, pattern, access)
        }
    }

    /// Who may call what. A new route belongs here too.
    private static let agreed = [
        Line("GET", "/", .anyone),
        Line("POST", "/GenerateRecommendations", .host),
        Line("POST", "/ScoreUsers", .host),
        Line("POST", "/HttpApi", .host),
        Line("POST", "/RefreshActiveUsers", .host),
        Line("POST", "/ScoreUsers", .host),
        Line("GET", "/health", .anyone),
        Line("GET", "/health/ready", .anyone),
        Line("GET", "/openapi.json", .anyone),
        Line("GET", "/docs", .anyone),
        Line("GET", "/docs/{file}", .anyone),
        Line("GET", "/products", .anyone),
        Line("GET", "/products/{product_id}", .anyone),
        Line("GET", "/products/{product_id}/similar", .anyone),
        Line("GET", "/bought-together", .anyone),
        Line("GET", "/products/{product_id}/image.svg", .anyone),
        Line("POST", "/products", .admin),
        Line("PUT", "/products/{product_id}", .admin),
        Line("PATCH", "/products/{product_id}", .admin),
        Line("DELETE", "/products/{product_id}", .admin),
        Line("POST", "/products/import", .admin),
        Line("PUT", "/users/{user_id}", .ownUser),
        Line("DELETE", "/users/{user_id}", .admin),
        Line("GET", "/categories", .anyone),
        Line("GET", "/trending", .anyone),
        Line("GET", "/users", .admin),
        Line("POST", "/users", .admin),
        Line("GET", "/users/{user_id}", .ownUser),
        Line("PUT", "/users/{user_id}/preferences", .ownUser),
        Line("GET", "/users/{user_id}/purchases", .ownUser),
        Line("GET", "/users/{user_id}/hidden", .ownUser),
        Line("PUT", "/users/{user_id}/hidden/{product_id}", .ownUser),
        Line("DELETE", "/users/{user_id}/hidden/{product_id}", .ownUser),
        Line("GET", "/cache/stats", .admin),
        Line("DELETE", "/cache/{user_id}", .admin),
        Line("POST", "/cache/invalidate-all", .admin),
        Line("GET", "/config/recommender", .anyone),
        Line("PUT", "/config/recommender", .admin),
        Line("POST", "/config/recommender/preview", .admin),
        Line("GET", "/config/service-objectives", .admin),
        Line("PUT", "/config/service-objectives", .admin),
        Line("GET", "/config/batch-schedule", .anyone),
        Line("PUT", "/config/batch-schedule", .admin),
        Line("GET", "/config/prices", .admin),
        Line("PUT", "/config/prices", .admin),
        Line("GET", "/metrics/costs", .admin),
        Line("GET", "/data/summary", .admin),
        Line("GET", "/data/reports/{job_id}", .admin),
        Line("POST", "/batch/jobs/{job_id}/cancel", .admin),
        Line("GET", "/batch/jobs/{job_id}/evaluation", .admin),
        Line("GET", "/batch/jobs/{job_id}/quarantine", .admin),
        Line("GET", "/metrics", .admin),
        Line("GET", "/metrics/timeseries", .admin),
        Line("GET", "/metrics/error-budget", .admin),
        Line("GET", "/auth/me", .anyone),
        Line("GET", "/auth/sample-users", .anyone),
        Line("POST", "/auth/login", .anyone),
        Line("POST", "/auth/logout", .anyone),
        Line("POST", "/interactions", .ownUser),
        Line("GET", "/recommendations/{user_id}", .ownUser),
        Line("POST", "/recommendations/batch", .admin),
        Line("GET", "/recommendations/{user_id}/why/{product_id}", .admin),
        Line("GET", "/batch/jobs", .admin),
        Line("GET", "/batch/jobs/{job_id}", .admin),
        Line("GET", "/batch/status", .admin),
        Line("GET", "/batch/logs/{job_id}", .admin),
        Line("POST", "/batch/trigger", .admin),
        Line("GET", "/models", .admin),
        Line("GET", "/models/{version}", .admin),
        Line("POST", "/models/{version}/activate", .admin),
        Line("GET", "/models/evaluations", .admin),
        Line("GET", "/generations", .admin),
        Line("GET", "/generations/{generation}/compare/{other}", .admin),
        Line("GET", "/experiments", .admin),
        Line("POST", "/experiments", .admin),
        Line("GET", "/experiments/plan", .admin),
        Line("GET", "/experiments/off-policy", .admin),
        Line("POST", "/experiments/off-policy", .admin),
        Line("GET", "/experiments/{experiment_id}", .admin),
        Line("PATCH", "/experiments/{experiment_id}", .admin),
        Line("GET", "/experiments/{experiment_id}/results", .admin),
        Line("POST", "/generations/{generation}/activate", .admin),
    ]

    @Test("the program serves exactly the agreed routes, each for whom it was agreed")
    func agreement() {
        let served = TestRoutes.all(AppConfig(), Calls.quiet).map {
            Line($0.method.rawValue, $0.path, $0.access)
        }
        #expect(served.count == Set(served).count)
        #expect(Set(served).subtracting(Self.agreed) == [])
        #expect(Set(Self.agreed).subtracting(served) == [])
    }

    enum Caller: CaseIterable {
        case outsider, wrongKey, emptyKey, admin, host, spoofedHost

        // swift-format-ignore: NeverForceUnwrap
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
        let routes = TestRoutes.all(config, logger).map { route in
            route.handled { _ in Response(status: .ok) }
        }
        let identity = IdentitySource.demo(Sessions { [1, 2, 3] })
        return Calls(responder: AppResponder(config, routes, logger, identity: identity))
    }

    @Test("every route lets in exactly who was agreed", arguments: Caller.allCases)
    func walk(caller: Caller) async throws {
        for key in [Self.key, nil, "", "fifteen-chars-k"] {
            var calls = calls(key: key)
            calls.authority = caller.authority
            for line in Self.agreed {
                let method = try #require(HTTPRequest.Method(line.method))
                for path in Self.paths(of: line) {
                    let answer = try await calls(method, path, headers: caller.headers)
                    let isClosed = key != Self.key
                    #expect(
                        answer.status == caller.expected(line.access, isClosed: isClosed),
                        "\(caller) at \(line) as \(path), key \(key ?? "unset")"
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
            let path = "/api" + Self.path(of: route.path)
            #expect(try await calls(route.method, path, headers: [.adminKey: Self.key]).status == 404, "\(path)")
        }
    }

    @Test("a method that a path does not have is 405 and names those it has")
    func methods() async throws {
        let calls = calls(key: Self.key)
        for route in calls.responder.table.routes where route.access != .host {
            let answer = try await calls(.connect, Self.path(of: route.path))
            guard answer.status != 200 else { continue }
            #expect(answer.status == 405)
            #expect(answer.headers[.allow]?.contains(route.method.rawValue) == true)
            _ = try answer.problem()
        }
    }

    /// The host's own routes and its probe exist without the prefix alone.
    private static func paths(of line: Line) -> [String] {
        let path = path(of: line.pattern)
        return line.access == .host || path == "/" ? [path] : [path, "/api" + path]
    }

    private static func path(of pattern: String) -> String { pattern.replacing(/{[a-z_]+}/, with: "x1") }
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

    @Test("sixteen characters are counted, not bytes", arguments: ["éééééééé", "🔑🔑🔑🔑"])
    func characters(text: String) {
        #expect(AdminKey(text).isClosed)
        #expect(!AdminKey(text).matches(text))
        let long = String(repeating: "é", count: 16)
        #expect(AdminKey(long).matches(long))
    }

    @Test("a closed key says whether it is missing or too short")
    func closed() async throws {
        for (text, words) in [(nil, "is not set"), ("", "is not set"), ("short", "is too short")] as [(String?, String)]
        {
            let policy = AccessPolicy(adminKey: AdminKey(text))
            let request = Request(
                head: HTTPRequest(method: .get, scheme: "http", authority: "h", path: "/users")
            )
            let problem = await #expect(throws: Problem.self) { _ = try await policy.check(.admin, request, port: 1) }
            #expect(problem?.status == .forbidden)
            #expect(problem?.detail.contains(words) == true)
        }
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
