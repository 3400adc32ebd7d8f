import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import TestSupport
import Testing
import TextFormats

@testable import LocalHost

@Suite("Running by hand")
struct AdminTests {
    private static let json = ["Content-Type": "application/json"]

    private func expect(
        _ status: Int,
        _ host: RunningHost,
        _ target: String,
        _ body: String,
        headers: [String: String] = AdminTests.json
    ) async throws {
        let reply = try await host.send(.post, target, headers: headers, body: .text(body))
        #expect(reply.status == status, "\(target) \(body)")
    }

    @Test("202 at once, while the handler still works; the outcome is in the log")
    func accepted() async throws {
        let (release, releases) = AsyncStream.makeStream(of: Void.self)
        let answer: FakeHandler.Answer = { _ in
            for await _ in release { break }
            return FakeHandler.json(#"{"Logs":["planned two batches"]}"#)
        }
        try await withHost(try .app(), answer: answer) { host, handler in
            try await expect(202, host, "/admin/functions/Tick", "{}")
            #expect(!host.lines.contains("executed Tick"))
            releases.finish()
            try await eventually("the run ends") { host.lines.contains("executed Tick") }
            #expect(host.lines.contains("Tick: planned two batches"))
            #expect(handler.requests.count == 1)
        }
    }

    @Test("what the host refuses is refused: content type, body, input, name")
    func refusals() async throws {
        try await withHost(try .app()) { host, handler in
            try await expect(415, host, "/admin/functions/Tick", "{}", headers: ["Content-Type": "text/plain"])
            try await expect(415, host, "/admin/functions/Tick", "{}", headers: [:])
            try await expect(400, host, "/admin/functions/Tick", "")
            try await expect(400, host, "/admin/functions/Tick", "[]")
            try await expect(400, host, "/admin/functions/Tick", "{")
            try await expect(400, host, "/admin/functions/Tick", #"{"input":{"a":1}}"#)
            try await expect(400, host, "/admin/functions/Tick", #"{"input":[5]}"#)
            try await expect(404, host, "/admin/functions/Nothing", "{}")
            try await expect(404, host, "/admin/nothing", "{}")
            #expect(handler.requests.isEmpty)
        }
    }

    @Test(
        "the handler gets the function's exact name, the stored status and the input as Metadata",
        arguments: [
            InvocationRunner.Framing.chunked, .contentLength,
        ]
    )
    func request(_ framing: InvocationRunner.Framing) async throws {
        let folder = try TemporaryFolder.app()
        let stored = ScheduleStatus(last: nil, next: Date(timeIntervalSince1970: 1_800_000_000), lastUpdated: nil)
        try ScheduleStatusStore(directory: folder.url.appendingPathComponent("state/timers"))
            .save(stored, of: "Tick", zone: .gmt)
        try await withHost(folder, change: { $0.framing = framing }) { host, handler in
            let outcome = try await host.invoke("tick", #"{"input":"{\"full\":true}"}"#)
            #expect(outcome["succeeded"] == true && outcome["handler_status"] == 200)
            let seen = try #require(handler.requests.first)
            #expect(seen.method == "POST" && seen.target == "/Tick")
            #expect(seen.header("content-type") == "application/json; charset=utf-8")
            #expect(seen.header("user-agent") == "Azure-Functions-Host/4.1037.0")
            #expect(seen.header("x-azure-functions-hostversion") == "4.1037.0")
            #expect(seen.header("x-azure-functions-invocationid") == outcome["invocation_id"]?.string)
            #expect(seen.header("x-forwarded-for") == nil && seen.host?.hasPrefix("127.0.0.1:") == true)
            #expect((seen.header("transfer-encoding") == "chunked") == (framing == .chunked))
            #expect((seen.header("content-length") != nil) == (framing == .contentLength))
            #expect(seen.pieces.count > 1 || framing == .contentLength)
            let timer = try #require(seen.json["Data"]?["timer"])
            #expect(timer["IsPastDue"] == false && timer["ScheduleStatus"]?["Next"] == "2027-01-15T08:00:00+00:00")
            #expect(seen.json["Metadata"]?["timer"] == .string(#""{\"full\":true}""#))
        }
    }

    @Test(
        "numbers and booleans as input become their text",
        arguments: [("5", "5"), ("-1.5", "-1.5"), ("true", "true"), (#""text""#, "text")]
    )
    func scalarInput(_ input: String, _ text: String) async throws {
        try await withHost(try .app()) { host, handler in
            let outcome = try await host.invoke("Tick", #"{"input":\#(input)}"#)
            #expect(outcome["succeeded"] == true)
            #expect(handler.requests.first?.json["Metadata"]?["timer"] == .string("\"\(text)\""))
        }
    }

    @Test("the host answers a ping and tells of each function's errors")
    func pingAndStatus() async throws {
        let folder = try TemporaryFolder.app()
        try folder.write(
            "Broken/function.json",
            #"{"bindings":[{"type":"timerTrigger","name":"t","schedule":"%MISSING%"}]}"#
        )
        try await withHost(folder) { host, handler in
            for method in [HTTPRequest.Method.get, .post] {
                let ping = try await host.send(method, "/admin/host/ping")
                #expect(ping.status == 200 && ping.body.isEmpty && ping.header("cache-control") == "no-store, no-cache")
            }
            #expect(try await host.send(.get, "/admin/functions/tick/status").json == [:])
            let broken = try await host.send(.get, "/admin/functions/Broken/status")
            #expect(broken.status == 200 && broken.json["errors"]?.text.contains("MISSING") == true)
            try await host.expect(404, .get, "/admin/functions/Nothing/status")
            #expect(handler.requests.isEmpty)
        }
    }

    @Test("{} and a null input give no Metadata key, and no status is stored yet")
    func noInput() async throws {
        try await withHost(try .app()) { host, handler in
            _ = try await host.invoke("Tick")
            _ = try await host.invoke("Tick", #"{"input":null}"#)
            for request in handler.requests {
                #expect(request.json["Metadata"]?["timer"] == nil)
                #expect(request.json["Data"]?["timer"]?["ScheduleStatus"] == .some(.null))
            }
        }
    }

    @Test("failures are told with the reason, waiting answers 500")
    func failures() async throws {
        let answers: [String: @Sendable () -> Response] = [
            "empty": { Response(status: .ok) },
            "null": { FakeHandler.json("null") },
            "text": {
                Response(
                    status: .ok,
                    headers: [.contentType: "text/plain"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: "ok"))
                )
            },
            "503": { FakeHandler.json(#"{"Logs":["lost"]}"#, status: .serviceUnavailable) },
            "302": { Response(status: .found, headers: [.location: "/elsewhere"]) },
        ]
        let expected = [
            "empty": "would hang", "null": "would hang", "text": "text/plain", "503": "503", "302": "302",
        ]
        let answer: FakeHandler.Answer = { request in
            let input = request.json["Metadata"]?["timer"]?.string ?? ""
            return answers[input.replacing("\"", with: "")]?() ?? FakeHandler.json("{}")
        }
        try await withHost(try .app(), answer: answer) { host, handler in
            for (input, reason) in expected {
                let outcome = try await host.invoke("Tick", #"{"input":"\#(input)"}"#)
                #expect(outcome["succeeded"] == false && outcome["logs"] == [])
                #expect(outcome["error"]?.string?.contains(reason) == true, "\(input): \(outcome.text)")
            }
            #expect(handler.requests.count == expected.count, "redirects are not followed")
            #expect(!host.lines.contains("lost"))
        }
    }

    @Test("a retry policy repeats a failed run with a RetryContext")
    func retries() async throws {
        let folder = try TemporaryFolder.app()
        try folder.write(
            "Tick/function.json",
            """
            {"bindings":[{"type":"timerTrigger","name":"timer","schedule":"0 0 0 1 1 *"}],
             "retry":{"strategy":"fixedDelay","maxRetryCount":3,"delayInterval":"00:00:00"}}
            """
        )
        let answer: FakeHandler.Answer = { request in
            let retry = request.json["Metadata"]?["RetryContext"]?["RetryCount"]?.integer ?? -1
            return FakeHandler.json("{}", status: retry < 2 ? .internalServerError : .ok)
        }
        try await withHost(folder, answer: answer) { host, handler in
            let outcome = try await host.invoke("Tick")
            #expect(outcome["succeeded"] == true && outcome["attempts"] == 3)
            #expect(handler.requests.map { $0.json["Metadata"]?["RetryContext"]?["RetryCount"] } == [0, 1, 2])
            #expect(Set(handler.requests.map { $0.header("x-azure-functions-invocationid") }).count == 3)
        }
    }

    @Test("the list of functions and the status say what is there, faults included")
    func listing() async throws {
        let folder = try TemporaryFolder.app()
        try folder.write(
            "Broken/function.json",
            #"{"bindings":[{"type":"timerTrigger","name":"t","schedule":"%GONE%"}]}"#
        )
        try folder.write("Jobs/function.json", #"{"bindings":[{"type":"blobTrigger","name":"j","path":"q"}]}"#)
        try await withHost(folder) { host, _ in
            let list = try #require(try await host.send(.get, "/admin/functions").json.array)
            #expect(list.map { $0["name"] } == ["Api", "Broken", "Jobs", "Tick"])
            #expect(list[0]["invoke_url_template"] == .string(host.base + "/api/{*path}"))
            #expect(list[1]["errors"]?.text.contains("GONE") == true)
            #expect(list[2]["errors"]?.text.contains("blobTrigger") == true)
            #expect(host.lines.contains("Jobs: blobTrigger is not yet delivered by LocalHost"))
            let status = try await host.status()
            #expect(status["state"] == "Running" && status["url"] == .string(host.base))
            try await expect(500, host, "/admin/functions/Broken", "{}")
            try await expect(501, host, "/admin/functions/Jobs", "{}")
        }
    }
}

@Suite("Timers that fire")
struct TimerListenerTests {
    private func start(_ text: String) throws -> Date { try #require(try HostDate.date(text)) }

    @Test("each occurrence fires once, and its status follows in the file")
    func fires() async throws {
        let folder = try TemporaryFolder.app(schedule: "0 */5 * * * *")
        let clock = SteppedClock(start: try start("2026-03-01T10:02:00Z"), ticks: 3).clock
        try await withHost(folder, change: { ($0.runsTimers, $0.clock) = (true, clock) }) { host, handler in
            let file = "state/timers/Tick.json"
            try await eventually("three runs") { folder.read(file)?.contains("10:20:00") == true }
            let served = handler.requests.map { $0.json["Data"]?["timer"]?["ScheduleStatus"]?["Next"] }
            #expect(
                served == ["2026-03-01T10:05:00+00:00", "2026-03-01T10:10:00+00:00", "2026-03-01T10:15:00+00:00"]
            )
            #expect(handler.requests.allSatisfy { $0.json["Data"]?["timer"]?["IsPastDue"] == false })
            #expect(handler.requests[0].json["Data"]?["timer"]?["ScheduleStatus"]?["Last"] == "0001-01-01T00:00:00")
            #expect(
                handler.requests[1].json["Data"]?["timer"]?["ScheduleStatus"]?["Last"] == "2026-03-01T10:05:00+00:00"
            )
            let timers = try await host.status()["timers"]
            #expect(timers?.array?.first?["next"] == "2026-03-01T10:20:00+00:00")
        }
    }

    @Test("an occurrence missed between two starts fires at once with IsPastDue, once")
    func pastDue() async throws {
        let folder = try TemporaryFolder.app(schedule: "0 */5 * * * *")
        let stored = ScheduleStatus(
            last: try start("2026-03-01T07:00:00Z"),
            next: try start("2026-03-01T07:05:00Z"),
            lastUpdated: nil
        )
        try ScheduleStatusStore(directory: folder.url.appendingPathComponent("state/timers"))
            .save(stored, of: "Tick", zone: .gmt)
        let clock = SteppedClock(start: try start("2026-03-01T10:02:00Z"), ticks: 1).clock
        try await withHost(folder, change: { ($0.runsTimers, $0.clock) = (true, clock) }) { _, handler in
            try await eventually("two runs") { folder.read("state/timers/Tick.json")?.contains("10:10:00") == true }
            #expect(handler.requests.map { $0.json["Data"]?["timer"]?["IsPastDue"] } == [true, false])
            #expect(
                handler.requests[0].json["Data"]?["timer"]?["ScheduleStatus"]?["Next"] == "2026-03-01T07:05:00+00:00"
            )
        }
    }

    @Test("occurrences missed while the function runs fire once, at once, not past due, and never overlap")
    func missedWhileRunning() async throws {
        let folder = try TemporaryFolder.app(schedule: "0 */5 * * * *")
        let state = SteppedClock(start: try start("2026-03-01T10:02:00Z"), ticks: 2)
        let clock = state.clock
        let running = Mutex((now: 0, most: 0))
        let answer: FakeHandler.Answer = { request in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            defer { running.withLock { $0.now -= 1 } }
            // The first run takes 22 minutes by the clock.
            if request.json["Data"]?["timer"]?["ScheduleStatus"]?["Last"] == "0001-01-01T00:00:00" {
                state.advance(by: 22 * 60)
            }
            return FakeHandler.json("{}")
        }
        try await withHost(folder, change: { ($0.runsTimers, $0.clock) = (true, clock) }, answer: answer) {
            _,
            handler in
            // Ended at 10:27; the missed 10:10 fires then, and the next is 10:30.
            try await eventually("two runs") { folder.read("state/timers/Tick.json")?.contains("10:30:00") == true }
            #expect(handler.requests.count == 2)
            #expect(handler.requests[1].json["Data"]?["timer"]?["IsPastDue"] == false)
            #expect(
                handler.requests[1].json["Data"]?["timer"]?["ScheduleStatus"]?["Next"] == "2026-03-01T10:10:00+00:00"
            )
            #expect(running.withLock { $0.most } == 1)
        }
    }

    @Test("--no-timers fires nothing, and running by hand still works")
    func noTimers() async throws {
        let folder = try TemporaryFolder.app(schedule: "* * * * * *")
        try await withHost(folder) { host, handler in
            let outcome = try await host.invoke("Tick")
            #expect(outcome["succeeded"] == true)
            #expect(handler.requests.count == 1)
            let status = try await host.status()
            #expect(status["timers"] == [])
        }
    }
}
