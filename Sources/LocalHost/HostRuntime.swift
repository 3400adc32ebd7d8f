import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// Runs LocalHost from its start to its end.
struct HostRuntime: Sendable {
    let options: HostOptions
    let console: Console
    /// Told the port once the front listens.
    var onListening: @Sendable (Int) -> Void = { _ in }

    /// Runs until a signal, cancellation or the handler's third strike.
    ///
    /// - Throws: `HostFailure` with the exit code to use.
    func run() async throws {
        let logger = ConsoleLogHandler.logger(console, verbose: options.isVerbose)
        let app = try HostApp.load(options, logger: logger)
        let port = options.port ?? app.settings.httpPort ?? HostOptions.defaultPort
        if port != 0, let errorNumber = LoopbackPort.obstacle(to: port) {
            throw HostFailure.cannotListen(on: port, errorNumber: errorNumber)
        }
        app.describe(logger)

        let parts = HostParts(options: options, app: app, console: console, logger: logger)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await serve(parts, port: port))
        } catch let error as IOError where [EADDRINUSE, EACCES].contains(error.errnoCode) {
            outcome = .failure(HostFailure.cannotListen(on: port, errorNumber: error.errnoCode))
        } catch {
            outcome = .failure(error)
        }
        await parts.shutdownClients()
        try outcome.get()
    }

    private func serve(_ parts: HostParts, port: Int) async throws {
        let logger = parts.logger
        let server = Application(
            responder: try parts.front(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { channel in
                let bound = channel.localAddress?.port ?? port
                parts.origin.set(port: bound)
                logger.info("listening on http://127.0.0.1:\(bound)")
                onListening(bound)
                parts.startSignal.open()
            },
            logger: Self.quiet(logger)
        )
        if ChildProcess.deathSignalWrapper == nil {
            logger.warning("setpriv (util-linux) is missing: a LocalHost that is killed leaves its handler behind")
        }

        // Stopped from the last to the first: the handler's end ends the calls that the front still waits for.
        let services: [any Service] = [server, parts.manualRuns, parts.timerService(), try parts.handlerService()]
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) },
            logger: Self.quiet(logger)
        )
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        let group = ServiceGroup(configuration: configuration)

        let trap = options.handlesSignals ? SignalTrap() : nil
        defer { trap?.cancel() }
        try await withThrowingTaskGroup { tasks in
            if let signals = trap?.signals {
                tasks.addTask {
                    for await signal in signals {
                        logger.info("stopping (signal \(signal))")
                        await group.triggerGracefulShutdown()
                    }
                }
            }
            defer { tasks.cancelAll() }
            try await group.run()
        }
    }

    /// The libraries' own start-up and shutdown notes are noise beside ours.
    private static func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = .critical
        return quiet
    }
}
