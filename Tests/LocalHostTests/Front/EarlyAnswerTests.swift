import Foundation
import HTTPTypes
import LoopbackHTTP
import NIOCore
import Synchronization
import TestSupport
import Testing
import TextFormats
import Threading

@testable import LocalHost

/// Answers that come before the request's body was read, against the built program: two readers of one body ended it by
/// SIGILL.
@Suite("Early answers")
struct EarlyAnswerTests {
    private func withProgram(
        _ mode: HTTPForwarder.Mode,
        settings: String = "",
        _ body: (Program, RunningHost, TemporaryFolder) async throws -> Void
    ) async throws {
        let folder = try ScriptedHandler.app(settings: settings)
        let program = try await Program.start(folder, arguments: ["--http-mode", mode.rawValue])
        try await program.waitUntilReady()
        try await body(program, try program.host(), folder)
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("early"))
        try await program.host().expect(200, .get, "/api/x")
        #expect(program.status == nil, "\(program.lines.all.suffix(20))")
    }

    /// The answer's status; nil when the connection was closed without one.
    private func upload(_ host: RunningHost, bytes: Int = 5_000_000, isChunked: Bool = false) async throws -> Int? {
        let body = ByteBuffer(repeating: 65, count: bytes)
        do {
            let kind: LoopbackClient.Body = isChunked ? .pieces([body]) : .bytes(body)
            return try await host.send(.post, "/api/interactions", body: kind).status
        } catch LoopbackError.closed {
            return nil
        }
    }

    @Test(
        "a handler that answers before it reads a large body: the caller gets the answer or a closed connection",
        arguments: HTTPForwarder.Mode.allCases,
        ["close", "linger", "stay"]
    )
    func earlyAnswer(_ mode: HTTPForwarder.Mode, _ end: String) async throws {
        try await withProgram(mode) { program, host, folder in
            for (round, status) in [413, 405, 413, 401, 503, 200].enumerated() {
                try ScriptedHandler.answerEarly(status, end, in: folder)
                let seen = try await upload(host, isChunked: round == 2)
                // A handler that closes with unread bytes resets its connection; the host may see no answer then.
                let expected: Set<Int?> = end == "close" ? [status, 500, nil] : [status]
                #expect(expected.contains(seen), "\(status) in round \(round)")
                #expect(program.status == nil)
            }
        }
    }

    @Test("many callers at once are answered early", arguments: HTTPForwarder.Mode.allCases)
    func manyEarlyAnswers(_ mode: HTTPForwarder.Mode) async throws {
        try await withProgram(mode) { program, host, folder in
            try ScriptedHandler.answerEarly(413, "linger", in: folder)
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<16 { group.addTask { try await upload(host) } }
                for try await status in group { #expect(status == 413) }
            }
        }
    }

    @Test("a body over the host's own limit is 413 and read no further", arguments: HTTPForwarder.Mode.allCases)
    func overTheLimit(_ mode: HTTPForwarder.Mode) async throws {
        try await withProgram(mode, settings: #","FUNCTIONS_REQUEST_BODY_SIZE_LIMIT":"1000000""#) { _, host, folder in
            try ScriptedHandler.answerEarly(405, "stay", in: folder)
            for _ in 0..<3 { #expect(try await upload(host) == 413) }
            #expect(ScriptedHandler.calls(in: folder).isEmpty)
        }
    }

    @Test("a method or path that no function has, with a large body, is 404", arguments: HTTPForwarder.Mode.allCases)
    func noFunction(_ mode: HTTPForwarder.Mode) async throws {
        try await withProgram(mode) { _, host, folder in
            try ScriptedHandler.answerEarly(200, "close", in: folder)
            let body = LoopbackClient.Body.bytes(ByteBuffer(repeating: 65, count: 5_000_000))
            for _ in 0..<3 {
                #expect(try await host.send(.put, "/other", body: body).status == 404)
                #expect(try await host.send(.put, "/admin/functions/Tick", body: body).status == 405)
            }
        }
    }

    @Test("a caller that stops sending gets the early answer and is cut off", arguments: HTTPForwarder.Mode.allCases)
    func stalledCaller(_ mode: HTTPForwarder.Mode) async throws {
        try await withProgram(mode) { _, host, folder in
            try ScriptedHandler.answerEarly(413, "linger", in: folder)
            let head = "POST /api/interactions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n"
            let answer = try await offPool { try sendAndReadToEnd(head + "half of it", port: host.port) }
            #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.hasSuffix("{}"), "\(answer)")
        }
    }

    /// Sends bytes and nothing more; returns what came until the server closed, at most half a minute.
    private func sendAndReadToEnd(_ text: String, port: Int) throws -> String {
        struct Failed: Error { let call: String, code: Int32 }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failed(call: "connect", code: errno) }
        guard send(descriptor, text, text.utf8.count, 0) == text.utf8.count else {
            throw Failed(call: "send", code: errno)
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw Failed(call: "recv", code: errno) }
            guard count > 0 else { return String(decoding: received, as: UTF8.self) }
            received += buffer[..<count]
        }
    }

    @Test("a caller that goes away within its body ends its call alone", arguments: HTTPForwarder.Mode.allCases)
    func vanishingCaller(_ mode: HTTPForwarder.Mode) async throws {
        struct Gone: Error {}
        try await withProgram(mode) { _, host, folder in
            try ScriptedHandler.answerEarly(413, "stay", in: folder)
            for _ in 0..<5 {
                let client = LoopbackClient()
                // The answer may arrive before the caller goes away.
                _ = try? await client.collect(
                    RunningHost.request(.post, "/api/interactions"),
                    port: host.port,
                    body: .stream(length: 5_000_000) { write in
                        try await write(ByteBuffer(repeating: 65, count: 100_000))
                        throw Gone()
                    }
                )
            }
        }
    }

    @Test("a handler that answers while it still reads gets the whole body")
    func answerWhileReading() async throws {
        try await withHost(
            try .app(),
            answer: { request in FakeHandler.json(#"{"bytes":\#(request.body.utf8.count)}"#) }
        ) { host, _ in
            let reply = try await host.send(
                .post,
                "/api/x",
                headers: ["Expect": "100-continue"],
                body: .bytes(ByteBuffer(repeating: 65, count: 3_000_000))
            )
            #expect(reply.json["bytes"] == 3_000_000)
        }
    }
}

@Suite("Sending again")
struct ResendTests {
    @Test(
        "a call without a body goes again after each broken connection, with the same invocation id",
        arguments: [1, 3, 9]
    )
    func resent(_ broken: Int) async throws {
        let folder = try ScriptedHandler.app()
        try await RunningHost.with(folder) { host in
            try await host.waitUntilReady()
            try ScriptedHandler.next("drop:\(broken)", in: folder)
            try await host.expect(200, .post, "/api/batch/trigger")
            let calls = ScriptedHandler.calls(in: folder)
            #expect(calls.count == broken + 1 && Set(calls).count == 1, "\(calls)")
        }
    }

    @Test("after ten attempts it is 500")
    func attempts() async throws {
        let folder = try ScriptedHandler.app()
        try await RunningHost.with(folder) { host in
            try await host.waitUntilReady()
            try ScriptedHandler.next("drop:99", in: folder)
            let reply = try await host.send(.get, "/api/x")
            #expect(reply.status == 500 && reply.body.isEmpty)
            #expect(ScriptedHandler.calls(in: folder).count == 10)
        }
    }

    @Test("a call whose body was begun is not sent again, nor is one that is forwarded or an invocation")
    func notResent() async throws {
        let folder = try ScriptedHandler.app()
        for mode in HTTPForwarder.Mode.allCases {
            try await RunningHost.with(folder, change: { $0.httpMode = mode }) { host in
                try await host.waitUntilReady()
                let before = ScriptedHandler.calls(in: folder).count
                try ScriptedHandler.next("drop:1", in: folder)
                try await host.expect(500, .post, "/api/x", body: .text("{}"))
                try ScriptedHandler.next("drop:1", in: folder)
                #expect(try await host.invoke("Tick")["succeeded"] == false)
                let after = ScriptedHandler.calls(in: folder).count
                #expect(after == before + 2)
                guard mode == .forwarding else { return }
                try ScriptedHandler.next("drop:1", in: folder)
                try await host.expect(500, .get, "/api/x")
                #expect(ScriptedHandler.calls(in: folder).count == after + 1)
            }
        }
    }
}
