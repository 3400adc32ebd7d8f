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

    let gates: [HandlerGate]
    /// nil when no function of the app has to do with queues.
    let queues: QueueStore?
    let errors = RecentErrors()
    let board = TimerBoard()
    let origin = OriginBox()
    let manualRuns = ManualRuns()
    let startSignal = StartSignal()
    private let client = LoopbackClient()
    private let proxyClient = LoopbackClient(inactivityLimit: HTTPForwarder.inactivityLimit)
    /// For all calls that any instance may take.
    private let choice: HandlerChoice

    /// - Throws: `HostFailure` when the queues cannot be read or another LocalHost uses them.
    init(options: HostOptions, app: HostApp, console: Console, logger: Logger) throws {
        (self.options, self.app, self.console, self.logger) = (options, app, console, logger)
        gates = (0..<options.instances).map { _ in HandlerGate() }
        choice = HandlerChoice(gates)
        if app.queues.isEmpty {
            queues = nil
        } else {
            let directory = options.stateDirectory.appendingPathComponent("queues")
            do {
                queues = try QueueStore(
                    directory: directory,
                    encoding: app.configuration.queues.encoding,
                    clock: options.clock
                ) { file in
                    logger.error("\(file) holds no queue message and is left aside")
                }
            } catch let failure as HostFailure {
                throw failure
            } catch {
                throw HostFailure("the queues in \(directory.path) cannot be read: \(error)")
            }
        }
    }

    /// Forwarding and proxying may both be on in host.json; proxying wins.
    private var httpMode: HTTPForwarder.Mode {
        options.httpMode ?? (app.configuration.proxiesHTTP ? .proxying : .forwarding)
    }

    private var statusStore: ScheduleStatusStore {
        ScheduleStatusStore(directory: options.stateDirectory.appendingPathComponent("timers"))
    }

    /// WorkerFunctionInvoker gives a call (3 + 1) × initializationTimeout to find the handler ready.
    private func handler(_ choice: HandlerChoice) -> HandlerAccess {
        HandlerAccess(
            choice: choice,
            functionTimeout: app.configuration.functionTimeout,
            readyLimit: app.configuration.initializationTimeout * 4
        )
    }

    private var runner: InvocationRunner {
        InvocationRunner(
            client: client,
            handler: handler(choice),
            framing: options.framing,
            queues: queues.map { QueueOutputs(store: $0, logger: logger) },
            errors: errors,
            logger: logger
        )
    }

    private var queueRoutes: QueueRoutes? { queues.map { QueueRoutes(store: $0, named: app.queues, zone: app.zone) } }

    /// - Throws: when the key file cannot be read or made.
    func front() throws -> FrontResponder {
        let functions = app.functions
        let needsKeys = functions.contains { ($0.httpTrigger?.authorization ?? .anonymous) != .anonymous }
        let prefix = app.configuration.routePrefix
        let status = StatusReport(
            functions: functions,
            gates: gates,
            errors: errors,
            queues: queueRoutes,
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
                queues: queueRoutes,
                store: statusStore,
                zone: app.zone,
                logger: logger
            ),
            forwarder: HTTPForwarder(
                mode: httpMode,
                client: httpMode == .proxying ? proxyClient : client,
                handler: handler(choice),
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

    /// The handler's supervisors; for an attached handler there is nothing to supervise and the gates open at once.
    func handlerService() throws -> any Service {
        if let port = options.attachedHandlerPort {
            for gate in gates { gate.update { ($0.state, $0.port, $0.generation) = (.ready, port, 1) } }
            return AttachedHandler()
        }
        return HandlerFleet(
            supervisors: try zip(gates, ports()).enumerated().map { index, place in
                HandlerSupervisor(
                    number: gates.count > 1 ? index + 1 : nil,
                    command: app.command,
                    environment: app.environment,
                    port: place.1,
                    scriptRoot: options.scriptRoot.path,
                    probe: ReadinessProbe(client: client, limit: app.configuration.initializationTimeout),
                    output: HandlerOutput(
                        verbose: options.isVerbose,
                        sniffsStandardError: app.configuration.sniffsStandardError
                    ),
                    gate: place.0,
                    errors: errors,
                    console: console,
                    logger: logger,
                    stopsGracefully: options.stopsGracefully
                )
            },
            health: HandlerHealth(gates: gates, client: client, logger: logger),
            startSignal: startSignal,
            logger: logger
        )
    }

    /// A port for each instance; each keeps its own over its restarts.
    private func ports() throws -> [Int] {
        if let port = app.configuration.fixedPort {
            guard gates.count == 1 else {
                throw HostFailure(
                    "customHandler.port gives every instance the port \(port), which only one can have on this machine: "
                        + "take it out of host.json, or --instances"
                )
            }
            if let errorNumber = LoopbackPort.obstacle(to: port) {
                let reason =
                    errorNumber == EADDRINUSE ? "is taken" : "cannot be used: \(String(cString: strerror(errorNumber)))"
                throw HostFailure("customHandler.port \(port) \(reason); the real host refuses to start, too")
            }
            return [port]
        }
        var ports: [Int] = []
        while ports.count < gates.count {
            let port = try LoopbackPort.free()
            if !ports.contains(port) { ports.append(port) }
        }
        return ports
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
                    // A listener belongs to one instance; another one takes it over when that does not answer.
                    runner: runner.calling(handler(HandlerChoice(gates, .sameAgain))),
                    board: board,
                    clock: options.clock,
                    logger: logger
                )
            }
        }
        return TimerService(listeners: listeners, logger: logger)
    }

    /// A listener for each queue function on each instance.
    func queueService() -> QueueService {
        guard let queues else { return QueueService(listeners: []) }
        let listeners = app.functions.flatMap { function in
            function.queueTrigger.map { trigger in
                gates.map { gate in
                    QueueListener(
                        function: function,
                        trigger: trigger,
                        store: queues,
                        settings: app.configuration.queues,
                        lease: options.queueLease,
                        runner: runner.calling(handler(HandlerChoice([gate]))),
                        gate: gate,
                        logger: logger
                    )
                }
            } ?? []
        }
        return QueueService(listeners: listeners)
    }

    /// Says what lies in the queues.
    func announceQueues() async {
        for (name, queue) in await queueRoutes?.statistics() ?? [] {
            logger.info("queue \(name): length \(queue.length), invisible \(queue.invisible)")
        }
    }

    func close() async {
        client.shutdown()
        proxyClient.shutdown()
        await queues?.close()
    }
}

/// Stands for a handler that somebody else runs.
private struct AttachedHandler: Service {
    func run() async throws { try? await gracefulShutdown() }
}
