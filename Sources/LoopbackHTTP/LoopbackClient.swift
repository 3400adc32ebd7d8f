package import HTTPTypes
package import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOPosix
import Synchronization

/// A client for HTTP/1.1 servers on 127.0.0.1: clear text, no redirects, no decompression, no limit on parallel calls.
///
/// Connections stay open between calls. Bodies are streamed both ways; a server may answer while it is still being sent to,
/// and what it has not taken by the end of its answer is not sent.
package final class LoopbackClient: Sendable {
    /// A request's body. Its framing headers follow from it; those of the request are replaced.
    package enum Body: Sendable {
        case none
        /// Sent with Content-Length.
        case bytes(ByteBuffer)
        /// Sent with Content-Length, or chunked when `length` is nil. The closure passes on one piece after another; `write`
        /// returns when the socket has taken the piece. Pieces of another total than `length` fail the call.
        case stream(
            length: Int?,
            @Sendable (_ write: @Sendable (ByteBuffer) async throws -> Void) async throws -> Void
        )
    }

    /// An open connection younger than this is used again. Servers keep theirs longer; ours does so for two minutes.
    private static let idleLimit: Duration = .seconds(30)
    /// The most idle connections for each port.
    private static let idleCount = 256
    /// How long a body's source may take to notice, after the answer, that nobody takes its pieces any more.
    private static let uploadGrace: Duration = .seconds(5)

    private struct Idle {
        let connection: ClientConnection
        let since: ContinuousClock.Instant
    }

    private let inactivityLimit: Duration?
    private let idle = Mutex<(byPort: [Int: [Idle]], isShutDown: Bool)>(([:], false))

    /// - Parameter inactivityLimit: a call fails when no byte passes in either direction for this long; nil = no limit.
    package init(inactivityLimit: Duration? = nil) {
        self.inactivityLimit = inactivityLimit
    }

    /// Closes the idle connections; those in use close when their call ends.
    package func shutdown() {
        let connections = idle.withLock { idle in
            defer { idle = ([:], true) }
            return idle.byPort.values.joined().map(\.connection)
        }
        for connection in connections { connection.close() }
    }

    /// Sends a request and passes the answer's head and body to `consume`; the exchange ends when that returns.
    ///
    /// When an idle connection turns out to be closed, a request without a body is sent again on a new one.
    ///
    /// - Parameter request: `path` is what goes on the wire; without `authority`, Host is `127.0.0.1:port`.
    /// - Throws: `LoopbackError`, `CancellationError`, or the error of `consume` or of the body's source.
    package func send<Result: Sendable>(
        _ request: HTTPRequest,
        port: Int,
        body: Body = .none,
        _ consume: (HTTPResponse, ResponseBody) async throws -> Result
    ) async throws -> Result {
        let head = try Self.head(request, port: port, body)
        if let connection = idleConnection(to: port) {
            var isAnswered = false
            do {
                return try await exchange(head, body, port: port, on: connection) { response, body in
                    isAnswered = true
                    return try await consume(response, body)
                }
            } catch LoopbackError.closed where !isAnswered && body.isEmpty {
                // It was closed while it was idle.
            }
        }
        let connection = try await ClientConnection.open(to: port, inactivityLimit: inactivityLimit)
        return try await exchange(head, body, port: port, on: connection, consume)
    }

    /// Sends a request and collects the answer's body.
    ///
    /// - Throws: as `send`; `LoopbackError.bodyTooLarge` past `limit` bytes.
    package func collect(
        _ request: HTTPRequest,
        port: Int,
        body: Body = .none,
        limit: Int = 1 << 31
    ) async throws -> (HTTPResponse, ByteBuffer) {
        try await send(request, port: port, body: body) { ($0, try await $1.collect(limit: limit)) }
    }

    private func exchange<Result: Sendable>(
        _ head: HTTPRequestHead,
        _ body: Body,
        port: Int,
        on connection: ClientConnection,
        _ consume: (HTTPResponse, ResponseBody) async throws -> Result
    ) async throws -> Result {
        let (result, isReusable) = await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group -> (Swift.Result<Result, any Error>, Bool) in
                defer { group.cancelAll() }
                connection.write(head)
                switch body {
                case .none: connection.finish(with: nil)
                case .bytes(let bytes): connection.finish(with: bytes)
                case .stream(let length, let source):
                    group.addTask { await connection.upload(length: length, source) }
                }
                let result: Swift.Result<Result, any Error>
                do {
                    let response = try await connection.responseHead()
                    result = .success(try await consume(response, ResponseBody(messages: connection.messages)))
                    if await connection.isReusable() { return (result, true) }
                } catch {
                    result = .failure(error)
                }
                connection.close()
                guard case .stream = body else { return (result, false) }
                // The upload fails at its next piece; a source that waits for one is cancelled after a while.
                group.addTask { try? await Task.sleep(for: Self.uploadGrace) }
                await group.next()
                return (result, false)
            }
        } onCancel: {
            connection.close()
        }
        if isReusable { keep(connection, port: port) }
        if case .failure = result, Task.isCancelled { throw CancellationError() }
        return try result.get()
    }

    private static func head(_ request: HTTPRequest, port: Int, _ body: Body) throws -> HTTPRequestHead {
        var request = request
        request.authority = request.authority ?? "127.0.0.1:\(port)"
        request.headerFields[.contentLength] = nil
        request.headerFields[.transferEncoding] = nil
        switch body {
        case .none where [.post, .put, .patch].contains(request.method): request.headerFields[.contentLength] = "0"
        case .none: break
        case .bytes(let bytes): request.headerFields[.contentLength] = String(bytes.readableBytes)
        case .stream(let length?, _): request.headerFields[.contentLength] = String(length)
        case .stream(nil, _): request.headerFields[.transferEncoding] = "chunked"
        }
        return try HTTPRequestHead(request)
    }

    // MARK: Idle connections

    /// The one that was used last: the others are closed by age first.
    private func idleConnection(to port: Int) -> ClientConnection? {
        let now = ContinuousClock.now
        return idle.withLock { idle in
            while let last = idle.byPort[port]?.popLast() {
                if last.connection.channel.isActive, now - last.since < Self.idleLimit { return last.connection }
                last.connection.close()
            }
            return nil
        }
    }

    private func keep(_ connection: ClientConnection, port: Int) {
        let surplus: ClientConnection? = idle.withLock { idle in
            guard !idle.isShutDown else { return connection }
            idle.byPort[port, default: []].append(Idle(connection: connection, since: .now))
            guard let connections = idle.byPort[port], connections.count > Self.idleCount else { return nil }
            return idle.byPort[port]?.removeFirst().connection
        }
        surplus?.close()
    }
}

extension LoopbackClient {
    /// An answer's body, in the pieces in which it comes. One reader; only within the call that gave it.
    package struct ResponseBody: Sendable {
        fileprivate let messages: MessageStream<HTTPResponseHead>

        /// nil at the end.
        ///
        /// - Throws: `LoopbackError.closed` when the connection ends before the body does.
        package func next() async throws -> ByteBuffer? {
            do { return try await messages.nextBodyPiece() } catch { throw LoopbackError(transport: error) ?? error }
        }

        /// - Throws: `LoopbackError.bodyTooLarge` past `limit` bytes.
        package func collect(limit: Int) async throws -> ByteBuffer {
            var body = ByteBuffer()
            while var piece = try await next() {
                body.writeBuffer(&piece)
                guard body.readableBytes <= limit else { throw LoopbackError.bodyTooLarge(limit: limit) }
            }
            return body
        }
    }
}

extension LoopbackClient.Body {
    /// Whether the request carries no body at all, so that sending it again repeats nothing.
    package var isEmpty: Bool { if case .none = self { true } else { false } }
}

/// One connection, for one exchange at a time.
private final class ClientConnection: Sendable {
    let messages: MessageStream<HTTPResponseHead>
    private let isRequestSent = Atomic<Bool>(false)
    private let isKeptAlive = Atomic<Bool>(false)

    var channel: any Channel { messages.channel }

    init(_ messages: MessageStream<HTTPResponseHead>) { self.messages = messages }

    /// - Throws: `LoopbackError.notConnected`.
    static func open(to port: Int, inactivityLimit: Duration?) async throws -> ClientConnection {
        do {
            return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(5))
                .channelOption(.autoRead, value: false)
                .connect(to: SocketAddress(ipAddress: "127.0.0.1", port: port)) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        if let inactivityLimit {
                            let handler = IdleStateHandler(allTimeout: TimeAmount(inactivityLimit))
                            try channel.pipeline.syncOperations.addHandler(handler)
                        }
                        return ClientConnection(try MessageStream(addingReaderTo: channel))
                    }
                }
        } catch let error as IOError {
            throw LoopbackError.notConnected(reason: String(describing: error))
        } catch let error as ChannelError {
            throw LoopbackError.notConnected(reason: String(describing: error))
        }
    }

    func close() { channel.close(promise: nil) }

    func write(_ head: HTTPRequestHead) {
        isRequestSent.store(false, ordering: .relaxed)
        channel.writeAndFlush(HTTPClientRequestPart.head(head), promise: nil)
    }

    /// Sends what is left of the body, and its end, without waiting: a write that fails closes the channel, which shows
    /// where the answer is read.
    func finish(with bytes: ByteBuffer?) {
        if let bytes { channel.write(HTTPClientRequestPart.body(.byteBuffer(bytes)), promise: nil) }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil)).whenSuccess { [self] in
            isRequestSent.store(true, ordering: .releasing)
        }
    }

    /// Sends a streamed body. That the server takes no more of it is no failure: its answer decides. A source that fails,
    /// or gives another length than announced, fails the exchange.
    func upload(
        length: Int?,
        _ source: @Sendable (@Sendable (ByteBuffer) async throws -> Void) async throws -> Void
    ) async {
        struct NotTaken: Error {}
        let sent = Atomic<Int>(0)
        do {
            try await source { piece in
                sent.add(piece.readableBytes, ordering: .relaxed)
                do {
                    try await channel.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(piece)))
                } catch {
                    throw NotTaken()
                }
            }
            if let length, sent.load(ordering: .relaxed) != length { throw LoopbackError.closed }
            finish(with: nil)
        } catch is NotTaken {
        } catch {
            messages.fail(error)
            close()
        }
    }

    /// - Throws: `LoopbackError.closed` when the connection ends without an answer.
    func responseHead() async throws -> HTTPResponse {
        do {
            guard let part = try await messages.next() else { throw LoopbackError.closed }
            guard case .head(let head) = part else { throw LoopbackError.malformed(reason: "a body without a head") }
            isKeptAlive.store(head.isKeepAlive, ordering: .relaxed)
            return try HTTPResponse(head)
        } catch {
            throw LoopbackError(transport: error) ?? error
        }
    }

    /// Whether request and answer are complete and both sides keep the connection.
    func isReusable() async -> Bool {
        let answer = channel.eventLoop.submit { [self] in
            isRequestSent.load(ordering: .acquiring) && isKeptAlive.load(ordering: .relaxed) && messages.isAtRest()
        }
        return (try? await answer.get()) ?? false
    }
}

extension LoopbackError {
    /// The error for a failure of the socket or the decoder; nil for any other.
    fileprivate init?(transport error: any Error) {
        switch error {
        case let error as LoopbackError: self = error
        case HTTPParserError.invalidEOFState: self = .closed
        case let error as HTTPParserError: self = .malformed(reason: String(describing: error))
        case is IOError, is ChannelError: self = .closed
        default: return nil
        }
    }
}
