import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A TCP server on loopback that answers with whatever bytes a test wants, and keeps what it got.
final class RawServer: Sendable {
    /// What to do with a request whose bytes are whole (head and body by Content-Length).
    enum Reply: Sendable {
        case bytes(String)
        /// Piece after piece, each in a packet of its own.
        case pieces([String])
        case thenClose(String)
        case silence
        case close
    }

    private struct State {
        var requests: [String] = []
        var connections = 0
        var port = 0
    }

    private let state = Mutex(State())
    private let answer: @Sendable (_ request: String, _ number: Int) -> Reply

    init(_ answer: @escaping @Sendable (String, Int) -> Reply) { self.answer = answer }

    var requests: [String] { state.withLock { $0.requests } }
    var connections: Int { state.withLock { $0.connections } }
    var url: String { "http://127.0.0.1:\(state.withLock { $0.port })" }

    static func with<T>(
        _ answer: @escaping @Sendable (_ request: String, _ number: Int) -> Reply,
        _ body: (RawServer) async throws -> T
    ) async throws -> T {
        let server = RawServer(answer)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                server.state.withLock { $0.connections += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RequestHandler(server: server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.state.withLock { $0.port = channel.localAddress?.port ?? 0 }
        do {
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    static func ok(_ body: String, _ headers: String = "") -> Reply {
        .bytes("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }

    fileprivate func reply(to request: String) -> Reply {
        let number = state.withLock { state in
            state.requests.append(request)
            return state.requests.count
        }
        return answer(request, number)
    }

    private final class RequestHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let server: RawServer
        private var pending: [UInt8] = []

        init(server: RawServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            pending += Array(unwrapInboundIn(data).readableBytesView)
            while let request = nextRequest() {
                switch server.reply(to: request) {
                case .bytes(let text): write(text, context)
                case .pieces(let texts):
                    for text in texts { write(text, context) }
                case .thenClose(let text):
                    write(text, context)
                    context.close(promise: nil)
                case .silence: return
                case .close: context.close(promise: nil)
                }
            }
        }

        private func write(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }

        private func nextRequest() -> String? {
            let text = String(decoding: pending, as: UTF8.self)
            guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
            let head = text[..<end.upperBound]
            let length =
                head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) } ?? 0
            let whole = head.utf8.count + length
            guard pending.count >= whole else { return nil }
            let request = String(decoding: pending[..<whole], as: UTF8.self)
            pending.removeFirst(whole)
            return request
        }
    }
}
