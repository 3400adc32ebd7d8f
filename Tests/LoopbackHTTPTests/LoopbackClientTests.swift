import HTTPTypes
import LoopbackHTTP
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

/// A server that answers every request head with the bytes it is told, and counts.
private final class RawServer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What to do for the request of this number (from 0).
    enum Step: Sendable {
        case answer(String)
        case answerAndClose(String)
        case close
        case nothing
    }

    private struct Counts {
        var connections = 0
        var requests: [String] = []
    }

    private let counts = Mutex(Counts())
    private let steps: @Sendable (Int) -> Step

    private init(_ steps: @escaping @Sendable (Int) -> Step) { self.steps = steps }

    var connections: Int { counts.withLock { $0.connections } }
    var requests: [String] { counts.withLock { $0.requests } }

    static func with(
        _ steps: @escaping @Sendable (Int) -> Step,
        _ body: (RawServer, Int) async throws -> Void
    ) async throws {
        let server = RawServer(steps)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in channel.pipeline.addHandler(server) }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        do {
            try await body(server, port)
        } catch {
            try? await channel.close()
            throw error
        }
        try await channel.close()
    }

    func channelActive(context: ChannelHandlerContext) { counts.withLock { $0.connections += 1 } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data))
        // Requests of these tests fit in one read; what follows a head is its body.
        guard text.contains(" HTTP/1.1\r\n") else { return }
        let number = counts.withLock { counts in
            counts.requests.append(text)
            return counts.requests.count - 1
        }
        switch steps(number) {
        case .answer(let text):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        case .answerAndClose(let text):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            context.close(promise: nil)
        case .close: context.close(promise: nil)
        case .nothing: break
        }
    }
}

@Suite("The loopback client")
struct LoopbackClientTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private func request(_ method: HTTPRequest.Method = .get, _ path: String = "/x") -> HTTPRequest {
        HTTPRequest(method: method, scheme: "http", authority: nil, path: path)
    }

    private func get(_ client: LoopbackClient, _ port: Int, body: LoopbackClient.Body = .none) async throws -> String {
        let method: HTTPRequest.Method = body.isEmpty ? .get : .post
        let (_, bytes) = try await client.collect(request(method), port: port, body: body)
        return String(buffer: bytes)
    }

    @Test("a connection is used again, and Host is the server's address")
    func reuse() async throws {
        try await RawServer.with({ _ in .answer(Self.ok) }) { (server, port) async throws in
            let client = LoopbackClient()
            for _ in 0..<5 { #expect(try await get(client, port) == "ok") }
            #expect(server.connections == 1 && server.requests.count == 5)
            #expect(server.requests.allSatisfy { $0.contains("Host: 127.0.0.1:\(port)\r\n") })
        }
    }

    @Test(
        "an answer that ends the connection is the last one on it",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\n\r\nok",
        ]
    )
    func notReused(_ answer: String) async throws {
        try await RawServer.with({ _ in .answerAndClose(answer) }) { (server, port) async throws in
            let client = LoopbackClient()
            for _ in 0..<3 { #expect(try await get(client, port) == "ok") }
            #expect(server.connections == 3 && server.requests.count == 3)
        }
    }

    @Test("a kept connection that the server closes is replaced, for a request without a body only")
    func staleConnection() async throws {
        for body in [LoopbackClient.Body.none, .bytes(ByteBuffer(string: "b"))] {
            try await RawServer.with({ $0 == 1 ? .close : .answer(Self.ok) }) { (server, port) async throws in
                let client = LoopbackClient()
                #expect(try await get(client, port) == "ok")
                if body.isEmpty {
                    #expect(try await get(client, port) == "ok")
                    #expect(server.connections == 2 && server.requests.count == 3)
                } else {
                    await #expect(throws: LoopbackError.closed) { try await get(client, port, body: body) }
                    #expect(server.connections == 1 && server.requests.count == 2)
                }
            }
        }
    }

    @Test("a new connection that ends without an answer is an error, and nothing is sent again")
    func noAnswer() async throws {
        try await RawServer.with({ _ in .close }) { (server, port) async throws in
            await #expect(throws: LoopbackError.closed) { try await get(LoopbackClient(), port) }
            #expect(server.requests.count == 1)
        }
    }

    @Test("a body that ends before its Content-Length, and bytes that are no HTTP, are errors")
    func brokenAnswers() async throws {
        let answers = ["HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok", "hello\r\n\r\n"]
        try await RawServer.with({ .answerAndClose(answers[$0]) }) { _, port in
            await #expect(throws: LoopbackError.closed) { try await get(LoopbackClient(), port) }
            let error = await #expect(throws: LoopbackError.self) { try await get(LoopbackClient(), port) }
            guard case .malformed = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("nobody listens: no connection")
    func refused() async throws {
        let closed = Mutex(0)
        try await RawServer.with({ _ in .close }) { _, port in closed.withLock { $0 = port } }
        let error = await #expect(throws: LoopbackError.self) {
            try await get(LoopbackClient(), closed.withLock { $0 })
        }
        guard case .notConnected = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("a silent server ends the call at the inactivity limit; a cancelled call ends at once")
    func silence() async throws {
        try await RawServer.with({ _ in .nothing }) { (server, port) async throws in
            let impatient = LoopbackClient(inactivityLimit: .milliseconds(50))
            await #expect(throws: LoopbackError.inactive) { try await get(impatient, port) }
            let call = Task { try await get(LoopbackClient(), port) }
            try await eventually("the second request has arrived") { server.requests.count == 2 }
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
        }
    }

    @Test("a streamed body of another length than announced fails the call")
    func wrongLength() async throws {
        try await RawServer.with({ _ in .nothing }) { _, port in
            let short = LoopbackClient.Body.stream(length: 10) { try await $0(ByteBuffer(string: "four")) }
            await #expect(throws: LoopbackError.closed) { try await get(LoopbackClient(), port, body: short) }
        }
    }

    @Test("the error of a body's source is the call's error")
    func failingSource() async throws {
        struct SourceFailed: Error {}
        try await RawServer.with({ _ in .nothing }) { _, port in
            let failing = LoopbackClient.Body.stream(length: nil) { _ in throw SourceFailed() }
            await #expect(throws: SourceFailed.self) { try await get(LoopbackClient(), port, body: failing) }
        }
    }

    @Test("an answer longer than the limit is refused")
    func limit() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlong"
        try await RawServer.with({ _ in .answer(answer) }) { _, port in
            await #expect(throws: LoopbackError.bodyTooLarge(limit: 3)) {
                try await LoopbackClient().collect(request(), port: port, limit: 3)
            }
        }
    }

    @Test("calls at once have a connection each")
    func parallel() async throws {
        try await RawServer.with({ _ in .answer(Self.ok) }) { (server, port) async throws in
            let client = LoopbackClient()
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<50 { group.addTask { try await get(client, port) } }
                for try await body in group { #expect(body == "ok") }
            }
            #expect(server.requests.count == 50 && server.connections <= 50)
        }
    }
}
