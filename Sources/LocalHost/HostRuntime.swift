import Foundation
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Runs LocalHost from its start to its end.
struct HostRuntime: Sendable {
    let options: HostOptions
    let console: Console
    /// Called with the port once the server listens.
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

        let parts = try HostParts(options: options, app: app, console: console, logger: logger)
        await parts.announceQueues()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await serve(parts, port: port))
        } catch let error as IOError where [EADDRINUSE, EACCES].contains(error.errnoCode) {
            outcome = .failure(HostFailure.cannotListen(on: port, errorNumber: error.errnoCode))
        } catch {
            outcome = .failure(error)
        }
        await parts.close()
        try outcome.get()
    }

    private func serve(_ parts: HostParts, port: Int) async throws {
        let logger = parts.logger
        let server = FrontServer(responder: try parts.front()).server(
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                let bound = channel.localAddress?.port ?? port
                parts.origin.set(port: bound)
                logger.info("listening on http://127.0.0.1:\(bound)")
                onListening(bound)
                parts.startSignal.open()
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Self.quiet(logger)
        )
        if ChildProcess.deathSignalWrapper == nil {
            logger.warning("setpriv (util-linux) is missing: a LocalHost that is killed leaves its handler behind")
        }

        // Stopped from the last to the first: the handler's end ends the calls that the front still waits for.
        let services: [any Service] = [
            server, parts.manualRuns, parts.timerService(), parts.queueService(), try parts.handlerService(),
        ]
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) },
            logger: Self.quiet(logger)
        )
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        let group = ServiceGroup(configuration: configuration)

        // SIGHUP is not caught: a closed terminal may end LocalHost at once, and the handler dies with it.
        let signals = options.handlesSignals ? await UnixSignalsSequence(trapping: .sigint, .sigterm) : nil
        try await withThrowingTaskGroup { tasks in
            if let signals {
                tasks.addTask {
                    for await signal in signals {
                        logger.info("stopping (signal \(signal.rawValue))")
                        await group.triggerGracefulShutdown()
                    }
                }
            }
            defer { tasks.cancelAll() }
            try await group.run()
        }
    }

    /// LocalHost logs its start and end itself; the libraries' own messages about them would repeat that.
    private static func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = .critical
        return quiet
    }
}

/// What the command line decides.
struct HostOptions: Sendable {
    var scriptRoot: URL
    /// nil = Host.LocalHttpPort of local.settings.json, else 7071. 0 takes any free port.
    var port: Int?
    /// Processes of the handler.
    var instances = 1
    var framing: InvocationRunner.Framing = .chunked
    /// nil = what host.json says.
    var httpMode: HTTPForwarder.Mode?
    var stateDirectory: URL
    var runsTimers = true
    /// Answers CORS preflights instead of the handler; nil = preflights reach the handler.
    var platformCORS: PlatformCORS?
    /// SIGTERM and three seconds for the handler before SIGKILL, when LocalHost stops.
    var stopsGracefully = false
    var isVerbose = false
    /// Off in tests that run LocalHost inside their own process.
    var handlesSignals = true
    var environment: [String: String] = ProcessInfo.processInfo.environment
    var clock: HostClock = .system
    /// A handler that listens already; none is started or watched. For tests whose handler lives in their own process.
    var attachedHandlerPort: Int?

    /// How long a queue message is leased.
    var queueLease = QueueSettings.lease

    static let defaultPort = 7071
    /// A laptop has no use for more.
    static let mostInstances = 32
}

/// A failure that ends LocalHost; the message says what to do about it.
struct HostFailure: Error, Equatable, CustomStringConvertible {
    /// Exit code for an occupied port; no other failure has it.
    static let portOccupied: Int32 = 2

    let message: String
    let exitCode: Int32

    init(_ message: String, exitCode: Int32 = 1) {
        self.message = message
        self.exitCode = exitCode
    }

    var description: String { message }

    /// Why 127.0.0.1:`port` cannot be listened on, from the system's error number.
    static func cannotListen(on port: Int, errorNumber: Int32) -> HostFailure {
        switch errorNumber {
        case EADDRINUSE:
            let occupant = LoopbackPort.occupant(of: port).map { " by \($0)" } ?? ""
            return HostFailure(
                "port \(port) is taken\(occupant): end it, or start LocalHost with --port",
                exitCode: portOccupied
            )
        case EACCES:
            return HostFailure(
                "this user may not listen on port \(port): start LocalHost with --port and a number from 1024 on"
            )
        default:
            return HostFailure("cannot listen on port \(port): \(String(cString: strerror(errorNumber)))")
        }
    }
}
