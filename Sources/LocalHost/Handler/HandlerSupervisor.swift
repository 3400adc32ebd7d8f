import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Starts one instance of the handler, watches it, restarts it by the host's rules and ends it with LocalHost.
///
/// Everything that can happen is an event of one stream; the loop in `run` takes them one by one.
struct HandlerSupervisor: Sendable {
    /// Its place among the instances, from 1 on; nil when it is the only one.
    let number: Int?
    let command: HandlerCommand
    let environment: [String: String]
    let port: Int
    let scriptRoot: String
    let probe: ReadinessProbe
    let output: HandlerOutput
    let gate: HandlerGate
    let errors: RecentErrors
    let console: Console
    let logger: Logger
    /// Asks the handler to end with SIGTERM when LocalHost stops. The real host never does: it kills.
    var stopsGracefully = false

    /// How long a handler may take to end after SIGTERM.
    static let terminationGrace: Duration = .seconds(3)

    /// In front of messages about it.
    private var prefix: String { number.map { "instance \($0): " } ?? "" }
    /// What its own lines come from.
    private var lineSource: String { number.map { "inst.\($0)" } ?? "handler" }

    enum Event: Sendable {
        case exited(generation: Int, HandlerExit, lastErrors: [String])
        case ready(generation: Int, after: Duration)
        case notReady(generation: Int, reason: String)
        case kill(generation: Int, reason: String)
        case shutdown
        case graceOver
    }

    /// Runs until LocalHost stops.
    ///
    /// - Throws: `HostFailure` at the third strike or when the handler cannot be started.
    func run() async throws {
        let (events, inbox) = AsyncStream.makeStream(of: Event.self)
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    for await kill in gate.kills {
                        inbox.yield(.kill(generation: kill.generation, reason: kill.reason))
                    }
                }
                defer { group.cancelAll() }
                try await supervise(events, inbox, in: &group)
            }
        } onGracefulShutdown: {
            inbox.yield(.shutdown)
        }
    }

    private func supervise(
        _ events: AsyncStream<Event>,
        _ inbox: AsyncStream<Event>.Continuation,
        in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        var strikes = CrashCounter()
        var child = try await start(generation: 1, inbox, in: &group)
        var generation = 1
        var isStopping = false
        /// The process is being killed for a reason that was dealt with already; its exit is no strike of its own.
        var isExpectedToEnd = false
        // However this loop ends, the handler ends too.
        defer { child.send(signal: SIGKILL) }

        for await event in events {
            switch event {
            case .ready(generation, let duration):
                let milliseconds = Int(duration.seconds * 1_000)
                gate.update { ($0.state, $0.readyAfterMilliseconds) = (.ready, milliseconds) }
                logger.info(
                    "\(prefix)handler ready on port \(port) after \(milliseconds) ms (process \(child.processID))"
                )

            case .notReady(generation, let reason) where !isStopping:
                logger.error("\(prefix)handler not ready: \(reason)")
                try strike(&strikes, "the handler never became ready: \(reason)")
                isExpectedToEnd = true
                child.send(signal: SIGKILL)

            case .kill(generation, let reason) where !isExpectedToEnd && !isStopping:
                logger.error("\(prefix)handler killed: \(reason)")
                gate.update { $0.state = .starting }
                isExpectedToEnd = true
                child.send(signal: SIGKILL)

            case .shutdown:
                isStopping = true
                gate.update { $0.state = .stopping }
                guard child.send(signal: stopsGracefully ? SIGTERM : SIGKILL) else { return }
                group.addTask {
                    try? await Task.sleep(for: Self.terminationGrace)
                    inbox.yield(.graceOver)
                }

            case .graceOver:
                child.send(signal: SIGKILL)

            case .exited(generation, let status, let lastErrors):
                gate.update { ($0.processID, $0.lastExit) = (nil, status.description) }
                if isStopping { return }
                if !isExpectedToEnd {
                    guard try react(to: status, lastErrors, &strikes) else {
                        generation += 1  // Later reports about the ended process are ignored.
                        continue
                    }
                }
                isExpectedToEnd = false
                generation += 1
                child = try await start(generation: generation, inbox, in: &group)

            default:
                continue  // An event of an older process.
            }
        }
    }

    /// What the host does about an ended handler; false when the handler stays down.
    private func react(to status: HandlerExit, _ lastErrors: [String], _ strikes: inout CrashCounter) throws -> Bool {
        switch status {
        case .code(0):
            gate.update { $0.state = .down }
            let message =
                "\(prefix)handler ended with exit code 0: the host never restarts it, every call fails from now on"
            logger.error("\(message)")
            errors.record(message)
            return false
        case .code(200):
            logger.info("\(prefix)handler ended with exit code 200: restarting it, as it asked")
        default:
            let tail = lastErrors.isEmpty ? "" : "; its last error lines: " + lastErrors.joined(separator: " | ")
            logger.error("\(prefix)handler ended with \(status)\(tail)")
            try strike(&strikes, "the handler ended with \(status)\(tail)")
        }
        return true
    }

    private func strike(_ strikes: inout CrashCounter, _ reason: String) throws {
        errors.record(prefix + reason)
        let isLast = strikes.strike(at: .now)
        gate.update { [count = strikes.count] in $0.strikes = count }
        if isLast {
            throw HostFailure(
                "stopped after \(CrashCounter.threshold) errors of the handler within 30 minutes, as the host does. "
                    + "Last: \(reason)"
            )
        }
        logger.warning(
            "\(prefix)error \(strikes.count) of \(CrashCounter.threshold) that the host allows: restarting the handler"
        )
    }

    private func start(
        generation: Int,
        _ inbox: AsyncStream<Event>.Continuation,
        in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws -> ChildProcess {
        let recorder = LastErrors()
        let began = ContinuousClock.now
        let worker = UUID().uuidString.lowercased()
        let child = try await ChildProcess.start(command, environment: handlerEnvironment(worker)) { stream, line in
            if stream == .standardError { recorder.append(line) }
            if HandlerOutput.isSystemLine(line) {
                console.line("WARN", "host", "the host takes this line for its own tooling and hides it: \(line)")
            }
            let rendered = output.render(line, from: stream)
            console.line(rendered.level, lineSource, rendered.text)
        } onExit: { status in
            inbox.yield(.exited(generation: generation, status, lastErrors: recorder.lines))
        }
        gate.update { snapshot in
            snapshot.state = .starting
            snapshot.isResponsive = true
            snapshot.workerID = worker
            snapshot.port = port
            snapshot.processID = child.processID
            snapshot.generation = generation
            snapshot.restarts = generation - 1
        }
        group.addTask {
            do {
                try await probe.wait(port: port)
                inbox.yield(.ready(generation: generation, after: ContinuousClock.now - began))
            } catch let error as HandlerUnavailable {
                inbox.yield(.notReady(generation: generation, reason: error.description))
            } catch {
                // Cancelled: LocalHost is stopping.
            }
        }
        return child
    }

    /// The five variables of the custom handler protocol over everything LocalHost itself has.
    private func handlerEnvironment(_ worker: String) -> [String: String] {
        environment.merging([
            "FUNCTIONS_CUSTOMHANDLER_PORT": String(port),
            "FUNCTIONS_HTTPWORKER_PORT": String(port),
            "FUNCTIONS_CUSTOMHANDLER_WORKER_ID": worker,
            "FUNCTIONS_HTTPWORKER_ID": worker,
            "FUNCTIONS_APP_ROOT_PATH": scriptRoot,
        ]) { _, ours in ours }
    }
}

/// The last three lines of stderr: the host attaches them to the exit error.
private final class LastErrors: Sendable {
    private let recent = Mutex<[String]>([])

    var lines: [String] { recent.withLock { $0 } }

    func append(_ line: String) {
        recent.withLock { lines in
            lines.append(line)
            if lines.count > 3 { lines.removeFirst() }
        }
    }
}

/// Signals to the handler's supervisor that the server listens.
struct StartSignal: Sendable {
    private let stream: AsyncStream<Bool>
    private let continuation: AsyncStream<Bool>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1)) }

    func open() { continuation.yield(true) }

    func cancel() { continuation.finish() }

    /// True when the front listens, false when LocalHost stops before that. One waiter.
    func wait() async -> Bool {
        for await value in stream { return value }
        return false
    }
}
