import Foundation
import HTTPTypes
import LoopbackHTTP
import Synchronization
import TestSupport
import Testing
import TextFormats

@testable import LocalHost

@Suite("Several instances of the handler", .slot)
struct InstanceTests {
    /// Requests that are sent until the test says stop, and how they ended.
    private final class Load: Sendable {
        struct Counts { var succeeded = 0, failed = 0 }
        private let counts = Mutex(Counts())
        private let isOver = Atomic<Bool>(false)

        var current: Counts { counts.withLock { $0 } }
        var isRunning: Bool { !isOver.load(ordering: .relaxed) }

        func stop() { isOver.store(true, ordering: .relaxed) }
        func count(_ succeeded: Bool) {
            counts.withLock { if succeeded { $0.succeeded += 1 } else { $0.failed += 1 } }
        }
    }

    private func processes(_ host: RunningHost) async throws -> [Int32] {
        try await host.instances().compactMap { $0["processId"]?.integer.map(Int32.init) }
    }

    @Test("each has its own port, worker id and process, and HTTP requests go to each in turn")
    func inTurn() async throws {
        let folder = try ScriptedHandler.app()
        try await RunningHost.with(folder, change: { $0.instances = 3 }) { host in
            try await host.waitUntilReady(instances: 3)
            let instances = try await host.instances()
            #expect(instances.map { $0["instance"] } == [1, 2, 3])
            for member in ["port", "workerId", "processId"] {
                #expect(Set(instances.compactMap { $0[member]?.text }).count == 3, "\(member)")
            }
            for _ in 0..<9 { try await host.expect(200, .get, "/api/x") }
            let served = ScriptedHandler.served(in: folder).map(\.process)
            #expect(served.count == 9)
            for process in try await processes(host) { #expect(served.count { $0 == process } == 3) }
            #expect(try await host.status()["handler"]?["processId"] == instances[0]["processId"])
        }
    }

    @Test("while instances are killed, GET requests go on and of the POST requests only those in flight fail")
    func killedUnderLoad() async throws {
        let folder = try ScriptedHandler.app()
        let (reads, writes) = (Load(), Load())
        try await RunningHost.with(folder, change: { $0.instances = 3 }) { host in
            try await host.waitUntilReady(instances: 3)
            let writers = 3
            try await withThrowingTaskGroup { group in
                for _ in 0..<writers {
                    group.addTask {
                        while reads.isRunning {
                            reads.count(try await host.send(.get, "/api/x").status == 200)
                        }
                    }
                    group.addTask {
                        while writes.isRunning {
                            writes.count(try await host.send(.post, "/api/x", body: .text("{}")).status == 200)
                        }
                    }
                }
                for round in 1...2 {
                    let before = (reads.current.succeeded, writes.current.succeeded)
                    try await eventually("requests are served") {
                        reads.current.succeeded > before.0 + 30 && writes.current.succeeded > before.1 + 30
                    }
                    let victim = try #require(try await processes(host).dropFirst(round - 1).first)
                    #expect(kill(victim, SIGKILL) == 0)
                    try await eventually("instance \(round) is back") {
                        let instance = try await host.instances()[round - 1]
                        return instance["restarts"] == 1 && instance["state"] == "ready"
                    }
                }
                reads.stop()
                writes.stop()
                try await group.waitForAll()
            }
            #expect(reads.current.failed == 0)
            #expect(writes.current.failed <= 2 * writers, "\(writes.current)")
            #expect(try await host.instances().map { $0["strikes"] } == [1, 1, 0])
        }
    }

    @Test("an instance that hangs gets no requests, the others go on; when it answers again it does")
    func hung() async throws {
        let folder = try ScriptedHandler.app()
        try await RunningHost.with(folder, change: { $0.instances = 2 }) { host in
            try await host.waitUntilReady(instances: 2)
            let process = try #require(try await processes(host).first)
            #expect(kill(process, SIGSTOP) == 0)
            try await eventually("it is found out") { host.lines.contains("instance 1 does not answer GET /") }
            let before = ScriptedHandler.served(in: folder).count
            for _ in 0..<6 { try await host.expect(200, .get, "/api/x") }
            #expect(ScriptedHandler.served(in: folder).dropFirst(before).allSatisfy { $0.process != process })
            #expect(try await host.instances().map { $0["responsive"] } == [false, true])
            #expect(kill(process, SIGCONT) == 0)
            try await eventually("it answers again") { try await host.instances()[0]["responsive"] == true }
            for _ in 0..<2 { try await host.expect(200, .get, "/api/x") }
            #expect(ScriptedHandler.served(in: folder).contains { $0.process == process })
        }
    }

    @Test("after exit code 0 an instance stays down and the others serve")
    func exitZero() async throws {
        let folder = try ScriptedHandler.app()
        try await RunningHost.with(folder, change: { $0.instances = 2 }) { host in
            try await host.waitUntilReady(instances: 2)
            try ScriptedHandler.next("exit:0", in: folder)
            _ = try await host.invoke("Tick")
            try await eventually("one is down") { try await host.instances().contains { $0["state"] == "down" } }
            for _ in 0..<4 { try await host.expect(200, .post, "/api/x", body: .text("{}")) }
            #expect(try await host.status()["state"] == "Running")
            #expect(ScriptedHandler.processes(in: folder).count == 2)
        }
    }

    @Test("three errors stop one instance, the others go on; the last instance's third error stops LocalHost")
    func strikes() async throws {
        let folder = try ScriptedHandler.app()
        let failure = try await RunningHost.run(folder, change: { $0.instances = 2 }) { host in
            try await host.waitUntilReady(instances: 2)
            for index in 0..<2 {
                for strike in 1...3 {
                    try await eventually("instance \(index + 1) is ready for strike \(strike)") {
                        let instance = try await host.instances()[index]
                        return instance["restarts"] == .integer(Int64(strike - 1)) && instance["state"] == "ready"
                    }
                    let process = try #require(try await host.instances()[index]["processId"]?.integer)
                    #expect(kill(Int32(process), SIGKILL) == 0)
                }
                guard index == 0 else { break }
                try await eventually("it has stopped") { try await host.instances()[0]["state"] == "retired" }
                for _ in 0..<4 { try await host.expect(200, .get, "/api/x") }
                #expect(host.lines.contains("instance 1 stopped after 3 errors"))
            }
            try await eventually("LocalHost has gone") { (try? await host.status()) == nil }
        }
        #expect(failure?.exitCode == 1 && failure?.message.contains("3 errors") == true)
        #expect(ScriptedHandler.processes(in: folder).count == 6)
    }

    @Test("functionTimeout kills the instance that let it pass, not the others")
    func functionTimeout() async throws {
        let folder = try ScriptedHandler.app(more: "\"functionTimeout\": \"00:00:02\",")
        try await RunningHost.with(folder, change: { $0.instances = 2 }) { host in
            try await host.waitUntilReady(instances: 2)
            try ScriptedHandler.next("hang", in: folder)
            let outcome = try await host.invoke("Tick")
            #expect(outcome["error"]?.string?.contains("functionTimeout") == true)
            let hanging = try #require(folder.read("hanging").flatMap { Int32($0.dropLast()) })
            try await eventually("it is gone") { !ScriptedHandler.isAlive(hanging) }
            try await host.waitUntilReady(instances: 2)
            let instances = try await host.instances()
            #expect(instances.compactMap { $0["restarts"]?.integer }.sorted() == [0, 1])
            #expect(instances.allSatisfy { $0["strikes"] == 0 })
        }
    }

    @Test("a timer fires once an occurrence, on one instance; when that one is killed, on another")
    func timers() async throws {
        let folder = try ScriptedHandler.app()
        try folder.write(
            "Tick/function.json",
            #"{"bindings":[{"type":"timerTrigger","name":"timer","schedule":"0 */5 * * * *"}]}"#
        )
        let clock = SteppedClock(start: Date(timeIntervalSince1970: 1_800_000_060), ticks: 0)
        @Sendable func ticks() -> [ScriptedHandler.Served] {
            ScriptedHandler.served(in: folder).filter { $0.path == "/Tick" }
        }
        let change: (inout HostOptions) -> Void = { ($0.instances, $0.clock) = (3, clock.clock) }
        try await RunningHost.with(folder, change: change) { host in
            try await host.waitUntilReady(instances: 3)
            clock.allow(4)
            try await eventually("four ticks") { ticks().count == 4 }
            let holder = try #require(ticks().first?.process)
            #expect(ticks().allSatisfy { $0.process == holder })
            #expect(kill(holder, SIGSTOP) == 0)
            try await eventually("it is found out") {
                try await host.instances().contains { $0["responsive"] == false }
            }
            clock.allow(3)
            try await eventually("three more") { ticks().count == 7 }
            let heir = try #require(ticks().last?.process)
            #expect(heir != holder && ticks().suffix(3).allSatisfy { $0.process == heir })
            #expect(kill(heir, SIGKILL) == 0)
            clock.allow(2)
            try await eventually("two more") { ticks().count == 9 }
            #expect(ticks().suffix(2).allSatisfy { $0.process != heir && $0.process != holder })
            let occurrences = ticks().map { $0.json["Data"]?["timer"]?["ScheduleStatus"]?["Next"]?.text }
            #expect(Set(occurrences).count == 9, "\(occurrences)")
            #expect(kill(holder, SIGCONT) == 0)
        }
    }

    @Test("a fixed port is for one instance alone")
    func fixedPort() async throws {
        let folder = try ScriptedHandler.app(customHandler: "\"enableProxyingHttpRequest\": true, \"port\": 20999")
        let failure = try await RunningHost.run(folder, change: { $0.instances = 2 }) { _ in
            Issue.record("it listens")
        }
        #expect(failure?.message.contains("customHandler.port gives every instance the port 20999") == true)
    }

    @Test("--instances starts as many processes, and they all end with LocalHost")
    func program() async throws {
        let folder = try ScriptedHandler.app()
        let program = try await Program.start(folder, arguments: ["--instances", "3"])
        try await program.waitUntilReady()
        try await program.host().waitUntilReady(instances: 3)
        let processes = ScriptedHandler.processes(in: folder)
        #expect(processes.count == 3)
        #expect(kill(program.child.processID, SIGTERM) == 0)
        #expect(try await program.waitForEnd() == .code(0))
        #expect(!processes.contains(where: ScriptedHandler.isAlive))
        let refused = try await Program.start(folder, arguments: ["--instances", "0"])
        #expect(try await refused.waitForEnd() != .code(0))
        #expect(refused.lines.contains("--instances must be between 1 and 32"))
    }
}
