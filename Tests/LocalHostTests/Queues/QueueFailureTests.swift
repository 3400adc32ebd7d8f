import Foundation
import HTTPTypes
import LoopbackHTTP
import Synchronization
import TestSupport
import Testing
import TextFormats

@testable import LocalHost

/// Processes that are killed while messages are under way.
@Suite("Queues and killed processes", .slot)
struct QueueFailureTests {
    private func app(_ settings: String = "") throws -> TemporaryFolder {
        let folder = try ScriptedHandler.app(more: TemporaryFolder.queues(settings))
        try folder.addJobs()
        return folder
    }

    private func deliveries(_ folder: TemporaryFolder) -> [ScriptedHandler.Served] {
        ScriptedHandler.served(in: folder).filter { $0.path == "/Jobs" }
    }

    private func payload(_ served: ScriptedHandler.Served) -> String? {
        served.json["Data"]?["job"]?.string.flatMap { try? JSONParser.parse($0).string }
    }

    @Test("an instance that is killed in an invocation releases the message at once, and another instance takes it")
    func killedInstance() async throws {
        let folder = try app()
        try await RunningHost.with(folder, change: { $0.instances = 2 }) { host in
            try await host.waitUntilReady(instances: 2)
            try ScriptedHandler.next("hang", in: folder)
            try await host.put("m", to: "jobs")
            try await eventually("it hangs") { folder.read("hanging") != nil }
            #expect(try await host.queue("jobs")["invisible"] == 1)
            let process = try #require(folder.read("hanging").flatMap { Int32($0.dropLast()) })
            #expect(kill(process, SIGKILL) == 0)
            try await eventually("it is done") { try await host.queue("jobs")["length"] == 0 }
            let served = deliveries(folder)
            #expect(served.count == 1 && served.first?.json["Metadata"]?["DequeueCount"] == "2")
            #expect(served.first?.process != process)
            #expect(host.lines.contains("the handler closed the connection without a complete answer"))
        }
    }

    @Test("every instance takes messages, batchSize and newBatchThreshold each")
    func shared() async throws {
        let folder = try app(#","batchSize":1,"newBatchThreshold":0"#)
        try await RunningHost.with(folder, change: { $0.instances = 3 }) { host in
            try await host.waitUntilReady(instances: 3)
            // Two instances hold one message each, so what follows is the third one's.
            for number in 1...2 {
                try ScriptedHandler.next("hang", in: folder)
                try await host.put("hang \(number)", to: "jobs")
                try await eventually("\(number) hang") {
                    folder.read("hanging")?.split(separator: "\n").count == number
                }
            }
            for number in 1...5 { try await host.put("m\(number)", to: "jobs") }
            try await eventually("five are done") { deliveries(folder).count == 5 }
            let hanging = (folder.read("hanging") ?? "").split(separator: "\n").compactMap { Int32($0) }
            #expect(Set(hanging).count == 2)
            #expect(Set(deliveries(folder).map(\.process)).count == 1)
            #expect(deliveries(folder).allSatisfy { !hanging.contains($0.process) })
            try await eventually("two are left") { try await host.queue("jobs")["length"] == 2 }
            #expect(try await host.queue("jobs")["invisible"] == 2)
        }
    }

    @Test("after exit code 0 the host goes on delivering to a closed port, and messages become poison")
    func exitZero() async throws {
        let folder = try app(#","maxDequeueCount":2"#)
        try await RunningHost.with(folder) { host in
            try await host.waitUntilReady()
            try ScriptedHandler.next("exit:0", in: folder)
            try await host.put("m", to: "jobs")
            try await eventually("it is poison") { try await host.queue("jobs")["poison"] == 1 }
            #expect(host.lines.contains("connection refused: no handler is listening"))
            #expect(ScriptedHandler.processes(in: folder).count == 1)
        }
    }

    @Test("functionTimeout fails the invocation and releases its message")
    func functionTimeout() async throws {
        let folder = try ScriptedHandler.app(more: TemporaryFolder.queues() + "\"functionTimeout\": \"00:00:02\",")
        try folder.addJobs()
        try await RunningHost.with(folder) { host in
            try await host.waitUntilReady()
            try ScriptedHandler.next("hang", in: folder)
            try await host.put("m", to: "jobs")
            try await eventually("it is done by the next process") { try await host.queue("jobs")["length"] == 0 }
            #expect(host.lines.contains("Jobs ran longer than functionTimeout"))
            #expect(deliveries(folder).map { $0.json["Metadata"]?["DequeueCount"] } == ["2"])
        }
    }

    @Test("the message of a LocalHost that was killed stays leased, and comes again when its lease has run out")
    func killedHost() async throws {
        let folder = try app()
        let program = try await Program.start(folder, arguments: ["--state-dir", folder.url.path + "/state"])
        try await program.waitUntilReady()
        let host = try program.host()
        try ScriptedHandler.next("hang", in: folder)
        try await host.put("leased", to: "jobs")
        try await eventually("it hangs") { folder.read("hanging") != nil }
        #expect(kill(program.child.processID, SIGKILL) == 0)
        _ = try await program.waitForEnd()

        try await RunningHost.with(folder) { host in
            try await host.waitUntilReady()
            #expect(host.lines.contains("queue jobs: length 1, invisible 1"))
            // The listener has looked when a later message is done.
            try await host.put("later", to: "jobs")
            try await eventually("the later one is done") { try await host.queue("jobs")["length"] == 1 }
            #expect(deliveries(folder).compactMap(payload) == ["later"])
        }
        let later = HostClock(now: { Date() + QueueSettings.lease.seconds + 60 }, sleep: HostClock.system.sleep)
        try await RunningHost.with(folder, change: { $0.clock = later }) { host in
            try await eventually("it is done") { try await host.queue("jobs")["length"] == 0 }
            #expect(deliveries(folder).compactMap(payload) == ["later", "leased"])
            #expect(deliveries(folder).last?.json["Metadata"]?["DequeueCount"] == "2")
        }
    }

    @Test(
        "a message that ran out of attempts with the LocalHost that was killed is poison before it is delivered again"
    )
    func killedHostAtTheLastAttempt() async throws {
        let folder = try app(#","maxDequeueCount":1"#)
        let program = try await Program.start(folder, arguments: ["--state-dir", folder.url.path + "/state"])
        try await program.waitUntilReady()
        try ScriptedHandler.next("hang", in: folder)
        try await program.host().put("m", to: "jobs")
        try await eventually("it hangs") { folder.read("hanging") != nil }
        #expect(kill(program.child.processID, SIGKILL) == 0)
        _ = try await program.waitForEnd()
        let later = HostClock(now: { Date() + QueueSettings.lease.seconds + 60 }, sleep: HostClock.system.sleep)
        try await RunningHost.with(folder, change: { $0.clock = later }) { host in
            try await eventually("it is poison") { try await host.queue("jobs")["poison"] == 1 }
            #expect(host.lines.contains("was dequeued 2 times, it goes to jobs-poison"))
            #expect(deliveries(folder).isEmpty)
        }
    }

    @Test("a LocalHost that is stopped releases the messages it was working on")
    func stopped() async throws {
        let folder = try app()
        let program = try await Program.start(folder, arguments: ["--state-dir", folder.url.path + "/state"])
        try await program.waitUntilReady()
        let host = try program.host()
        try ScriptedHandler.next("hang", in: folder)
        try await host.put("m", to: "jobs")
        try await eventually("it hangs") { folder.read("hanging") != nil }
        #expect(kill(program.child.processID, SIGINT) == 0)
        #expect(try await program.waitForEnd() == .code(0))
        try await RunningHost.with(folder) { host in
            try await eventually("it is done") { try await host.queue("jobs")["length"] == 0 }
            #expect(deliveries(folder).last?.json["Metadata"]?["DequeueCount"] == "2")
        }
    }

    /// Messages that a LocalHost has answered with 201.
    private final class Accepted: Sendable {
        private let texts = Mutex<Set<String>>([])
        var all: Set<String> { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { _ = $0.insert(text) } }
    }

    @Test("a LocalHost that is killed in the middle of anything loses no message that it has accepted")
    func killedUnderLoad() async throws {
        let folder = try app()
        let accepted = Accepted()
        for round in 1...3 {
            let program = try await Program.start(folder, arguments: ["--state-dir", folder.url.path + "/state"])
            try await program.waitUntilReady()
            let host = try program.host()
            let goal = accepted.all.count + 40 + Int.random(in: 0...40)
            await withTaskGroup(of: Void.self) { group in
                for writer in 1...4 {
                    group.addTask {
                        var number = 0
                        // Until the connection is refused.
                        while let reply = try? await host.send(
                            .post,
                            "/admin/queues/jobs",
                            body: .text("r\(round) w\(writer) n\(number)")
                        ) {
                            if reply.status == 201 { accepted.add("r\(round) w\(writer) n\(number)") }
                            number += 1
                        }
                    }
                }
                try? await eventually("enough were accepted") { accepted.all.count >= goal }
                kill(program.child.processID, SIGKILL)
            }
            _ = try await program.waitForEnd()
        }
        let later = HostClock(now: { Date() + 2 * QueueSettings.lease.seconds }, sleep: HostClock.system.sleep)
        try await RunningHost.with(folder, change: { $0.clock = later }) { host in
            try await eventually("all are done") { try await host.queue("jobs")["length"] == 0 }
            #expect(try await host.queue("jobs")["poison"] == 0)
            let delivered = Set(deliveries(folder).compactMap(payload))
            #expect(accepted.all.subtracting(delivered) == [])
            #expect(!host.lines.contains("holds no queue message"))
        }
    }
}
