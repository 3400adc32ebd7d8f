import Composition
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The HTTP server: accepts connections on the loopback interface and, on shutdown, ends each after what it has received.
///
/// A request is answered on the event loop that read it. An HTTP framework's own channel hands every part of a request and
/// a response through an asynchronous stream; for a request that is one short read from the database that costs more than
/// the request itself.
struct HTTPServer: Service {
    let responder: AppResponder
    /// 0 lets the system choose.
    let port: Int
    var limits = ConnectionLimits()
    let logger: Logger
    /// Gets the listening channel, which knows the port.
    var onListening: @Sendable (any Channel) -> Void = { _ in }

    func run() async throws {
        let logger = logger
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // Bounds the requests that a pipelining client makes us queue: those of one read.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2_048, maximum: 16_384)
            )
            // The host always calls 127.0.0.1, and nobody else should reach us without it.
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try configure(channel)
                    return channel
                }
            }
        onListening(listener.channel)
        try await withGracefulShutdownHandler {
            try await listener.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections { group.addTask { await Self.wait(for: connection) } }
                }
            }
        } onGracefulShutdown: {
            listener.channel.close(promise: nil)
        }
    }

    /// Runs a closure after the event loop of this thread has handled the events that it has; at once on other threads.
    @Sendable
    static func afterCurrentEvents(_ work: @escaping @Sendable () -> Void) {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else { return work() }
        loop.execute(work)
    }

    private func configure(_ channel: any Channel) throws {
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = ServerLimits.headerFieldBytes
        decoderLimits.maxHeaderListSize = ServerLimits.headerListBytes
        decoderLimits.maxHeaderFieldCount = ServerLimits.headerCount
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoderLimits)
        try channel.pipeline.syncOperations.addHandlers([
            ByteToMessageHandler(decoder),
            HTTPConnection(responder: responder, limits: limits, eventLoop: channel.eventLoop),
        ])
    }

    /// The connection works by itself; here it is told of shutdown and waited for.
    private static func wait(for connection: any Channel) async {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                try? await connection.closeFuture.get()
            } onGracefulShutdown: {
                connection.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            }
        } onCancel: {
            connection.close(promise: nil)
        }
    }
}

/// Stops accepting for a moment when a connection cannot be accepted. The listening socket stays readable while clients
/// wait, so without a pause the event loop would try again at once, for as long as the process has no free file descriptor.
/// New clients wait in the backlog.
///
/// Holding back `read` is not enough: the socket stays registered until a read succeeds. Switching automatic reads off
/// ends the registration.
private final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let length = TimeAmount.milliseconds(500)
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.warning("connection not accepted", metadata: [LogField.error: "\(error)"])
        setAutoRead(false, context)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.length) { self.setAutoRead(true, context) }
    }

    private func setAutoRead(_ isOn: Bool, _ context: ChannelHandlerContext) {
        // Fails when the channel is closed: then nothing is accepted anyway.
        try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}
