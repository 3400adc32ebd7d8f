import HTTPTypes
import Logging
import Synchronization
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct HostRoutesTests {
    private static let tick =
        #"{"Data":{"tick":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
    private static let path = "/GenerateRecommendations"

    private final class Lines: Sendable {
        let lines = Mutex<[String]>([])
        func append(_ bytes: [UInt8]) { lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private func calls(
        timeout: FunctionTimeout = .standard,
        errors: Lines = Lines(),
        _ handler: @escaping @Sendable (TimerInvocation) async throws -> InvocationResponse = { _ in
            InvocationResponse(outputs: ["jobs": ["{\"a\":1}"]], logs: ["done"])
        }
    ) -> Calls {
        var routes = HostRoutes(timers: ["GenerateRecommendations": handler], functionTimeout: timeout)
        routes.errorSink = { errors.append($0) }
        var config = AppConfig()
        config.port = 7071
        let logger = Calls.quiet
        return Calls(responder: AppResponder(config, routes.routes + HealthRoutes().routes, logger))
    }

    @Test("the host's call runs the function and gets Outputs, Logs and a null ReturnValue")
    func invocation() async throws {
        let answer = try await calls()(.post, Self.path, headers: [.functionsInvocationID: "0d0c4f3e"], body: Self.tick)
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.text == #"{"Outputs":{"jobs":["{\"a\":1}"]},"Logs":["done"],"ReturnValue":null}"#)
    }

    @Test("the smallest answer is an object, never empty")
    func smallestAnswer() async throws {
        let answer = try await calls { _ in InvocationResponse() }(.post, Self.path, body: Self.tick)
        #expect(answer.text == #"{"Outputs":{},"Logs":[],"ReturnValue":null}"#)
    }

    @Test(
        "an outsider's call finds nothing",
        arguments: [
            ("shop.example", [:]), ("localhost:7071", [:]), ("127.0.0.1", [:]), ("127.0.0.1:7072", [:]),
            ("127.0.0.1:70711", [:]),
            ("127.0.0.1:7071", ["X-Forwarded-For": "1.2.3.4"]),
            ("127.0.0.1:7071", ["X-Forwarded-Host": "shop.example"]),
            ("127.0.0.1:7071", ["x-forwarded-proto": "https"]), ("127.0.0.1:7071", ["X-FORWARDED-ANYTHING": ""]),
            ("127.0.0.1:7071", ["Forwarded": "for=1.2.3.4"]), ("127.0.0.1:7071", ["Host": "127.0.0.1:7071"]),
            ("[::1]:7071", [:]), ("", [:]),
        ] as [(String, [String: String])]
    )
    func spoofing(host: String, headers: [String: String]) async throws {
        var fields: HTTPFields = [.functionsInvocationID: "0d0c4f3e"]
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let ran = Mutex(false)
        var calls = calls { _ in
            ran.withLock { $0 = true }
            return InvocationResponse()
        }
        calls.authority = host
        let answer = try await calls(.post, Self.path, headers: fields, body: Self.tick)
        #expect(answer.status == 404)
        #expect(try answer.problem()["type"]?.string?.hasSuffix("no-such-route") == true)
        let hasRun = ran.withLock { $0 }
        #expect(!hasRun)
    }

    @Test(
        "neither the prefix nor another spelling reaches a function",
        arguments: [
            "/api/GenerateRecommendations", "/generaterecommendations", "/%47enerateRecommendations",
            "//GenerateRecommendations",
            "/api/../GenerateRecommendations", "/api//GenerateRecommendations", "/GenerateRecommendations/x",
            "/api/api/health",
            "/Api/health", "/api",
        ]
    )
    func otherPaths(path: String) async throws {
        let answer = try await calls()(.post, path, body: Self.tick)
        #expect(answer.status == 404)
        _ = try answer.problem()
    }

    @Test(
        "other methods on a function's path find nothing either",
        arguments: [HTTPRequest.Method.get, .put, .options, .head]
    )
    func otherMethods(method: HTTPRequest.Method) async throws {
        #expect(try await calls()(method, Self.path).status == 404)
    }

    @Test("a malformed body is a 400 problem and an error line", arguments: ["", "{", "[]", "{}", "null"])
    func malformed(body: String) async throws {
        let errors = Lines()
        let answer = try await calls(errors: errors)(.post, Self.path, body: body)
        #expect(answer.status == 400)
        _ = try answer.problem()
        let line = try #require(errors.all.first)
        #expect(try JSONParser.parse(line)["function"] == .string("GenerateRecommendations"))
    }

    @Test("an HTTP request that comes as an invocation is a 500 that names the keys missing in host.json")
    func httpInvocation() async throws {
        let errors = Lines()
        let body = #"{"Data":{"request":{"Url":"https://shop.example/api/products","Method":"GET"}},"Metadata":{}}"#
        let answer = try await calls(errors: errors)(.post, "/HttpApi", body: body)
        #expect(answer.status == 500)
        let detail = try #require(try answer.problem()["detail"]?.string)
        for key in [
            "host.json", "customHandler.enableProxyingHttpRequest", "customHandler.enableForwardingHttpRequest",
        ] {
            #expect(detail.contains(key))
            // The host drops the body of a failed invocation; its log is what the operator sees.
            #expect(try #require(errors.all.first).contains(key))
        }
    }

    @Test("a shorter functionTimeout in a commented host.json moves the deadline of an invocation")
    func shorterTimeout() async throws {
        let hostJSON = """
            {
              "version": "2.0",
              // The plan allows a minute.
              "functionTimeout": "00:01:00",
            }
            """
        let timeout = AppConfig.load([:], hostJSON: hostJSON).config.functionTimeout
        #expect(timeout.deadline == .seconds(54))
        let before = ContinuousClock.now
        let answer = try await calls(timeout: timeout) { timer in
            let deadline = try #require(timer.deadline)
            let isRight = deadline >= before + .seconds(51) && deadline <= .now + .seconds(51)
            return InvocationResponse(logs: [isRight ? "as expected" : "\(deadline - before)"])
        }(.post, Self.path, body: Self.tick)
        #expect(answer.text.contains("as expected"), "\(answer.text)")
    }

    @Test("a failure is a 500 problem, one line of JSON on stderr, and says nothing of its inside")
    func failure() async throws {
        struct Broken: Error { let password = "postgresql://u:hunter2hunter2@h/d" }
        let errors = Lines()
        let calls = calls(errors: errors) { _ in throw Broken() }
        let answer = try await calls(.post, Self.path, headers: [.functionsInvocationID: "0d0c4f3e"], body: Self.tick)
        #expect(answer.status == 500)
        #expect(try answer.problem()["request_id"] == .string("0d0c4f3e"))
        #expect(!answer.text.contains("hunter2"))
        #expect(errors.all.count == 1)
        let line = try JSONParser.parse(try #require(errors.all.first))
        #expect(line["invocation_id"] == .string("0d0c4f3e"))
        #expect(!errors.all[0].contains("hunter2"))
    }

    @Test("a handler is cancelled at 90 % of functionTimeout and the host gets an answer")
    func deadline() async throws {
        let calls = calls(timeout: FunctionTimeout(limit: .milliseconds(50))) { _ in
            try await Task.sleep(for: .seconds(600))
            return InvocationResponse()
        }
        let answer = try await calls(.post, Self.path, body: Self.tick)
        #expect(answer.status == 503)
        #expect(try answer.problem()["type"]?.string?.hasSuffix("deadline") == true)
    }

    @Test("a handler sees its own deadline")
    func deadlineIsPassed() async throws {
        let before = ContinuousClock.now
        let answer = try await calls { timer in
            let deadline = try #require(timer.deadline)
            // 85 % of the host's 30 minutes, from when the invocation came.
            let earliest = before + .seconds(1_530)
            let isRight = deadline >= earliest && deadline <= .now + .seconds(1_530)
            return InvocationResponse(logs: [isRight ? "as expected" : "\(deadline - earliest) off"])
        }(.post, Self.path, body: Self.tick)
        #expect(answer.text.contains("as expected"))
    }

    @Test(
        "a handler is cancelled when the process is asked to end, and what it says is the answer",
        arguments: [nil, 60]
    )
    func stopped(limit: Int?) async throws {
        let stop = StopSignal()
        let isRunning = AsyncStream.makeStream(of: Void.self)
        let handler: HostRoutes.TimerHandler = { _ in
            isRunning.continuation.yield()
            do { try await Task.sleep(for: .seconds(600)) } catch { return InvocationResponse(logs: ["gave back"]) }
            return InvocationResponse()
        }
        var routes = HostRoutes(
            timers: ["GenerateRecommendations": handler],
            functionTimeout: FunctionTimeout(limit: limit.map { .seconds($0) }),
            stop: stop
        )
        routes.errorSink = { _ in }
        var config = AppConfig()
        config.port = 7071
        let calls = Calls(responder: AppResponder(config, routes.routes, Calls.quiet))
        async let answer = calls(.post, Self.path, body: Self.tick)
        for await _ in isRunning.stream { break }
        stop.fire()
        #expect(try await answer.text.contains("gave back"))
        // One that arrives afterwards is not begun in earnest either.
        #expect(try await calls(.post, Self.path, body: Self.tick).text.contains("gave back"))
    }
}
