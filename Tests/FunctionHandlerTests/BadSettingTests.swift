import HTTPTypes
import Logging
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct BadSettingTests {
    private func calls() -> Calls {
        let (config, problems) = AppConfig.load([
            "BLOB_STORAGE": "file:x", "BATCH_SIZE": "x", "ADMIN_API_KEY": "0123456789abcdef",
        ])
        return Calls(
            responder: buildApp(
                config,
                problems: problems,
                logger: Calls.quiet
            ).responder
        )
    }

    @Test(
        "demo mode on Azure is refused on every path with the setting and both ways out",
        arguments: [
            (HTTPRequest.Method.get, "/health/ready"), (.get, "/api/health/ready"), (.get, "/api/products"),
            (.post, "/api/interactions"), (.post, "/GenerateRecommendations"), (.get, "/no/such/route"),
        ]
    )
    func demoOnAzure(method: HTTPRequest.Method, path: String) async throws {
        let (config, problems) = AppConfig.load([
            "WEBSITE_SITE_NAME": "shop", "DATABASE_URL": "postgresql://h/d", "BLOB_STORAGE": "file:x",
        ])
        let app = buildApp(config, problems: problems, logger: Calls.quiet)
        let answer = try await Calls(responder: app.responder)(method, path)
        #expect(answer.status == 503)
        let problem = try answer.problem()
        #expect(problem["errors"]?.array?.compactMap { $0["setting"]?.string } == ["AUTH_MODE"])
        for words in ["AUTH_MODE to jwt or swa", "AUTH_MODE_ALLOW_DEMO_ON_AZURE=true"] {
            #expect(problem["detail"]?.string?.contains(words) == true, "\(answer.text)")
        }
    }

    @Test("the process stays alive for the host and for a liveness probe", arguments: ["/", "/health", "/api/health"])
    func alive(path: String) async throws {
        #expect(try await calls()(.get, path).status == 200)
    }

    @Test(
        "everything else is 503 and names each bad setting",
        arguments: [
            (HTTPRequest.Method.get, "/health/ready"), (.get, "/api/health/ready"), (.get, "/products"),
            (.get, "/api/recommendations/u1"),
            (.post, "/api/batch/trigger"), (.post, "/GenerateRecommendations"), (.get, "/no/such/route"),
        ]
    )
    func refused(method: HTTPRequest.Method, path: String) async throws {
        let answer = try await calls()(method, path, headers: [.adminKey: "0123456789abcdef"])
        #expect(answer.status == 503)
        #expect(answer.headers[.retryAfter] != nil)
        let problem = try answer.problem()
        #expect(problem["type"] == .string("urn:recommender-shop:problem:bad-setting"))
        #expect(problem["errors"]?.array?.compactMap { $0["setting"]?.string } == ["DATABASE_URL", "BATCH_SIZE"])
        #expect(problem["detail"]?.string?.contains("DATABASE_URL") == true)
    }
}
