import Foundation
import Logging
import LoopbackHTTP
import ServiceLifecycle

/// The composition root: every part of LocalHost, made once from the options and the app.
struct HostParts: Sendable {
    let options: HostOptions
    let app: HostApp
    let console: Console
    let logger: Logger

    let gate = HandlerGate()
    let board = TimerBoard()
    let origin = OriginBox()
    let manualRuns = ManualRuns()
    let startSignal = StartSignal()
    private let client = LoopbackClient()
    private let proxyClient = LoopbackClient(inactivityLimit: HTTPForwarder.inactivityLimit)

    /// Forwarding and proxying may both be on in host.json; proxying wins.
    private var httpMode: HTTPForwarder.Mode {
        options.httpMode ?? (app.configuration.proxiesHTTP ? .proxying : .forwarding)
    }

    private var statusStore: ScheduleStatusStore {
        ScheduleStatusStore(directory: options.stateDirectory.appendingPathComponent("timers"))
    }

    /// WorkerFunctionInvoker gives a call (3 + 1) × initializationTimeout to find the handler ready.
    private var handler: HandlerAccess {
        HandlerAccess(
            gate: gate,
            functionTimeout: app.configuration.functionTimeout,
            readyLimit: app.configuration.initializationTimeout * 4
        )
    }

    private var runner: InvocationRunner {
        InvocationRunner(client: client, handler: handler, framing: options.framing, logger: logger)
    }

    /// - Throws: when the key file cannot be read or made.
    func front() throws -> FrontResponder {
        let functions = app.functions
        let needsKeys = functions.contains { ($0.httpTrigger?.authorization ?? .anonymous) != .anonymous }
        let prefix = app.configuration.routePrefix
        let status = StatusReport(
            functions: functions,
            gate: gate,
            board: board,
            zone: app.zone,
            started: Date(),
            httpMode: httpMode,
            framing: options.framing,
            origin: origin,
            routePrefix: prefix
        )
        return FrontResponder(
            routes: FunctionRouteTable(functions: functions, prefix: prefix),
            admin: AdminRoutes(
                functions: functions,
                runner: runner,
                manualRuns: manualRuns,
                status: status,
                store: statusStore,
                zone: app.zone,
                logger: logger
            ),
            forwarder: HTTPForwarder(
                mode: httpMode,
                client: httpMode == .proxying ? proxyClient : client,
                handler: handler,
                logger: logger
            ),
            runner: runner,
            keys: needsKeys ? try FunctionKeys.load(from: options.stateDirectory) : nil,
            bodyLimit: app.environment[CallerBody.limitSetting].flatMap { Int($0) } ?? CallerBody.defaultLimit,
            cors: options.platformCORS,
            origin: origin,
            site: StaticSite(root: options.scriptRoot.appendingPathComponent("frontend/dist")),
            homePage: HomePage(functions: functions, routePrefix: prefix),
            logger: logger
        )
    }

    /// The handler's supervisor; for an attached handler there is nothing to supervise and the gate opens at once.
    func handlerService() throws -> any Service {
        if let port = options.attachedHandlerPort {
            gate.update { ($0.state, $0.port, $0.generation) = (.ready, port, 1) }
            return AttachedHandler()
        }
        if let port = app.configuration.fixedPort, let errorNumber = LoopbackPort.obstacle(to: port) {
            let reason =
                errorNumber == EADDRINUSE ? "is taken" : "cannot be used: \(String(cString: strerror(errorNumber)))"
            throw HostFailure("customHandler.port \(port) \(reason); the real host refuses to start, too")
        }
        return HandlerSupervisor(
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
            startSignal: startSignal,
            stopsGracefully: options.stopsGracefully
        )
    }

    func timerService() -> TimerService {
        let timers = options.runsTimers ? app.functions : []
        let listeners = timers.compactMap { function in
            function.timerTrigger.map { trigger in
                TimerListener(
                    function: function,
                    trigger: trigger,
                    zone: app.zone,
                    store: statusStore,
                    runner: runner,
                    board: board,
                    clock: options.clock,
                    logger: logger
                )
            }
        }
        return TimerService(listeners: listeners, logger: logger)
    }

    func shutdownClients() {
        client.shutdown()
        proxyClient.shutdown()
    }
}

/// Stands for a handler that somebody else runs.
private struct AttachedHandler: Service {
    func run() async throws { try? await gracefulShutdown() }
}
