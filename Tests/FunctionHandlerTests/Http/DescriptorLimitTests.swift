import Foundation
import TestSupport
import Testing

@testable import FunctionHandler

/// The program with few file descriptors.
@Suite(.timeLimit(.minutes(2))) struct DescriptorLimitTests {
    private static let limit = 128

    @Test("a process without a free file descriptor waits for one instead of spinning, and accepts again afterwards")
    func noDescriptors() async throws {
        let port = try freePort()
        let log = NSTemporaryDirectory() + "descriptors-\(UUID().uuidString).log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        defer { try? FileManager.default.removeItem(atPath: log) }
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("FunctionHandler").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "ulimit -n \(Self.limit); exec \"$0\" serve --port \(port)", program]
        process.environment = [:]
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { process.terminate() }
        let answers = {
            let request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            return (try? await LiveServer.exchange([request], port: port, halfClose: false))?.hasPrefix("HTTP/1.1 200")
                == true
        }
        try await eventually("the program answers") { await answers() }

        var clients: [Int32] = []
        defer { for client in clients { close(client) } }
        for _ in 0..<Self.limit + 20 { clients.append(try LiveServer.connect(port: port)) }
        let id = process.processIdentifier
        try await eventually("every descriptor is in use") {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").count >= Self.limit
        }
        let refusals = {
            try String(contentsOfFile: log, encoding: .utf8).split(separator: "connection not accepted").count
        }
        let before = try refusals()
        let (start, used) = (ContinuousClock.now, try Self.processorSeconds(of: id))
        try await eventually("refused connections in the log") { try refusals() >= before + 4 }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        // Three pauses of half a second lie between four refusals.
        #expect(elapsed > 1.4)
        #expect(try Self.processorSeconds(of: id) - used < elapsed / 2, "in \(elapsed) s")

        for client in clients { close(client) }
        clients = []
        try await eventually("the program answers again") { await answers() }
    }

    /// User and system time of a process.
    private static func processorSeconds(of id: Int32) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        // The name in parentheses may hold blanks; the fields after it are numbered from 3.
        let fields = try #require(text.split(separator: ")").last).split(separator: " ")
        let ticks = try #require(Double(fields[11])) + (try #require(Double(fields[12])))
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
