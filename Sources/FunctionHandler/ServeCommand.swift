import ArgumentParser
import Composition
import Glibc
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// Serves the Functions host; what the binary does without arguments.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the Functions host on 127.0.0.1 (the default).",
        discussion: """
            Listens on FUNCTIONS_CUSTOMHANDLER_PORT, which the host sets, or on 8080. A bad setting does not end the \
            process, because three exits stop the host: every request is then answered 503 naming the setting.
            """
    )

    @Option(help: "Port to listen on instead of FUNCTIONS_CUSTOMHANDLER_PORT.")
    var port: Int?

    func run() async throws {
        let (config, problems) = AppConfig.loadFromProcess(port: port)
        let (level, redaction) = (config.logLevel, config.redaction)
        LoggingSystem.bootstrap { label in JSONLogHandler(label: label, logLevel: level, redaction: redaction) }
        let logger = Logger(label: "handler")
        for problem in problems {
            logger.error(
                "bad setting",
                metadata: [LogField.setting: "\(problem.name)", LogField.error: "\(problem.remedy)"]
            )
        }
        let app = buildApp(config, problems: problems, logger: logger)
        var server = HTTPServer(responder: app.responder, port: config.port, logger: logger) { channel in
            logger.info("listening", metadata: ["port": "\(channel.localAddress?.port ?? config.port)"])
        }
        server.limits.bodyBytes = max(config.requestBodyLimit, ServerLimits.invocationBytes)
        let limit = ShutdownLimit()
        var group = ServiceGroupConfiguration(
            services: (app.services + [server, limit]).map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Self.serverLogger(config)
        )
        group.maximumGracefulShutdownDuration = ServerLimits.shutdownGrace
        let services = ServiceGroup(configuration: group)
        try await limit.enforce(ServerLimits.shutdownGrace * 2) {
            do {
                try await services.run()
            } catch let error as IOError where error.errnoCode == EADDRINUSE {
                throw PortInUse(port: config.port)
            }
        }
    }

    /// The server's own lines at info only repeat ours.
    private static func serverLogger(_ config: AppConfig) -> Logger {
        var logger = Logger(label: "server")
        logger.logLevel = config.logLevel <= .debug ? config.logLevel : max(config.logLevel, .notice)
        return logger
    }
}

/// Two handlers on one port: the second one says so and ends.
struct PortInUse: Error, CustomStringConvertible {
    let port: Int

    var description: String { "port \(port) is in use; stop what listens there or choose another with --port" }
}
