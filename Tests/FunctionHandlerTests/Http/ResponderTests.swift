import HTTPTypes
import Logging
import Synchronization
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct ResponderTests {
    private func calls(
        origins: Set<String> = [],
        bodyLimit: Int = 64,
        logger: Logger = Calls.quiet
    ) -> Calls {
        var config = AppConfig()
        config.port = 7071
        config.allowedOrigins = origins
        let reader = RequestBodyReader(limit: bodyLimit)
        let routes: [Route] = [
            Route(.get, "/things", .anyone, isPrefixed: true) { _ in .json { $0.member("ok", true) } },
            Route(.get, "/things/{id}", .anyone, isPrefixed: true) { request in
                let id = try request.pathValue("id")
                return .json { $0.member("id", id) }
            },
            Route(.get, "/things/special", .anyone, isPrefixed: true) { _ in .json { $0.member("id", "the literal") } },
            Route(.post, "/things", .anyone, isPrefixed: true) { request in
                guard let body = try reader.json(of: request.request) else {
                    throw Problem.badRequest("a body is required")
                }
                var writer = JSONWriter()
                writer.value(body)
                return .json(writer.finish(), status: .created)
            },
            Route(.get, "/broken", .anyone, isPrefixed: true) { _ in
                struct Secret: Error { let reason = "inside knowledge" }
                throw Secret()
            },
            Route(.get, "/cancelled", .anyone, isPrefixed: true) { _ in throw CancellationError() },
        ]
        return Calls(responder: AppResponder(config, routes, logger))
    }

    @Test(
        "a path with and without the prefix is the same route",
        arguments: ["/things", "/api/things", "/things/", "/api/things?x=1"]
    )
    func prefix(path: String) async throws {
        let answer = try await calls()(.get, path)
        #expect(answer.status == 200)
        #expect(answer.text == #"{"ok":true}"#)
    }

    @Test("a literal segment wins over a parameter, and names are decoded once")
    func places() async throws {
        #expect(try await calls()(.get, "/things/special").text == #"{"id":"the literal"}"#)
        #expect(try await calls()(.get, "/things/a%20b+c%2525").text == #"{"id":"a b+c%25"}"#)
    }

    @Test(
        "every error is a problem with its status",
        arguments: [
            (HTTPRequest.Method.get, "/nothing", 404), (.get, "/things/a/b", 404), (.get, "/", 404),
            (.delete, "/things", 405),
            (.get, "/things/%zz", 400), (.get, "/things/%ff", 400), (.get, "/things/a%00", 400), (.get, "/broken", 500),
            (.get, "/cancelled", 503), (.post, "/things", 400), (.get, "things", 404),
            (.get, "//things", 404),
        ]
    )
    func problems(method: HTTPRequest.Method, path: String, status: Int) async throws {
        let answer = try await calls()(method, path)
        #expect(answer.status == status)
        let problem = try answer.problem()
        #expect(problem["instance"] == .string(path))
        #expect(!answer.text.contains("inside knowledge"))
        if status == 503 { #expect(answer.headers[.retryAfter] == "1") }
        if status == 405 { #expect(answer.headers[.allow] == "GET, HEAD, OPTIONS, POST") }
    }

    @Test("a failure names the log lines that hold its reason, with the host's id or one of its own")
    func requestID() async throws {
        let lines = Mutex<[String]>([])
        let logger = Logger(label: "test") { label in
            JSONLogHandler(
                label: label,
                logLevel: .info,
                sink: { line in
                    lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
                }
            )
        }
        let calls = calls(logger: logger)
        for headers in [[.functionsInvocationID: "0d0c4f3e"], [:]] as [HTTPFields] {
            let problem = try await calls(.get, "/broken", headers: headers).problem()
            let id = try #require(problem["request_id"]?.string)
            #expect(!id.isEmpty)
            let last = try #require(lines.withLock { $0.last })
            #expect(last.contains(id))
            #expect(last.contains("inside knowledge"))
        }
    }

    @Test(
        "a body that is not what the route takes",
        arguments: [
            ("{", "application/json", 400), ("[1]", "text/plain", 415),
            ("[1]", "application/x-www-form-urlencoded", 415),
            (String(repeating: " ", count: 65), "application/json", 413),
            ("[1]", "application/json; charset=utf-8", 201),
            ("[1]", "application/json; charset=\"UTF-8\"", 201), ("[1]", "application/json;charset=utf-16", 415),
            ("[1]", "application/json; charset=latin1", 415), ("[1]", "application/json; version=2", 201),
            ("[1]", "Application/JSON", 201), ("[1]", "application/merge-patch+json", 201),
            ("", "application/json", 400),
        ]
    )
    func bodies(body: String, contentType: String, status: Int) async throws {
        let answer = try await calls()(.post, "/things", headers: [.contentType: contentType], body: body)
        #expect(answer.status == status)
        if status >= 400 { _ = try answer.problem() }
    }

    @Test("an encoded body is refused")
    func contentEncoding() async throws {
        let answer = try await calls()(.post, "/things", headers: [.contentEncoding: "gzip"], body: "[1]")
        #expect(answer.status == 415)
    }

    @Test("HEAD is GET without the body, with its length")
    func head() async throws {
        let answer = try await calls()(.head, "/api/things")
        #expect(answer.status == 200)
        #expect(answer.bytes.isEmpty)
        #expect(answer.headers[.contentLength] == "11")
        let missing = try await calls()(.head, "/nothing")
        #expect(missing.status == 404)
        #expect(missing.bytes.isEmpty)
    }

    // MARK: CORS

    private static let shop = "https://shop.example"

    @Test("a listed origin gets its preflight and its answers")
    func allowedOrigin() async throws {
        let calls = calls(origins: [Self.shop])
        let preflight = try await calls(
            .options,
            "/api/things",
            headers: [.origin: Self.shop, .accessControlRequestMethod: "POST"]
        )
        #expect(preflight.status == 204)
        #expect(preflight.headers[.accessControlAllowOrigin] == Self.shop)
        #expect(preflight.headers[.accessControlAllowMethods] == "GET, HEAD, OPTIONS, POST")
        #expect(preflight.headers[.accessControlAllowHeaders]?.contains("X-Admin-Key") == true)
        #expect(preflight.headers[.accessControlAllowCredentials] == nil)
        #expect(preflight.headers[.vary] == "Origin")

        let answer = try await calls(.get, "/api/things", headers: [.origin: Self.shop])
        #expect(answer.headers[.accessControlAllowOrigin] == Self.shop)
        #expect(answer.headers[.vary] == "Origin")
        let failure = try await calls(.get, "/nothing", headers: [.origin: Self.shop])
        #expect(failure.headers[.accessControlAllowOrigin] == Self.shop)
    }

    @Test(
        "another origin gets nothing",
        arguments: [
            "https://evil.example", "http://shop.example", "https://shop.example.evil", "https://shop.example:444",
            "null", "",
        ]
    )
    func refusedOrigin(origin: String) async throws {
        let calls = calls(origins: [Self.shop])
        let preflight = try await calls(
            .options,
            "/things",
            headers: [.origin: origin, .accessControlRequestMethod: "POST"]
        )
        #expect(preflight.status == 403)
        _ = try preflight.problem()
        #expect(preflight.headers[.accessControlAllowOrigin] == nil)
        let answer = try await calls(.get, "/things", headers: [.origin: origin])
        #expect(answer.status == 200)
        #expect(answer.headers[.accessControlAllowOrigin] == nil)
        #expect(answer.headers[.vary] == "Origin")
    }

    @Test("without a list no header is added, and OPTIONS names the methods")
    func noList() async throws {
        let answer = try await calls()(
            .options,
            "/things",
            headers: [.origin: Self.shop, .accessControlRequestMethod: "GET"]
        )
        #expect(answer.status == 204)
        #expect(answer.headers[.allow] == "GET, HEAD, OPTIONS, POST")
        #expect(answer.headers[.accessControlAllowOrigin] == nil)
        #expect(try await calls()(.get, "/things").headers[.vary] == nil)
    }
}
