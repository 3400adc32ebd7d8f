import Foundation
import Testing

@testable import LocalHost

@Suite("Handler output")
struct HandlerOutputTests {
    @Test("bytes become lines across any border, carriage returns and unfinished lines included")
    func lines() {
        let text = "one\r\ntwo\n\nthree"
        for size in 1...text.utf8.count {
            var splitter = LineSplitter()
            var lines: [String] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                lines += splitter.append(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            if let last = splitter.finish() { lines.append(last) }
            #expect(lines == ["one", "two", "", "three"], "in pieces of \(size)")
        }
    }

    @Test("a line without end is cut at the limit")
    func limit() {
        var splitter = LineSplitter(limit: 4)
        #expect(splitter.append("abcdefghi\n".utf8) == ["abcd", "efgh", "i"])
    }

    @Test("stdout is information; stderr is an error unless it warns")
    func levels() {
        let output = HandlerOutput(verbose: false, sniffsStandardError: false)
        #expect(output.render("hello", from: .standardOutput) == .init(level: "INFO", text: "hello"))
        #expect(output.render("hello", from: .standardError).level == "ERROR")
        #expect(output.render("WARNING: x", from: .standardError).level == "WARN")
        #expect(
            HandlerOutput(verbose: false, sniffsStandardError: true).render("hi", from: .standardError).level == "INFO"
        )
    }

    @Test("a JSON line is printed as message and fields")
    func json() {
        let line =
            #"{"time":"2026","level":"error","message":"batch failed","job_id":7,"metadata":{"reason":"no data"},"n":null}"#
        let output = HandlerOutput(verbose: false, sniffsStandardError: false)
        #expect(
            output.render(line, from: .standardOutput)
                == .init(level: "ERROR", text: #"batch failed job_id=7 reason="no data""#)
        )
        let verbose = HandlerOutput(verbose: true, sniffsStandardError: false)
        #expect(verbose.render(line, from: .standardOutput).text == line)
        for odd in ["{\"message\":5}", "{not json", "{\"a\":1}"] {
            #expect(output.render(odd, from: .standardOutput).text == odd)
        }
    }
}

@Suite("Exit codes")
struct ExitTests {
    @Test("the system's status word")
    func waitStatus() {
        #expect(HandlerExit(waitStatus: 3 << 8) == .code(3))
        #expect(HandlerExit(waitStatus: 200 << 8) == .code(200))
        #expect(HandlerExit(waitStatus: 9) == .signal(9))
        #expect(HandlerExit(waitStatus: 11 | 0x80) == .signal(11))
    }

    @Test("three errors stop the host; half an hour of peace clears the count")
    func strikes() {
        let start = ContinuousClock.now
        var counter = CrashCounter()
        let first = counter.strike(at: start)
        let second = counter.strike(at: start + .seconds(1_800))
        let third = counter.strike(at: start + .seconds(3_600))
        #expect([first, second, third] == [false, false, true])

        var patient = CrashCounter()
        var strikes: [Bool] = []
        for number in 0..<6 { strikes.append(patient.strike(at: start + .seconds(1_801) * number)) }
        #expect(strikes == [Bool](repeating: false, count: 6))
    }
}

@Suite("Ports")
struct LoopbackPortTests {
    @Test("a taken port is seen, and its owner named")
    func occupant() throws {
        let port = try LoopbackPort.free()
        #expect(LoopbackPort.obstacle(to: port) == nil)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(bound == 0 && listen(listener, 1) == 0)
        #expect(LoopbackPort.obstacle(to: port) == EADDRINUSE)
        let occupant = try #require(LoopbackPort.occupant(of: port))
        #expect(occupant.hasSuffix("process \(ProcessInfo.processInfo.processIdentifier)"))
    }

    @Test("a port that is closed to this user is not called taken")
    func forbidden() {
        let failure = HostFailure.cannotListen(on: 80, errorNumber: EACCES)
        #expect(failure.exitCode == 1 && failure.message.hasPrefix("this user may not listen on port 80"))
        #expect(HostFailure.cannotListen(on: 80, errorNumber: EADDRINUSE).exitCode == HostFailure.portOccupied)
        #expect(HostFailure.cannotListen(on: 80, errorNumber: EMFILE).message.contains("Too many open files"))
    }

    @Test("an ordinary user hears from the system that a low port is closed", .enabled(if: lowPortsAreClosed))
    func reallyForbidden() {
        #expect(LoopbackPort.obstacle(to: 1) == EACCES)
    }

    /// Root may listen anywhere, and some containers let everybody.
    private static var lowPortsAreClosed: Bool {
        let first = try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding: .utf8)
        return geteuid() != 0 && first?.hasPrefix("1024") == true
    }
}
