import Foundation
import HTTPTypes
import Hummingbird
import LoopbackHTTP
import NIOCore
import Synchronization
import TestSupport
import Testing
import TextFormats

@testable import LocalHost

@Suite("HTTP through proxying")
struct ProxyingTests {
    @Test("path, query, method and body arrive as they were sent, Host and X-Forwarded-* as the proxy sets them")
    func request() async throws {
        try await withHost(try .app()) { host, handler in
            let reply = try await host.send(
                .put,
                "/api/users/u%2F1?a=1&a=2&b=x%20y",
                headers: ["Host": "shop.example", "X-Forwarded-Host": "evil", "Content-Type": "text/plain"],
                body: .text("hello")
            )
            #expect(reply.status == 200)
            let seen = try #require(handler.requests.first)
            #expect(seen.method == "PUT" && seen.target == "/api/users/u%2F1?a=1&a=2&b=x%20y" && seen.body == "hello")
            #expect(seen.host?.hasPrefix("127.0.0.1:") == true && seen.host != "127.0.0.1:\(host.port)")
            #expect(seen.header("x-forwarded-host") == "shop.example")
            #expect(seen.header("x-forwarded-for") == "127.0.0.1" && seen.header("x-forwarded-proto") == "http")
            #expect(UUID(uuidString: seen.header("x-azure-functions-invocationid") ?? "") != nil)
            #expect(seen.header("content-length") == "5")
        }
    }

    @Test("a chunked upload arrives chunked")
    func chunkedUpload() async throws {
        try await withHost(try .app()) { host, handler in
            let parts = [ByteBuffer(string: "one"), ByteBuffer(string: "two")]
            _ = try await host.send(.post, "/api/x", body: .pieces(parts))
            let seen = try #require(handler.requests.first)
            #expect(seen.body == "onetwo" && seen.header("transfer-encoding") == "chunked")
            #expect(seen.header("content-length") == nil)
        }
    }

    @Test("statuses, headers and bodies of the handler reach the caller, 3xx, 4xx and 5xx too")
    func answers() async throws {
        let answer: FakeHandler.Answer = { request in
            let code = Int(request.target.split(separator: "/").last ?? "") ?? 0
            var response = FakeHandler.json(#"{"code":\#(code)}"#, status: .init(code: code))
            response.headers[.location] = "/elsewhere"
            response.headers.append(HTTPField(name: .setCookie, value: "a=1"))
            response.headers.append(HTTPField(name: .setCookie, value: "b=2"))
            return response
        }
        for mode in HTTPForwarder.Mode.allCases {
            try await withHost(try .app(), change: { $0.httpMode = mode }, answer: answer) { host, _ in
                for code in [200, 404, 422, 500, 503] {
                    let reply = try await host.send(.get, "/api/\(code)")
                    #expect(reply.status == code && reply.body == #"{"code":\#(code)}"#, "\(mode)")
                    #expect(reply.headers("set-cookie") == ["a=1", "b=2"])
                }
            }
        }
    }

    @Test("a streamed answer arrives piece by piece, before the handler has finished")
    func streaming() async throws {
        let (release, releases) = AsyncStream.makeStream(of: Void.self)
        let answer: FakeHandler.Answer = { _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "first"))
                    for await _ in release { break }
                    try await writer.write(ByteBuffer(string: "second"))
                    try await writer.finish(nil)
                }
            )
        }
        try await withHost(try .app(), answer: answer) { host, _ in
            let request = RunningHost.request(.get, "/api/events")
            try await RunningHost.client.send(request, port: host.port) { _, body in
                let first = try #require(try await body.next())
                #expect(String(buffer: first) == "first")
                // Only now may the handler go on: a host that buffers would wait for ever.
                releases.finish()
                let rest = try await body.collect(limit: 100)
                #expect(String(buffer: rest) == "second")
            }
        }
    }

    @Test("HEAD keeps the handler's Content-Length and has no body")
    func head() async throws {
        let answer: FakeHandler.Answer = { _ in Response(status: .ok, headers: [.contentLength: "42"]) }
        for mode in HTTPForwarder.Mode.allCases {
            try await withHost(try .app(), change: { $0.httpMode = mode }, answer: answer) { host, _ in
                let reply = try await host.send(.head, "/api/x")
                #expect(reply.headers("content-length") == ["42"] && reply.body.isEmpty, "\(mode)")
            }
        }
    }
}

@Suite("HTTP through forwarding")
struct ForwardingTests {
    private let forwarding: @Sendable (inout HostOptions) -> Void = { $0.httpMode = .forwarding }

    @Test("Host is kept, repeated query keys are joined, content headers are lost, User-Agent grows")
    func request() async throws {
        try await withHost(try .app(), change: forwarding) { host, handler in
            _ = try await host.send(
                .post,
                "/api/items?tag=a&x=1&TAG=b%20c",
                headers: [
                    "Host": "shop.example", "User-Agent": "test", "Content-Encoding": "gzip",
                    "Content-Type": "text/plain",
                ],
                body: .text("zipped")
            )
            let seen = try #require(handler.requests.first)
            #expect(seen.target == "/api/items?tag=a%2Cb%20c&x=1")
            #expect(seen.host == "shop.example")
            #expect(seen.header("user-agent") == "test Azure-Functions-Host/4.1037.0")
            #expect(seen.header("content-encoding") == nil && seen.header("content-type") == "text/plain")
            #expect(seen.header("x-forwarded-for") == nil)
            #expect(seen.body == "zipped")
        }
    }

    @Test("a chunked upload loses its body")
    func chunkedUpload() async throws {
        try await withHost(try .app(), change: forwarding) { host, handler in
            _ = try await host.send(
                .post,
                "/api/x",
                headers: ["Content-Type": "text/plain"],
                body: .pieces([ByteBuffer(string: "lost")])
            )
            let seen = try #require(handler.requests.first)
            #expect(seen.body.isEmpty && seen.header("transfer-encoding") == nil)
        }
    }
}

@Suite("The front")
struct FrontTests {
    @Test("outside the prefix nothing reaches the handler, whatever is tried")
    func spoofing() async throws {
        try await withHost(try .app()) { host, handler in
            for target in ["/Tick", "/api/../Tick", "/api/%2e%2e/Tick", "//Tick"] {
                let reply = try await host.send(
                    .post,
                    target,
                    headers: ["Host": "127.0.0.1:1", "Content-Type": "application/json"],
                    body: .bytes(ByteBuffer(string: #"{"Data":{},"Metadata":{}}"#))
                )
                #expect(reply.status == 404, "\(target)")
            }
            #expect(handler.requests.isEmpty)
        }
    }

    @Test("bodies over the limit are refused with 413, with and without a length")
    func bodyLimit() async throws {
        let folder = try TemporaryFolder.app(settings: #","FUNCTIONS_REQUEST_BODY_SIZE_LIMIT":"1000""#)
        try await withHost(folder) { host, handler in
            let large = ByteBuffer(repeating: 65, count: 1_001)
            try await host.expect(413, .post, "/api/x", body: .bytes(large))
            try await host.expect(413, .post, "/api/x", body: .pieces([large]))
            let fitting = ByteBuffer(repeating: 65, count: 1_000)
            try await host.expect(200, .post, "/api/x", body: .bytes(fitting))
            #expect(handler.requests.count == 1)
        }
    }

    @Test("a large body arrives whole in both modes", arguments: HTTPForwarder.Mode.allCases)
    func largeBody(_ mode: HTTPForwarder.Mode) async throws {
        let answer: FakeHandler.Answer = { FakeHandler.json(#"{"bytes":\#($0.body.utf8.count)}"#) }
        try await withHost(try .app(), change: { $0.httpMode = mode }, answer: answer) { host, _ in
            let body = ByteBuffer(repeating: 65, count: 20_000_000)
            let reply = try await host.send(.post, "/api/x", body: .bytes(body))
            #expect(reply.json["bytes"] == 20_000_000)
        }
    }

    @Test("many calls at once are all in flight at once, each with an invocation id of its own")
    func parallel() async throws {
        let (release, releases) = AsyncStream.makeStream(of: Void.self)
        let waiting = Mutex(0)
        let answer: FakeHandler.Answer = { _ in
            // Nobody is answered before all have arrived: a queue anywhere on the way would wait for ever.
            if waiting.withLock({
                $0 += 1; return $0
            }) == 100 {
                releases.finish()
            }
            for await _ in release { break }
            return FakeHandler.json("{}")
        }
        try await withHost(try .app(), answer: answer) { host, handler in
            try await withThrowingTaskGroup { group in
                for number in 0..<100 {
                    group.addTask { try await host.expect(200, .get, "/api/\(number)") }
                }
                try await group.waitForAll()
            }
            #expect(Set(handler.requests.map { $0.header("x-azure-functions-invocationid") }).count == 100)
        }
    }

    @Test("a handler that drops the connection gives 500 with an empty body")
    func dropped() async throws {
        struct Drop: Error {}
        let answer: FakeHandler.Answer = { _ in
            Response(
                status: .ok,
                headers: [.contentLength: "10"],
                body: ResponseBody(contentLength: 10) { _ in throw Drop() }
            )
        }
        try await withHost(try .app(), change: { $0.httpMode = .forwarding }, answer: answer) { host, _ in
            let reply = try await host.send(.get, "/api/x")
            #expect(reply.status == 500 && reply.body.isEmpty)
        }
    }

    @Test("function and admin keys", arguments: ["function", "admin"])
    func keys(_ level: String) async throws {
        let folder = try TemporaryFolder.app()
        try folder.write(
            "Api/function.json",
            """
            {"bindings":[{"type":"httpTrigger","name":"req","authLevel":"\(level)","route":"{*path}"},
              {"type":"http","direction":"out","name":"res"}]}
            """
        )
        try await withHost(folder) { host, handler in
            let keys = try FunctionKeys.load(from: folder.url.appendingPathComponent("state"))
            try await host.expect(401, .get, "/api/x")
            try await host.expect(401, .get, "/api/x?code=wrong")
            try await host.expect(200, .get, "/api/x?code=\(keys.master)")
            let functionKey = try await host.send(.get, "/api/x", headers: ["x-functions-key": keys.function])
            #expect(functionKey.status == (level == "admin" ? 401 : 200))
            #expect(handler.requests.count == (level == "admin" ? 1 : 2))
        }
    }

    @Test("without a built frontend / lists the functions")
    func homePage() async throws {
        try await withHost(try .app()) { host, _ in
            let reply = try await host.send(.get, "/")
            #expect(reply.status == 200 && reply.body.contains("Tick") && reply.body.contains("/api/{*path}"))
            try await host.expect(404, .get, "/other")
        }
    }

    @Test("a built frontend is served, pages fall back to index.html, missing files do not")
    func frontend() async throws {
        let folder = try TemporaryFolder.app()
        try folder.write("frontend/dist/index.html", "<h1>shop</h1>")
        try folder.write("frontend/dist/assets/app-1a2b.js", "let a = 1")
        try folder.write("frontend/secret.txt", "secret")
        try await withHost(folder) { host, handler in
            for page in ["/", "/products/7", "/index.html"] {
                let reply = try await host.send(.get, page)
                #expect(reply.body == "<h1>shop</h1>" && reply.header("cache-control") == "no-cache")
            }
            let script = try await host.send(.get, "/assets/app-1a2b.js")
            #expect(script.header("content-type") == "text/javascript; charset=utf-8")
            #expect(script.header("cache-control")?.contains("immutable") == true)
            try await host.expect(404, .get, "/assets/gone.js")
            try await host.expect(404, .post, "/products/7")
            for target in ["/../secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt"] {
                let reply = try await host.send(.get, target)
                #expect(!reply.body.contains("secret"), "\(target)")
            }
            #expect(handler.requests.isEmpty)
        }
    }

    @Test("the frontend carries the headers of its own configuration, which is not served itself")
    func frontendHeaders() async throws {
        let folder = try TemporaryFolder.app()
        try folder.write("frontend/dist/index.html", "<h1>shop</h1>")
        try folder.write(
            "frontend/dist/staticwebapp.config.json",
            #"{"globalHeaders": {"Content-Security-Policy": "default-src 'self'", "X-Content-Type-Options": "nosniff"}}"#
        )
        try await withHost(folder) { host, _ in
            for page in ["/", "/products/7"] {
                let reply = try await host.send(.get, page)
                #expect(reply.header("content-security-policy") == "default-src 'self'")
                #expect(reply.header("x-content-type-options") == "nosniff")
            }
            try await host.expect(404, .get, "/staticwebapp.config.json")
        }
    }

    @Test("a file that the build compressed is sent so to who accepts gzip, and to nobody else")
    func compressedFrontend() async throws {
        let folder = try TemporaryFolder.app()
        try folder.write("frontend/dist/index.html", "<h1>shop</h1>")
        try folder.write("frontend/dist/assets/app-1a2b.js", "let a = 1")
        try folder.write("frontend/dist/assets/app-1a2b.js.gz", "compressed")
        try await withHost(folder) { host, _ in
            for accepted in ["gzip", "br, gzip;q=0.5", "GZIP"] {
                let reply = try await host.send(.get, "/assets/app-1a2b.js", headers: ["Accept-Encoding": accepted])
                #expect(reply.body == "compressed" && reply.header("content-encoding") == "gzip", "\(accepted)")
                #expect(reply.header("content-type") == "text/javascript; charset=utf-8")
                #expect(reply.header("vary") == "Accept-Encoding")
            }
            for accepted in ["br", "gzip;q=0", "identity"] {
                let reply = try await host.send(.get, "/assets/app-1a2b.js", headers: ["Accept-Encoding": accepted])
                #expect(reply.body == "let a = 1" && reply.header("content-encoding") == nil, "\(accepted)")
            }
            let page = try await host.send(.get, "/", headers: ["Accept-Encoding": "gzip"])
            #expect(page.body == "<h1>shop</h1>" && page.header("content-encoding") == nil)
        }
    }

    @Test("pages under /admin are the frontend's, but for the host's own routes")
    func adminPages() async throws {
        let folder = try TemporaryFolder.app()
        try folder.write("frontend/dist/index.html", "<h1>shop</h1>")
        try await withHost(folder) { host, _ in
            for page in ["/admin", "/admin/jobs", "/admin/jobs/job-000001"] {
                #expect(try await host.send(.get, page).body == "<h1>shop</h1>", "\(page)")
            }
            #expect(try await host.send(.get, "/admin/functions").body.contains("Tick"))
            #expect(try await host.status()["state"] != nil)
            #expect(try await host.instances().count == 1)
            try await host.expect(404, .get, "/admin/queues")
            try await host.expect(404, .get, "/admin/functions/none")
            try await host.expect(404, .get, "/admin/host/other")
        }
    }
}

@Suite("HTTP functions with further bindings")
struct HTTPInvocationTests {
    private func app() throws -> TemporaryFolder {
        try .app(bindings: #",{"type":"blob","direction":"out","name":"jobs","path":"x"}"#)
    }

    @Test("the request becomes the body of POST /<FunctionName>")
    func request() async throws {
        let answer: FakeHandler.Answer = { _ in
            FakeHandler.json(#"{"Outputs":{"res":{"statusCode":"201","body":"made","headers":{"Location":"/x"}}}}"#)
        }
        try await withHost(try app(), answer: answer) { host, handler in
            let reply = try await host.send(
                .post,
                "/api/v1/users?limit=5",
                headers: ["Content-Type": "application/json", "Accept": "application/json"],
                body: .bytes(ByteBuffer(string: #"{"a":1}"#))
            )
            #expect(reply.status == 201 && reply.body == "made" && reply.header("location") == "/x")
            let seen = try #require(handler.requests.first)
            #expect(seen.method == "POST" && seen.target == "/Api" && seen.header("x-forwarded-for") == nil)
            let data = try #require(seen.json["Data"]?["req"])
            #expect(data["Url"]?.string?.hasSuffix("/api/v1/users?limit=5") == true)
            #expect(
                data["Method"] == "POST" && data["Query"] == ["limit": "5"] && data["Params"] == ["path": "v1/users"]
            )
            #expect(data["Headers"]?["Accept"] == ["application/json"])
            #expect(data["Body"] == .string(#"{"a":1}"#))
            #expect(seen.json["Metadata"]?["path"] == .string(#""v1/users""#))
            #expect(seen.json["Metadata"]?["limit"] == .string(#""5""#))
        }
    }

    @Test("without a body there is no Body; binary bodies are base64")
    func bodies() async throws {
        try await withHost(try app()) { host, handler in
            _ = try await host.send(.get, "/api/x")
            _ = try await host.send(
                .post,
                "/api/x",
                headers: ["Content-Type": "application/octet-stream"],
                body: .bytes(ByteBuffer(bytes: [0xff, 0x00]))
            )
            #expect(handler.requests[0].json["Data"]?["req"]?["Body"] == nil)
            #expect(handler.requests[1].json["Data"]?["req"]?["Body"] == "/wA=")
        }
    }

    @Test(
        "failures of the invocation are 500 with an empty body: no object, a status, values for an undelivered output"
    )
    func failures() async throws {
        let answers = [
            #"{"Outputs":{"res":"text"}}"#, "", "null", #"{"Outputs":{"jobs":["a"]}}"#,
        ]
        let answer: FakeHandler.Answer = { request in
            FakeHandler.json(answers[Int(request.json["Data"]?["req"]?["Query"]?["n"]?.string ?? "0") ?? 0])
        }
        try await withHost(try app(), answer: answer) { host, _ in
            for number in answers.indices {
                let reply = try await host.send(.get, "/api/x?n=\(number)")
                #expect(reply.status == 500 && reply.body.isEmpty, "answer \(answers[number])")
            }
            #expect(host.lines.contains("would hang until functionTimeout"))
        }
    }
}
