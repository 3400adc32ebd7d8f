import Foundation
import HTTPTypes
import LoopbackHTTP
import NIOCore
import TestSupport
import Testing
import TextFormats
import Threading

@testable import LocalHost

/// A LocalHost inside the test's process, from its start to its end.
struct RunningHost: Sendable {
    let port: Int
    let lines: RecordedLines
    let folder: TemporaryFolder

    var base: String { "http://127.0.0.1:\(port)" }

    /// Runs `body` beside a LocalHost and stops it afterwards; its own failure fails the test.
    static func with(
        _ folder: TemporaryFolder,
        change: (inout HostOptions) -> Void = { _ in },
        _ body: @Sendable @escaping (RunningHost) async throws -> Void
    ) async throws {
        let failure = try await run(folder, change: change, body)
        if let failure { Issue.record("LocalHost ended by itself: \(failure)") }
    }

    /// Like `with`, for a LocalHost that ends by itself: returns why.
    @discardableResult
    static func run(
        _ folder: TemporaryFolder,
        change: (inout HostOptions) -> Void = { _ in },
        _ body: @Sendable @escaping (RunningHost) async throws -> Void
    ) async throws -> HostFailure? {
        let lines = RecordedLines()
        var options = HostOptions(
            scriptRoot: folder.url,
            port: 0,
            stateDirectory: folder.url.appendingPathComponent("state"),
            handlesSignals: false,
            environment: ["PATH": "/usr/bin:/bin"]
        )
        change(&options)
        let (ports, announced) = AsyncStream.makeStream(of: Int.self)
        let runtime = HostRuntime(options: options, console: lines.console) { announced.yield($0) }

        return try await withThrowingTaskGroup(of: HostFailure?.self) { group in
            group.addTask {
                defer { announced.finish() }
                do {
                    try await runtime.run()
                } catch let failure as HostFailure {
                    return failure
                } catch is CancellationError {
                    // The test is over.
                }
                return nil
            }
            for await port in ports {
                let host = RunningHost(port: port, lines: lines, folder: folder)
                do {
                    try await body(host)
                } catch {
                    print(lines.all.joined(separator: "\n"))
                    throw error
                }
                break
            }
            group.cancelAll()
            return try await group.next() ?? nil
        }
    }

    static let client = LoopbackClient()

    /// What came back from a request.
    struct Reply: Sendable {
        var status: Int
        var fields: HTTPFields
        var body: String
        var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }

        func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { fields[$0] } }
        func headers(_ name: String) -> [String] { HTTPField.Name(name).map { fields[values: $0] } ?? [] }
    }

    /// Sends a request and collects the answer.
    ///
    /// - Parameter headers: `Host` included, else it is LocalHost's own address.
    func send(
        _ method: HTTPRequest.Method,
        _ target: String,
        headers: [String: String] = [:],
        body: LoopbackClient.Body = .none
    ) async throws -> Reply {
        try await withDeadline(.testDeadline) { [port] in
            let request = Self.request(method, target, headers)
            let (response, bytes) = try await Self.client.collect(request, port: port, body: body)
            return Reply(status: response.status.code, fields: response.headerFields, body: String(buffer: bytes))
        }
    }

    static func request(_ method: HTTPRequest.Method, _ target: String, _ headers: [String: String] = [:])
        -> HTTPRequest
    {
        var request = HTTPRequest(method: method, scheme: "http", authority: headers["Host"], path: target)
        for (name, value) in headers where name != "Host" {
            if let name = HTTPField.Name(name) { request.headerFields[name] = value }
        }
        return request
    }

    /// Sends a request of which only the status matters.
    func expect(
        _ status: Int,
        _ method: HTTPRequest.Method,
        _ target: String,
        headers: [String: String] = [:],
        body: LoopbackClient.Body = .none,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let reply = try await send(method, target, headers: headers, body: body)
        #expect(reply.status == status, "\(method) \(target)", sourceLocation: sourceLocation)
    }

    /// Runs a function by hand and returns its outcome.
    func invoke(_ function: String, _ body: String = "{}") async throws -> JSONValue {
        try await send(
            .post,
            "/admin/functions/\(function)?wait=true",
            headers: ["Content-Type": "application/json"],
            body: .bytes(ByteBuffer(string: body))
        ).json
    }

    /// What `GET /admin/queues` says of a queue.
    func queue(_ name: String) async throws -> JSONValue {
        try await send(.get, "/admin/queues").json[name] ?? .null
    }

    /// Puts a message.
    func put(_ text: String, to queue: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let reply = try await send(.post, "/admin/queues/\(queue)", body: .text(text))
        #expect(reply.status == 201, "\(reply.body)", sourceLocation: sourceLocation)
    }

    func instances() async throws -> [JSONValue] {
        try #require(try await send(.get, "/admin/instances").json.array)
    }

    func waitUntilReady(instances: Int) async throws {
        try await eventually("\(instances) instances are ready") {
            try await self.instances().count { $0["state"] == "ready" } == instances
        }
    }

    func status() async throws -> JSONValue { try await send(.get, "/admin/host/status").json }

    func waitUntilReady() async throws {
        try await eventually("the handler is ready") { try await status()["state"] == "Running" }
    }
}

extension TemporaryFolder {
    /// A function app with an HTTP function and a timer that fires once a year.
    static func app(
        executable: String = "/bin/true",
        arguments: [String] = [],
        customHandler: String = "\"enableProxyingHttpRequest\": true",
        more: String = "",
        schedule: String = "0 0 0 1 1 *",
        settings: String = "",
        bindings: String = ""
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(
            "host.json",
            """
            // A test's app.
            {"version": "2.0", \(more)
             "customHandler": {"description": {"defaultExecutablePath": "\(executable)", "arguments": \(arguments)}, \(customHandler)}}
            """
        )
        try folder.write(
            "Tick/function.json",
            #"{"bindings":[{"type":"timerTrigger","direction":"in","name":"timer","schedule":"\#(schedule)"}]}"#
        )
        try folder.write(
            "Api/function.json",
            """
            {"bindings":[{"type":"httpTrigger","direction":"in","name":"req","authLevel":"anonymous","route":"{*path}"},
              {"type":"http","direction":"out","name":"res"}\(bindings)]}
            """
        )
        try folder.write(
            "local.settings.json",
            #"{"IsEncrypted":false,"Values":{"AzureWebJobsStorage":"UseDevelopmentStorage=true","GREETING":"hello"\#(settings)}}"#
        )
        return folder
    }

    /// Adds the function `Jobs` with a trigger on the queue `jobs`.
    ///
    /// - Parameter bindings: more of them, each after a comma.
    func addJobs(queue: String = "jobs", bindings: String = "", more: String = "") throws {
        try write(
            "Jobs/function.json",
            #"{"bindings":[{"type":"queueTrigger","direction":"in","name":"job","queueName":"\#(queue)"}\#(bindings)]\#(more)}"#
        )
    }

    /// `extensions.queues` for `app(more:)`: looks at its queues ten times a second.
    static func queues(_ settings: String = "") -> String {
        #""extensions":{"queues":{"maxPollingInterval":"00:00:00.1"\#(settings)}},"#
    }
}

extension LoopbackClient.Body {
    static func text(_ text: String) -> Self { .bytes(ByteBuffer(string: text)) }

    /// A chunked body in these pieces.
    static func pieces(_ pieces: [ByteBuffer]) -> Self {
        .stream(length: nil) { write in for piece in pieces { try await write(piece) } }
    }
}
