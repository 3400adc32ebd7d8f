import Foundation
import HTTPTypes
import LoopbackHTTP
import Synchronization
import TestSupport
import Testing
import TextFormats

@testable import LocalHost

@Suite("Delivering queue messages")
struct QueueDeliveryTests {
    private func app(_ settings: String = "", bindings: String = "", more: String = "") throws -> TemporaryFolder {
        let folder = try TemporaryFolder.app(more: TemporaryFolder.queues(settings))
        try folder.addJobs(bindings: bindings, more: more)
        return folder
    }

    private func deliveries(_ handler: FakeHandler) -> [FakeHandler.Received] {
        handler.requests.filter { $0.target == "/Jobs" }
    }

    private func count(_ request: FakeHandler.Received) -> Int {
        request.json["Metadata"]?["DequeueCount"]?.string.flatMap { Int($0) } ?? 0
    }

    private func payload(_ request: FakeHandler.Received) -> String? {
        request.json["Data"]?["job"]?.string.flatMap { try? JSONParser.parse($0).string }
    }

    private func isEmpty(_ host: RunningHost, _ queue: String = "jobs") async throws -> Bool {
        try await host.queue(queue)["length"] == 0
    }

    @Test("a message is posted to /<FunctionName> once, and deleted when it succeeded")
    func delivery() async throws {
        try await withHost(try app()) { host, handler in
            try await host.put(#"{"batch":"b1"}"#, to: "jobs")
            try await eventually("it is done") {
                let isDone = try await isEmpty(host)
                return isDone && deliveries(handler).count == 1
            }
            let seen = try #require(deliveries(handler).first)
            #expect(seen.method == "POST" && payload(seen) == #"{"batch":"b1"}"#)
            #expect(seen.json["Metadata"]?["batch"] == #""b1""# && count(seen) == 1)
            #expect(seen.header("transfer-encoding") == "chunked")
            #expect(host.lines.contains("Jobs: queue 'jobs' [16 at a time, more at 8]"))
            #expect(try await host.queue("jobs") == ["length": 0, "invisible": 0, "oldest": .null, "poison": 0])
        }
    }

    @Test("a message that fails comes back, and after maxDequeueCount it is in the poison queue with its text")
    func poison() async throws {
        let answer: FakeHandler.Answer = { _ in FakeHandler.json("{}", status: .internalServerError) }
        try await withHost(try app(#","maxDequeueCount":3"#), answer: answer) { host, handler in
            try await host.put("bad news", to: "jobs")
            try await eventually("it is poison") { try await host.queue("jobs")["poison"] == 1 }
            #expect(deliveries(handler).map(count) == [1, 2, 3])
            try await eventually("it left the queue") { try await isEmpty(host) }
            let poison = try await host.send(.get, "/admin/queues/jobs-poison").json.array
            #expect(poison?.count == 1 && poison?.first?["content"] == "bad news")
            #expect(poison?.first?["dequeueCount"] == 0)
            #expect(host.lines.contains("was dequeued 3 times, it goes to jobs-poison"))
        }
    }

    @Test("a message that succeeds at the second attempt is deleted, not poison")
    func secondAttempt() async throws {
        let answer: FakeHandler.Answer = { request in
            let first = request.json["Metadata"]?["DequeueCount"] == "1"
            return FakeHandler.json("{}", status: first ? .serviceUnavailable : .ok)
        }
        try await withHost(try app(), answer: answer) { host, handler in
            try await host.put("m", to: "jobs")
            try await eventually("it is done") { try await isEmpty(host) }
            #expect(deliveries(handler).map(count) == [1, 2])
            #expect(try await host.queue("jobs")["poison"] == 0)
        }
    }

    @Test("an answer that would hang the host fails the invocation", arguments: ["", "null"])
    func hanging(_ body: String) async throws {
        let answer: FakeHandler.Answer = { _ in FakeHandler.json(body) }
        try await withHost(try app(#","maxDequeueCount":1"#), answer: answer) { host, handler in
            try await host.put("m", to: "jobs")
            try await eventually("it is poison") { try await host.queue("jobs")["poison"] == 1 }
            #expect(deliveries(handler).count == 1)
            #expect(host.lines.contains("would hang"))
        }
    }

    @Test("after a failure a message stays invisible for visibilityTimeout")
    func visibilityTimeout() async throws {
        let clock = SteppedClock(start: Date(timeIntervalSince1970: 1_800_000_000), ticks: 0)
        let answer: FakeHandler.Answer = { request in
            FakeHandler.json("{}", status: request.json["Metadata"]?["DequeueCount"] == "1" ? .badRequest : .ok)
        }
        let folder = try app(#","visibilityTimeout":"00:01:00""#)
        try await withHost(folder, change: { $0.clock = clock.clock }, answer: answer) { host, handler in
            try await host.put("failing", to: "jobs")
            try await eventually("it failed") {
                // The lease ends in ten minutes, the pause after the failure in one.
                folder.read("state/queues/jobs/1.json")?.contains("2027-01-15T08:01:00Z") == true
            }
            clock.advance(by: 59)
            // The listener has looked when a message that came later is done.
            try await host.put("second", to: "jobs")
            try await eventually("the second one failed") {
                deliveries(handler).compactMap(payload) == ["failing", "second"]
            }
            clock.advance(by: 1)
            try await eventually("the first one came again") {
                deliveries(handler).compactMap(payload) == ["failing", "second", "failing"]
            }
        }
    }

    @Test("a listener runs batchSize + newBatchThreshold messages at a time and no more")
    func parallelism() async throws {
        let running = Mutex((now: 0, most: 0, isOpen: false))
        let answer: FakeHandler.Answer = { _ in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.isOpen) }
            while !running.withLock({ $0.isOpen }) { try await Task.sleep(for: .milliseconds(5)) }
            running.withLock { $0.now -= 1 }
            return FakeHandler.json("{}")
        }
        try await withHost(try app(#","batchSize":3,"newBatchThreshold":2"#), answer: answer) { host, handler in
            for number in 1...12 { try await host.put("m\(number)", to: "jobs") }
            // A batch of three on top of two that run, if the first takes found fewer than three.
            try await eventually("a batch runs") { running.withLock { $0.now } >= 3 }
            running.withLock { $0.isOpen = true }
            try await eventually("all are done") { try await isEmpty(host) }
            #expect(deliveries(handler).count == 12)
            #expect((3...5).contains(running.withLock { $0.most }))
        }
    }

    @Test("batchSize 1 with threshold 0 runs one message at a time")
    func oneAtATime() async throws {
        let running = Mutex((now: 0, most: 0))
        let answer: FakeHandler.Answer = { _ in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            defer { running.withLock { $0.now -= 1 } }
            await Task.yield()
            return FakeHandler.json("{}")
        }
        try await withHost(try app(#","batchSize":1,"newBatchThreshold":0"#), answer: answer) { host, handler in
            for number in 1...6 { try await host.put("m\(number)", to: "jobs") }
            try await eventually("all are done") { try await isEmpty(host) }
            #expect(running.withLock { $0.most } == 1)
            #expect(deliveries(handler).compactMap(payload) == (1...6).map { "m\($0)" })
        }
    }

    @Test("the lease is renewed while the function runs, so nobody else gets the message")
    func renewal() async throws {
        let isOpen = Atomic<Bool>(false)
        let answer: FakeHandler.Answer = { _ in
            while !isOpen.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(5)) }
            return FakeHandler.json("{}")
        }
        let folder = try app()
        try await withHost(folder, change: { ($0.queueLease, $0.instances) = (.seconds(2), 2) }, answer: answer) {
            host,
            handler in
            try await host.put("long", to: "jobs")
            let file = "state/queues/jobs/1.json"
            try await eventually("it runs") { deliveries(handler).count == 1 }
            // Each renewal writes another receipt; after four of them twice the lease has passed.
            var versions: Set<String> = []
            try await eventually("it is renewed") {
                if let version = folder.read(file) { versions.insert(version) }
                return versions.count >= 5
            }
            #expect(deliveries(handler).count == 1)
            isOpen.store(true, ordering: .relaxed)
            try await eventually("it is done") { try await isEmpty(host) }
            #expect(deliveries(handler).count == 1)
        }
    }

    @Test("a message that another listener took after its lease ran out is delivered twice and deleted once")
    func doubledDelivery() async throws {
        let clock = SteppedClock(start: Date(timeIntervalSince1970: 1_800_000_000), ticks: 0)
        let isOpen = Atomic<Bool>(false)
        let answer: FakeHandler.Answer = { request in
            // The first delivery is still running when the second one has ended.
            if request.json["Metadata"]?["DequeueCount"] == "1" {
                while !isOpen.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(5)) }
            }
            return FakeHandler.json("{}")
        }
        try await withHost(try app(), change: { $0.clock = clock.clock }, answer: answer) { host, handler in
            try await host.put("twice", to: "jobs")
            try await eventually("it runs") { deliveries(handler).count == 1 }
            clock.advance(by: 600)
            try await eventually("it runs again") {
                let isDone = try await isEmpty(host)
                return isDone && deliveries(handler).count == 2
            }
            isOpen.store(true, ordering: .relaxed)
            try await eventually("the first one ends") { host.lines.contains("was taken again before it was deleted") }
            #expect(deliveries(handler).map(count) == [1, 2])
        }
    }

    @Test("what is not base64 though it should be goes to the poison queue unread")
    func notBase64() async throws {
        try await withHost(try app()) { host, handler in
            try await host.expect(201, .post, "/admin/queues/jobs?encoded=true", body: .text("{\"plain\":1}"))
            try await eventually("it is poison") { try await host.queue("jobs")["poison"] == 1 }
            let poison = try await host.send(.get, "/admin/queues/jobs-poison").json.array?.first
            #expect(poison?["text"] == "{\"plain\":1}" && poison?["content"] == .null)
            try await host.expect(201, .post, "/admin/queues/jobs?encoded=true", body: .text("Zm9y bA=="))
            try await eventually("the encoded one came") { deliveries(handler).count == 1 }
            #expect(payload(deliveries(handler)[0]) == "forl")
        }
    }

    @Test("with messageEncoding none the text is on the wire as it is")
    func unencoded() async throws {
        let folder = try app(#","messageEncoding":"none""#)
        try await withHost(folder) { host, handler in
            try await host.put("plain", to: "other")
            #expect(folder.read("state/queues/other/1.json")?.contains(#""text":"plain""#) == true)
            try await host.put("YWJj", to: "jobs")
            try await eventually("it came") { deliveries(handler).first.map(payload) == "YWJj" }
        }
    }

    @Test("bytes that are no text fail without a call, and pass as base64 to a binary binding")
    func bytes() async throws {
        let folder = try app(#","maxDequeueCount":1"#)
        try folder.write(
            "Raw/function.json",
            #"{"bindings":[{"type":"queueTrigger","name":"raw","queueName":"raw-bytes","dataType":"binary"}]}"#
        )
        try await withHost(folder) { host, handler in
            for queue in ["jobs", "raw-bytes"] {
                try await host.expect(201, .post, "/admin/queues/\(queue)?encoded=true", body: .text("/wA="))
            }
            try await eventually("one is poison, one is done") {
                let isDone = try await isEmpty(host, "raw-bytes")
                let poison = try await host.queue("jobs")["poison"]
                return isDone && poison == 1
            }
            #expect(handler.requests.map(\.target) == ["/Raw"])
            #expect(handler.requests.first?.json["Data"]?["raw"] == "/wA=")
        }
    }

    @Test("without a poison queue a message that failed stays leased")
    func noPoisonQueue() async throws {
        let folder = try app()
        try folder.write(
            "Bad/function.json",
            #"{"bindings":[{"type":"queueTrigger","name":"job","queueName":"jobs-poison"}]}"#
        )
        let answer: FakeHandler.Answer = { _ in FakeHandler.json("{}", status: .internalServerError) }
        try await withHost(folder, answer: answer) { host, handler in
            try await host.put("m", to: "jobs-poison")
            try await eventually("it failed") { host.lines.contains("jobs-poison has no poison queue") }
            #expect(try await host.queue("jobs-poison")["invisible"] == 1)
            #expect(handler.requests.count == 1)
        }
    }

    @Test("retry is ignored and warned of")
    func retry() async throws {
        let folder = try app(
            #","maxDequeueCount":1"#,
            more: #","retry":{"strategy":"fixedDelay","maxRetryCount":3,"delayInterval":"00:00:00"}"#
        )
        let answer: FakeHandler.Answer = { _ in FakeHandler.json("{}", status: .internalServerError) }
        try await withHost(folder, answer: answer) { host, handler in
            #expect(host.lines.contains("Jobs: retry is ignored"))
            try await host.put("m", to: "jobs")
            try await eventually("it is poison") { try await host.queue("jobs")["poison"] == 1 }
            #expect(deliveries(handler).count == 1)
            #expect(deliveries(handler)[0].json["Metadata"]?["RetryContext"] == nil)
        }
    }

    @Test("a run by hand makes a message of its input, outside the queue")
    func manual() async throws {
        try await withHost(try app()) { host, handler in
            let outcome = try await host.invoke("jobs", #"{"input":"{\"batch\":1}"}"#)
            #expect(outcome["succeeded"] == true)
            let seen = try #require(deliveries(handler).first)
            #expect(payload(seen) == #"{"batch":1}"# && count(seen) == 1)
            #expect(seen.json["Metadata"]?["job"] == .string(#""{\"batch\":1}""#))
            #expect(seen.json["Metadata"]?["batch"] == #""1""#)
            let refused = try await host.send(
                .post,
                "/admin/functions/Jobs",
                headers: ["Content-Type": "application/json"],
                body: .text("{}")
            )
            #expect(refused.status == 400 && refused.body.contains("input is required"))
            #expect(try await host.queue("jobs")["length"] == 0)
        }
    }
}

@Suite("Queue outputs")
struct QueueOutputDeliveryTests {
    private static let output = #",{"type":"queue","direction":"out","name":"chunks","queueName":"Chunks-Out"}"#

    private func app(_ settings: String = "") throws -> TemporaryFolder {
        let folder = try TemporaryFolder.app(more: TemporaryFolder.queues(settings), bindings: Self.output)
        try folder.write(
            "Tick/function.json",
            #"{"bindings":[{"type":"timerTrigger","name":"timer","schedule":"0 0 0 1 1 *"}\#(Self.output)]}"#
        )
        try folder.addJobs(bindings: Self.output)
        return folder
    }

    private func succeeds(_ host: RunningHost) async throws -> Bool {
        try await host.invoke("Tick")["succeeded"] == true
    }

    private func contents(_ host: RunningHost) async throws -> [String?] {
        let messages = try await host.send(.get, "/admin/queues/chunks-out").json.array ?? []
        return messages.map { $0["content"]?.string }
    }

    @Test("timer, queue and HTTP functions fill the queue, which is made and whose name is in lower case")
    func functions() async throws {
        let answer: FakeHandler.Answer = { request in
            FakeHandler.json(#"{"Outputs":{"chunks":["from \#(request.target)"]}}"#)
        }
        try await withHost(try app(), answer: answer) { host, _ in
            #expect(try await host.send(.get, "/admin/queues/chunks-out").status == 404)
            #expect(try await host.queue("chunks-out")["length"] == 0, "it is listed before it exists")
            #expect(try await succeeds(host) == true)
            try await host.expect(200, .get, "/api/x")
            try await host.put("m", to: "jobs")
            try await eventually("three messages") { try await contents(host).count == 3 }
            #expect(try await contents(host) == ["from /Tick", "from /Api", "from /Jobs"])
        }
    }

    @Test("the traps: exact strings in an array, decoded base64, exploded array, indented object")
    func traps() async throws {
        let values = [
            #"["YWJj","[1,2]"]"#, #""YWJj""#, #""[\"a\",\"b\"]""#, #"{"a":1}"#, #""plain text""#, "[]", "null",
        ]
        let answer: FakeHandler.Answer = { request in
            let input = request.json["Metadata"]?["timer"]?.string ?? ""
            return FakeHandler.json(#"{"Outputs":{"chunks":\#(values[Int(input.filter(\.isNumber)) ?? 0])}}"#)
        }
        try await withHost(try app(), answer: answer) { host, _ in
            for number in values.indices { _ = try await host.invoke("Tick", #"{"input":\#(number)}"#) }
            #expect(
                try await contents(host) == ["YWJj", "[1,2]", "abc", "a", "b", "{\n  \"a\": 1\n}", "plain text"]
            )
        }
    }

    @Test("a message past 64 KiB in base64 fails the invocation; those before it stay")
    func tooLarge() async throws {
        let answer: FakeHandler.Answer = { _ in
            let large = String(repeating: "ü", count: 24 * 1024) + "!"
            return FakeHandler.json(#"{"Outputs":{"chunks":["first","\#(large)","third"]}}"#)
        }
        try await withHost(try app(), answer: answer) { host, _ in
            let outcome = try await host.invoke("Tick")
            #expect(outcome["succeeded"] == false)
            let reason = outcome["error"]?.string ?? ""
            #expect(reason.contains("output chunks") && reason.contains("65540 bytes in base64"), "\(reason)")
            #expect(try await contents(host) == ["first"])
            let reply = try await host.send(.get, "/api/x")
            #expect(reply.status == 500 && reply.body.isEmpty)
        }
    }

    @Test("a failed output of a queue function brings its message back")
    func failedOutput() async throws {
        let answer: FakeHandler.Answer = { _ in FakeHandler.json(#"{"Outputs":{"chunks":"{no json}"}}"#) }
        try await withHost(try app(#","maxDequeueCount":2"#), answer: answer) { host, handler in
            try await host.put("m", to: "jobs")
            try await eventually("it is poison") { try await host.queue("jobs")["poison"] == 1 }
            #expect(handler.requests.count == 2 && host.lines.contains("this one is not"))
        }
    }

    @Test("an output that function.json does not name is ignored and said, its case included")
    func undeclared() async throws {
        let answer: FakeHandler.Answer = { _ in FakeHandler.json(#"{"Outputs":{"Chunks":["lost"],"jobs":["lost"]}}"#) }
        try await withHost(try app(), answer: answer) { host, _ in
            let outcome = try await host.invoke("Tick")
            #expect(outcome["succeeded"] == true)
            #expect(host.lines.contains("Tick: Outputs.Chunks is ignored"))
            #expect(host.lines.contains("Tick: Outputs.jobs is ignored"))
            #expect(try await host.queue("chunks-out")["length"] == 0)
        }
    }

    @Test("a failed invocation puts nothing")
    func failure() async throws {
        let answer: FakeHandler.Answer = { _ in
            FakeHandler.json(#"{"Outputs":{"chunks":["lost"]}}"#, status: .internalServerError)
        }
        try await withHost(try app(), answer: answer) { host, _ in
            let outcome = try await host.invoke("Tick")
            #expect(outcome["succeeded"] == false)
            #expect(try await host.queue("chunks-out")["length"] == 0)
        }
    }

    @Test("$return takes ReturnValue")
    func returnValue() async throws {
        let folder = try TemporaryFolder.app()
        try folder.write(
            "Tick/function.json",
            """
            {"bindings":[{"type":"timerTrigger","name":"timer","schedule":"0 0 0 1 1 *"},
              {"type":"queue","direction":"out","name":"$return","queueName":"chunks-out"}]}
            """
        )
        try await withHost(folder, answer: { _ in FakeHandler.json(#"{"ReturnValue":["a"]}"#) }) { host, _ in
            let outcome = try await host.invoke("Tick")
            #expect(outcome["succeeded"] == true)
            #expect(try await contents(host) == ["a"])
        }
    }
}

@Suite("/admin/queues")
struct QueueRoutesTests {
    @Test("what is wrong with a message or a name is said; nothing is put")
    func refusals() async throws {
        let folder = try TemporaryFolder.app(more: TemporaryFolder.queues())
        try folder.addJobs()
        try await withHost(folder) { host, _ in
            let name = try await host.send(.post, "/admin/queues/Jobs", body: .text("x"))
            #expect(name.status == 400 && name.body.contains("3 to 63 lower-case letters"))
            let large = try await host.send(
                .post,
                "/admin/queues/others",
                body: .text(String(repeating: "x", count: 49_153))
            )
            #expect(large.status == 413 && large.body.contains("65536"))
            try await host.expect(405, .delete, "/admin/queues/jobs")
            try await host.expect(405, .post, "/admin/queues")
            try await host.expect(404, .get, "/admin/queues/others")
            #expect(try await host.send(.get, "/admin/queues").json.object?.keys.sorted() == ["jobs"])
            #expect(try await host.status()["queues"]?["jobs"]?["length"] == 0)
            let home = try await host.send(.get, "/").body
            #expect(home.contains("queue, jobs; put a message: POST /admin/queues/jobs"))
        }
    }

    @Test("an app without queues has none, and keeps nobody from its folder")
    func noQueues() async throws {
        let folder = try TemporaryFolder.app()
        try await withHost(folder) { host, _ in
            try await host.expect(404, .get, "/admin/queues")
            #expect(folder.read("state/queues/.lock") == nil)
        }
    }

    @Test("a second LocalHost on the same queues does not start")
    func exclusion() async throws {
        let folder = try TemporaryFolder.app()
        try folder.addJobs()
        try await withHost(folder) { _, _ in
            let failure = try await RunningHost.run(folder) { _ in Issue.record("it listens") }
            #expect(failure?.message.contains("another LocalHost uses the queues") == true)
        }
    }
}
