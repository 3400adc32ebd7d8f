import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server on loopback that answers each request as a test says, and keeps what it got. Bodies in gzip are inflated.
package final class HTTPDouble: Sendable {
    package struct Received: Sendable {
        package var path: String
        /// Names in lower case.
        package var headers: [String: String]
        package var body: [UInt8]
        package var wasCompressed: Bool
    }

    package enum Reply: Sendable {
        case status(Int, headers: [String: String] = [:], body: String = "")
        /// The connection stays open and nothing is answered.
        case hold
        case close
    }

    private struct State {
        var received: [Received] = []
        var held = 0
        var port = 0
    }

    private let state = Mutex(State())
    private let answer: @Sendable (Received, _ number: Int) -> Reply

    private init(_ answer: @escaping @Sendable (Received, Int) -> Reply) { self.answer = answer }

    package var received: [Received] { state.withLock { $0.received } }
    /// Requests whose connection is still open without an answer.
    package var held: Int { state.withLock { $0.held } }
    package var port: Int { state.withLock { $0.port } }
    package var url: String { "http://127.0.0.1:\(port)" }

    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - answer: gets the request and how many there were, this one included.
    package static func with<T>(
        port: Int = 0,
        _ answer: @escaping @Sendable (_ request: Received, _ number: Int) -> Reply = { _, _ in .status(200) },
        _ body: (HTTPDouble) async throws -> T
    ) async throws -> T {
        let double = HTTPDouble(answer)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(double: double))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        double.state.withLock { $0.port = channel.localAddress?.port ?? 0 }
        do {
            let result = try await body(double)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    private func reply(to request: Received) -> Reply {
        let number = state.withLock { state in
            state.received.append(request)
            return state.received.count
        }
        return answer(request, number)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let double: HTTPDouble
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []
        private var isHeld = false

        init(double: HTTPDouble) { self.double = double }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (self.head, body) = (head, [])
            case .body(let buffer): body += Array(buffer.readableBytesView)
            case .end: answer(context)
            }
        }

        private func answer(_ context: ChannelHandlerContext) {
            guard let head else { return }
            var headers: [String: String] = [:]
            for (name, value) in head.headers { headers[name.lowercased()] = value }
            let isCompressed = headers["content-encoding"] == "gzip"
            let received = Received(
                path: head.uri,
                headers: headers,
                body: isCompressed ? Gunzip.bytes(body) ?? [] : body,
                wasCompressed: isCompressed
            )
            switch double.reply(to: received) {
            case .status(let code, let fields, let text):
                var headers = HTTPHeaders(fields.map { ($0.key, $0.value) })
                headers.replaceOrAdd(name: "Content-Length", value: String(text.utf8.count))
                let response = HTTPResponseHead(version: .http1_1, status: .init(statusCode: code), headers: headers)
                context.write(wrapOutboundOut(.head(response)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .hold:
                isHeld = true
                double.state.withLock { $0.held += 1 }
            case .close:
                context.close(promise: nil)
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            if isHeld { double.state.withLock { $0.held -= 1 } }
            context.fireChannelInactive()
        }
    }
}
