import Foundation
import Logging
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
    let client = HandlerClient(inactivity: nil)
    let proxyClient = HandlerClient(inactivity: HTTPForwarder.inactivityLimit)

    /// The HTTP mode in force; nil = HTTP functions are invocations.
    var httpMode: HTTPForwarder.Mode? { app.httpMode(options.httpMode) }

    var statusStore: ScheduleStatusStore {
        ScheduleStatusStore(directory: options.stateDirectory.appendingPathComponent("timers"))
    }

    /// WorkerFunctionInvoker gives a call (3 + 1) × initializationTimeout to find the handler ready.
    private var readyLimit: Duration { app.configuration.initializationTimeout * 4 }

    var runner: InvocationRunner {
        InvocationRunner(
            client: client,
            gate: gate,
            framing: options.framing,
            functionTimeout: app.configuration.functionTimeout,
            readyLimit: readyLimit,
            logger: logger
        )
    }

    /// - Throws: when the key file cannot be read or made.
    func front() throws -> FrontResponder {
        let functions = httpMode == nil ? app.functions.map { $0.withoutForwarding() } : app.functions
        let needsKeys = functions.contains { ($0.httpTrigger?.authorization ?? .anonymous) != .anonymous }
        let prefix = app.configuration.routePrefix
        return FrontResponder(
            routes: RouteTable(functions: functions, prefix: prefix),
            admin: AdminRoutes(
                functions: functions,
                runner: runner,
                manualRuns: manualRuns,
                status: status(of: functions),
                store: statusStore,
                zone: app.zone,
                logger: logger
            ),
            forwarder: HTTPForwarder(
                mode: httpMode ?? .forwarding,
                client: httpMode == .proxying ? proxyClient : client,
                gate: gate,
                functionTimeout: app.configuration.functionTimeout,
                readyLimit: readyLimit,
                logger: logger
            ),
            runner: runner,
            keys: needsKeys ? try FunctionKeys.load(from: options.stateDirectory) : nil,
            bodyLimit: app.environment[LimitedBody.setting].flatMap { Int($0) } ?? LimitedBody.defaultLimit,
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
            startSignal: startSignal
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

    func shutdownClients() async {
        await client.shutdown()
        await proxyClient.shutdown()
    }

    private func status(of functions: [FunctionDefinition]) -> StatusReport {
        StatusReport(
            functions: functions,
            gate: gate,
            board: board,
            zone: app.zone,
            started: Date(),
            httpMode: httpMode,
            framing: options.framing,
            origin: origin,
            routePrefix: app.configuration.routePrefix
        )
    }
}

/// Stands for a handler that somebody else runs.
private struct AttachedHandler: Service {
    func run() async throws { try? await gracefulShutdown() }
}

extension FunctionDefinition {
    /// The function with its HTTP trigger turned into an invocation: host.json asks for no forwarding.
    fileprivate func withoutForwarding() -> FunctionDefinition {
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
