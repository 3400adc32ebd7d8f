import Foundation
import Logging
import Synchronization
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct JSONLogHandlerTests {
    private final class Lines: Sendable {
        let lines = Mutex<[[UInt8]]>([])
        var all: [[UInt8]] { lines.withLock { $0 } }
    }

    private func logger(_ lines: Lines, redaction: Redaction = .none, level: Logger.Level = .trace) -> Logger {
        Logger(label: "test") { label in
            JSONLogHandler(
                label: label,
                logLevel: level,
                redaction: redaction,
                now: { Date(timeIntervalSince1970: 1_772_332_200.25) }
            ) { line in lines.lines.withLock { $0.append(line) } }
        }
    }

    @Test("a line is one JSON object with time, level, message and flat metadata")
    func line() throws {
        let lines = Lines()
        var logger = logger(lines)
        logger[metadataKey: LogField.invocationID] = "0d0c4f3e"
        logger.warning("two\nlines \"quoted\"", metadata: ["n": "\(3)", "list": ["a", "b"], "map": ["k": "v"]])
        let bytes = try #require(lines.all.first)
        #expect(bytes.first == UInt8(ascii: "{"))
        #expect(!bytes.contains(UInt8(ascii: "\n")))
        let line = try JSONParser.parse(bytes)
        #expect(line["time"] == .string("2026-03-01T02:30:00.250Z"))
        #expect(line["level"] == .string("warning"))
        #expect(line["message"] == .string("two\nlines \"quoted\""))
        #expect(line["invocation_id"] == .string("0d0c4f3e"))
        #expect(line["n"] == .string("3"))
        #expect(line["list"] == .array([.string("a"), .string("b")]))
        #expect(line["map"] == .object(["k": .string("v")]))
    }

    @Test("metadata cannot replace the line's own members, and nothing starts a line the host takes for its own")
    func reserved() throws {
        let lines = Lines()
        logger(lines).info(
            "LanguageWorkerConsoleLog hello",
            metadata: ["level": "fake", "time": "fake", "message": "fake"]
        )
        let line = try JSONParser.parse(try #require(lines.all.first))
        #expect(line["level"] == .string("info"))
        #expect(line["message"] == .string("LanguageWorkerConsoleLog hello"))
    }

    @Test("secrets are masked wherever they appear")
    func secrets() throws {
        let lines = Lines()
        let redaction = Redaction(secrets: ["0123456789abcdef", "abc"])
        logger(lines, redaction: redaction).error(
            "key 0123456789abcdef at postgresql://shop:pa:ss@db:5432/x?y=1",
            metadata: ["ADMIN_API_KEY": "visible", "nested": ["password": "visible"], "uri": "http://u:visible@h/"]
        )
        let text = String(decoding: try #require(lines.all.first), as: UTF8.self)
        for secret in ["0123456789abcdef", "pa:ss", "visible"] { #expect(!text.contains(secret)) }
        #expect(text.contains("postgresql://shop:[redacted]@db:5432/x?y=1"))
    }

    @Test("lines written at once from many tasks stay whole")
    func atomicity() async throws {
        var ends: [Int32] = [0, 0]
        // Closed on exec: a server that another test starts would keep it open, and its end would never come.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        let stream = StandardStream(descriptor: writing)
        let handle = FileHandle(fileDescriptor: reading, closeOnDealloc: true)
        // A thread of its own: writers that wait for the pipe may hold every thread of the cooperative pool.
        let (received, continuation) = AsyncStream.makeStream(of: Data.self)
        Thread.detachNewThread {
            continuation.yield((try? handle.readToEnd()) ?? Data())
            continuation.finish()
        }
        // Longer than what one write takes when the other side is slow.
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<120 {
                group.addTask {
                    stream.writeLine(Array(repeating: UInt8(ascii: "a") + UInt8(index % 26), count: 6_000))
                }
            }
        }
        close(writing)
        var iterator = received.makeAsyncIterator()
        let lines = try #require(await iterator.next()).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 120)
        #expect(lines.allSatisfy { Set($0).count == 1 && $0.count == 6_000 })
    }
}
