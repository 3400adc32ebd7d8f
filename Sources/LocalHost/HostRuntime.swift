import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The composition root: makes every part from the options and runs them until LocalHost ends.
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
        try checkPort(port)

        let client = HandlerClient(inactivity: nil)
        let proxyClient = HandlerClient(inactivity: HTTPForwarder.inactivityLimit)
        let outcome: Result<Void, any Error>
        do {
            try await serve(app, port: port, client: client, proxyClient: proxyClient, logger: logger)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await client.shutdown()
        await proxyClient.shutdown()
        try outcome.get()
    }

    private func serve(
        _ app: HostApp,
        port: Int,
        client: HandlerClient,
        proxyClient: HandlerClient,
        logger: Logger
    ) async throws {
        let gate = HandlerGate()
        let board = TimerBoard()
        let origin = OriginBox()
        let manualRuns = ManualRuns()
        let startSignal = StartSignal()
        let store = ScheduleStatusStore(directory: options.stateDirectory.appendingPathComponent("timers"))
        // WorkerFunctionInvoker gives a call (3 + 1) × initializationTimeout to find the handler ready.
        let readyLimit = app.configuration.initializationTimeout * 4
        let runner = InvocationRunner(
            client: client,
            gate: gate,
            framing: options.framing,
            functionTimeout: app.configuration.functionTimeout,
            readyLimit: readyLimit,
            logger: logger
        )
        let responder = try front(
            app,
            gate: gate,
            board: board,
            origin: origin,
            manualRuns: manualRuns,
            store: store,
            runner: runner,
            proxyClient: proxyClient,
            logger: logger
        )

        let server = Application(
            responder: responder,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { channel in
                let bound = channel.localAddress?.port ?? port
                origin.set(port: bound)
                logger.info("listening on http://127.0.0.1:\(bound)")
                onListening(bound)
                startSignal.open()
            },
            logger: Self.quiet(logger)
        )
        let supervisor = HandlerSupervisor(
            command: app.command,
            environment: app.environment,
            port: try app.configuration.fixedPort ?? LoopbackPort.free(),
            scriptRoot: options.scriptRoot.path,
            probe: ReadinessProbe(client: client, limit: app.configuration.initializationTimeout),
            output: HandlerOutput(
                verbose: options.isVerbose,
                sniffsStandardError: app.configuration.sniffsStandardError
            ),
            gate: gate,
            console: console,
            logger: logger,
            startSignal: startSignal
        )
        let timers = TimerService(
            listeners: options.runsTimers ? listeners(app, store, runner, board, logger) : [],
            logger: logger
        )
        if ChildProcess.deathSignalWrapper == nil {
            logger.warning("setpriv (util-linux) is missing: a LocalHost that is killed leaves its handler behind")
        }

        // Stopped from the last to the first: the handler's end ends the calls that the front still waits for.
        var configuration = ServiceGroupConfiguration(
            services: ([server, manualRuns, timers, supervisor] as [any Service]).map { .init(service: $0) },
            logger: Self.quiet(logger)
        )
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        let group = ServiceGroup(configuration: configuration)
        let trap = options.handlesSignals ? SignalTrap() : nil
        defer { trap?.cancel() }
        do {
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
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw Self.occupied(port)
        }
    }

    private func front(
        _ app: HostApp,
        gate: HandlerGate,
        board: TimerBoard,
        origin: OriginBox,
        manualRuns: ManualRuns,
        store: ScheduleStatusStore,
        runner: InvocationRunner,
        proxyClient: HandlerClient,
        logger: Logger
    ) throws -> FrontResponder {
        let mode = app.httpMode(options.httpMode)
        let functions = mode == nil ? app.functions.map { $0.withoutForwarding() } : app.functions
        let needsKeys = functions.contains { ($0.httpTrigger?.authorization ?? .anonymous) != .anonymous }
        let bodyLimit = app.environment[LimitedBody.setting].flatMap { Int($0) } ?? LimitedBody.defaultLimit
        let report = StatusReport(
            functions: functions,
            gate: gate,
            board: board,
            zone: app.zone,
            started: Date(),
            httpMode: mode ?? .forwarding,
            framing: options.framing,
            origin: origin,
            routePrefix: app.configuration.routePrefix
        )
        return FrontResponder(
            routes: RouteTable(functions: functions, prefix: app.configuration.routePrefix),
            admin: AdminRoutes(
                functions: functions,
                runner: runner,
                manualRuns: manualRuns,
                status: report,
                store: store,
                zone: app.zone,
                logger: logger
            ),
            forwarder: HTTPForwarder(
                mode: mode ?? .forwarding,
                client: mode == .proxying ? proxyClient : runner.client,
                gate: gate,
                functionTimeout: app.configuration.functionTimeout,
                readyLimit: runner.readyLimit,
                logger: logger
            ),
            runner: runner,
            keys: needsKeys ? try FunctionKeys.load(from: options.stateDirectory) : nil,
            bodyLimit: bodyLimit,
            origin: origin,
            site: StaticSite(root: options.scriptRoot.appendingPathComponent("frontend/dist")),
            homePage: HomePage(functions: functions, routePrefix: app.configuration.routePrefix),
            logger: logger
        )
    }

    private func listeners(
        _ app: HostApp,
        _ store: ScheduleStatusStore,
        _ runner: InvocationRunner,
        _ board: TimerBoard,
        _ logger: Logger
    ) -> [TimerListener] {
        app.functions.compactMap { function in
            function.timerTrigger.map { trigger in
                TimerListener(
                    function: function,
                    trigger: trigger,
                    zone: app.zone,
                    store: store,
                    runner: runner,
                    board: board,
                    clock: options.clock,
                    logger: logger
                )
            }
        }
    }

    private func checkPort(_ port: Int) throws {
        guard port == 0 || LoopbackPort.isFree(port) else { throw Self.occupied(port) }
    }

    private static func occupied(_ port: Int) -> HostFailure {
        let occupant = LoopbackPort.occupant(of: port).map { " by \($0)" } ?? ""
        return HostFailure(
            "port \(port) is taken\(occupant): end it, or start LocalHost with --port",
            exitCode: HostFailure.portOccupied
        )
    }

    /// The libraries' own start-up and shutdown notes are noise beside ours.
    private static func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = .critical
        return quiet
    }
}

extension FunctionDefinition {
    /// The function with its HTTP trigger turned into an invocation: host.json asks for no forwarding.
    func withoutForwarding() -> FunctionDefinition {
        guard case .ready(.http(let trigger)) = state else { return self }
        let changed = HTTPTrigger(
            bindingName: trigger.bindingName,
            route: trigger.route,
            methods: trigger.methods,
            authorization: trigger.authorization,
            isForwardable: false,
            outputName: trigger.outputName
        )
        return FunctionDefinition(name: name, state: .ready(.http(changed)), bindings: bindings, retry: retry)
    }
}
