import Composition
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Stands in for the handler's own HTTP server in a benchmark: the same routes behind Hummingbird's, with its defaults.
struct HTTPServer: Service {
    let responder: AppResponder
    let port: Int
    var limits = ConnectionLimits()
    let logger: Logger
    var onListening: @Sendable (any Channel) -> Void = { _ in }

    func run() async throws {
        let (responder, limit, onListening) = (responder, limits.bodyBytes, onListening)
        let channel = HTTP1Channel { request, writer, _ in
            var request = request
            let body = try await request.collectBody(upTo: limit)
            let answer = await responder.answer(Request(head: request.head, body: body))
            let response = HummingbirdCore.Response(
                status: answer.status,
                headers: answer.headers,
                body: .init(byteBuffer: ByteBuffer(bytes: answer.body))
            )
            try await writer.write(response: response.head, body: response.body)
        }
        let server = HummingbirdCore.Server(
            childChannelSetup: channel,
            configuration: .init(address: .hostname("127.0.0.1", port: port), backlog: 1_024),
            onServerRunning: { onListening($0) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
        try await server.run()
    }

    /// No request is answered on the event loop's thread.
    @Sendable
    static func afterCurrentEvents(_ work: @escaping @Sendable () -> Void) { work() }
}
