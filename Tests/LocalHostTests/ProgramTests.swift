import Foundation
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import LocalHost

/// The built LocalHost as a process of its own.
final class Program: Sendable {
    let child: ChildProcess
    let lines: RecordedLines
    private let end: End
    /// Kept until the program is gone.
    private let folder: TemporaryFolder

    private init(_ child: ChildProcess, _ lines: RecordedLines, _ end: End, _ folder: TemporaryFolder) {
        (self.child, self.lines, self.end, self.folder) = (child, lines, end, folder)
    }

    private final class End: Sendable {
        let status = Mutex<HandlerExit?>(nil)
    }

    var status: HandlerExit? { end.status.withLock { $0 } }

    deinit { child.send(signal: SIGKILL) }

    /// - Parameter arguments: beside `--script-root` and `--port`.
    static func start(_ folder: TemporaryFolder, port: Int = 0, arguments: [String] = []) async throws -> Program {
        var configuration = HostConfiguration()
        configuration.executable = try executable()
        configuration.arguments = ["--script-root", folder.url.path, "--port", String(port)] + arguments
        let command = try HandlerCommand(configuration, scriptRoot: folder.url, environment: [:])
        let lines = RecordedLines()
        let end = End()
        let child = try await ChildProcess.start(
            command,
            environment: ["PATH": "/usr/bin:/bin"]
        ) { _, line in
            lines.console.write(line)
        } onExit: { status in
            end.status.withLock { $0 = status }
        }
        return Program(child, lines, end, folder)
    }

    /// The running program as something to send requests to.
    func host() throws -> RunningHost {
        let line = try #require(lines.all.first { $0.contains("listening on http://127.0.0.1:") })
        let port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
        return RunningHost(port: port, lines: lines, folder: folder)
    }

    func waitUntilReady() async throws {
        do {
            try await eventually("LocalHost's handler is ready") { self.lines.contains("handler ready") }
        } catch {
            print(lines.all.joined(separator: "\n"))
            throw error
        }
    }

    func waitForEnd() async throws -> HandlerExit {
        do {
            try await eventually("LocalHost ends") { self.status != nil }
        } catch {
            print(lines.all.joined(separator: "\n"))
            throw error
        }
        return try #require(status)
    }

    /// LocalHost stands beside the test bundle.
    private static func executable() throws -> String {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        let end = bundle.range(of: ".xctest").map { bundle[..<$0.lowerBound] } ?? bundle[...]
        let folder = URL(fileURLWithPath: String(end)).deletingLastPathComponent()
        let path = folder.appendingPathComponent("LocalHost").path
        try #require(FileManager.default.isExecutableFile(atPath: path), "no LocalHost at \(path)")
        return path
    }
}

@Suite("The program")
struct ProgramTests {
    private func handler(_ folder: TemporaryFolder) throws -> Int32 {
        try #require(ScriptedHandler.processes(in: folder).last)
    }

    @Test("Ctrl-C and kill end it with exit code 0 and take the handler along", arguments: [SIGINT, SIGTERM])
    func stopping(_ signal: Int32) async throws {
        let folder = try ScriptedHandler.app()
        let program = try await Program.start(folder)
        try await program.waitUntilReady()
        let process = try handler(folder)
        #expect(getpgid(process) == process, "the handler leads a process group of its own")
        #expect(kill(program.child.processID, signal) == 0)
        #expect(try await program.waitForEnd() == .code(0))
        #expect(!ScriptedHandler.isAlive(process))
    }

    @Test(
        "stopping kills the handler without notice; asked for grace, it sends SIGTERM and kills after that",
        arguments: [false, true]
    )
    func stubbornHandler(isGraceful: Bool) async throws {
        let folder = try ScriptedHandler.app(start: "stubborn")
        let program = try await Program.start(folder, arguments: isGraceful ? ["--graceful-stop"] : [])
        try await program.waitUntilReady()
        let process = try handler(folder)
        #expect(kill(program.child.processID, SIGTERM) == 0)
        #expect(try await program.waitForEnd() == .code(0))
        #expect(!ScriptedHandler.isAlive(process))
        #expect((folder.read("terminated") != nil) == isGraceful)
    }

    @Test("Ctrl-C during a call that hangs ends it, too")
    func stoppingWhileHanging() async throws {
        let folder = try ScriptedHandler.app()
        let program = try await Program.start(folder)
        try await program.waitUntilReady()
        let host = try program.host()
        try ScriptedHandler.next("hang", in: folder)
        async let reply = try? host.send(.get, "/api/x")
        try await eventually("the call hangs") { folder.read("hanging") != nil }
        #expect(kill(program.child.processID, SIGINT) == 0)
        #expect(try await program.waitForEnd() == .code(0))
        #expect(await reply?.status != 200)
    }

    @Test("a LocalHost that is killed outright leaves no handler behind")
    func killedOutright() async throws {
        let folder = try ScriptedHandler.app()
        let program = try await Program.start(folder)
        try await program.waitUntilReady()
        let process = try handler(folder)
        #expect(kill(program.child.processID, SIGKILL) == 0)
        _ = try await program.waitForEnd()
        try await eventually("the handler is gone") { !ScriptedHandler.isAlive(process) }
    }

    @Test("a taken port is named with its owner, exit code 2, and no handler is started")
    func occupiedPort() async throws {
        let first = try ScriptedHandler.app()
        try await RunningHost.with(first) { host in
            try await host.waitUntilReady()
            let second = try ScriptedHandler.app()
            let program = try await Program.start(second, port: host.port)
            #expect(try await program.waitForEnd() == .code(2))
            let owner = ProcessInfo.processInfo.processIdentifier
            let message = program.lines.all.joined(separator: "\n")
            #expect(
                message.contains("port \(host.port) is taken by") && message.contains("process \(owner):"),
                "\(message)"
            )
            #expect(ScriptedHandler.processes(in: second).isEmpty)
        }
    }

    @Test("three errors of the handler end it with exit code 1")
    func threeStrikes() async throws {
        let program = try await Program.start(try ScriptedHandler.app(start: "exit:7"))
        #expect(try await program.waitForEnd() == .code(1))
        #expect(program.lines.contains("stopped after 3 errors"), "\(program.lines.all.joined(separator: "\n"))")
    }
}
