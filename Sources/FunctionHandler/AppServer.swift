import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP server around a responder: loopback only, our limits, our connection handling.
enum AppServer {
    static func application(
        _ responder: AppResponder,
        port: Int,
        logger: Logger,
        services: [any Service] = [],
        onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
    ) -> Application<AppResponder> {
        Application(
            responder: responder,
            server: HTTPServerBuilder { PinnedHTTP1Channel(responder: $0) },
            // The host always calls 127.0.0.1, and nobody else should reach us without it.
            configuration: .init(address: .hostname("127.0.0.1", port: port), backlog: 1_024),
            services: services,
            onServerRunning: onServerRunning,
            logger: logger
        )
    }
}
