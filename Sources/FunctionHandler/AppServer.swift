import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The HTTP server around a responder: Hummingbird's accept loop and orderly end, our connections, loopback only.
enum AppServer {
    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - onServerRunning: gets the listening channel, which knows the port.
    static func service(
        _ responder: AppResponder,
        port: Int,
        bodyLimit: Int,
        bodyTimeout: Duration = ServerLimits.bodyTimeout,
        logger: Logger,
        onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
    ) -> any Service {
        AppChannel(
            responder: responder,
            bodyLimit: max(bodyLimit, ServerLimits.invocationBytes),
            bodyTimeout: bodyTimeout
        ).server(
            // The host always calls 127.0.0.1, and nobody else should reach us without it.
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port), backlog: 1_024),
            onServerRunning: onServerRunning,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
    }
}
