import Logging
import LoopbackHTTP
import ServiceLifecycle
import Threading

/// Runs the instances of the handler side by side, each under the host's rules for one.
///
/// On its third strike an instance stops for good and the others go on; the last one's third strike stops LocalHost. On
/// Azure each instance has a host of its own, which the platform would start again.
struct HandlerFleet: Service {
    let supervisors: [HandlerSupervisor]
    let health: HandlerHealth
    /// Opens when the front listens: an occupied port must be found before a handler is started.
    let startSignal: StartSignal
    let logger: Logger

    private enum End: Sendable {
        case stopped
        /// There are no health checks any more, or there were none.
        case unchecked
        case failed(HandlerSupervisor, HostFailure)
    }

    /// Runs until LocalHost stops.
    ///
    /// - Throws: `HostFailure` when no instance is left.
    func run() async throws {
        try await withGracefulShutdownHandler {
            guard await startSignal.wait() else { return }
            try await withThrowingTaskGroup(of: End.self) { group in
                for supervisor in supervisors {
                    group.addTask {
                        do {
                            try await supervisor.run()
                            return .stopped
                        } catch let failure as HostFailure {
                            return .failed(supervisor, failure)
                        }
                    }
                }
                group.addTask {
                    await health.run()
                    return .unchecked
                }
                try await wait(for: &group)
                group.cancelAll()
            }
        } onGracefulShutdown: {
            startSignal.cancel()
        }
    }

    private func wait(for group: inout ThrowingTaskGroup<End, any Error>) async throws {
        var (living, ended) = (supervisors.count, 0)
        while ended < supervisors.count, let end = try await group.next() {
            switch end {
            case .unchecked: continue
            case .stopped: ended += 1
            case .failed(let supervisor, let failure):
                ended += 1
                living -= 1
                guard living > 0 else { throw failure }
                supervisor.gate.update { ($0.state, $0.processID) = (.retired, nil) }
                logger.error(
                    "instance \(supervisor.number ?? 1) \(failure.message). \(living) of \(supervisors.count) go on"
                )
            }
        }
    }
}

/// Asks each of several instances for `GET /` once a second, as the host's own monitor does: one that does not answer
/// gets no calls until it does, or until its process is another one.
struct HandlerHealth: Sendable {
    let gates: [HandlerGate]
    let client: LoopbackClient
    let logger: Logger

    private static let interval = Duration.seconds(1)
    /// The answer needs no work of the handler, but the machine may be busy.
    private static let limit = Duration.seconds(3)

    /// Runs until it is cancelled.
    func run() async {
        guard gates.count > 1 else { return }
        await withDiscardingTaskGroup { group in
            for (index, gate) in gates.enumerated() {
                group.addTask {
                    while (try? await Task.sleep(for: Self.interval)) != nil { await check(gate, number: index + 1) }
                }
            }
        }
    }

    private func check(_ gate: HandlerGate, number: Int) async {
        let asked = gate.snapshot
        guard asked.state == .ready else { return }
        let answers = await answers(on: asked.port)
        guard !Task.isCancelled else { return }
        var hasChanged = false
        gate.update { current in
            guard current.generation == asked.generation, current.isResponsive != answers else { return }
            current.isResponsive = answers
            hasChanged = true
        }
        if hasChanged, answers {
            logger.info("instance \(number) answers GET / again")
        } else if hasChanged {
            logger.warning("instance \(number) does not answer GET /: calls go to the others")
        }
    }

    private func answers(on port: Int) async -> Bool {
        do {
            try await withDeadline(Self.limit) { [client] in
                _ = try await client.collect(ReadinessProbe.request, port: port)
            }
            return true
        } catch is DeadlineExceeded {
            return false
        } catch LoopbackError.notConnected {
            return false
        } catch {
            return true
        }
    }
}
