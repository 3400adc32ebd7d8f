import Composition
import Logging
import RecPipeline
import ServiceLifecycle

/// Does the timers' work in a process that serves requests, while the host's timer is silent. Of several processes the lease
/// lets one do it.
struct StandInService: Service {
    let watch: TimerWatch
    /// When a run that was begun has to be left to another; nil for no limit.
    let runLimit: Duration?
    let logger: Logger
    /// Called when it has done so.
    var done: @Sendable () -> Void = {}

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: watch.period)) != nil { await look() }
        }
        try? await gracefulShutdown()
    }

    private func look() async {
        do {
            guard let silence = try await watch.silence() else { return }
            logger.warning("the timer is silent; this process does what is due", metadata: ["reason": "\(silence)"])
            for report in try await watch.standIn(deadline: runLimit) {
                logger.info("done for the timer: \(report.summary)")
            }
            done()
        } catch {
            logger.warning("the timer's work was not looked at", metadata: [LogField.error: "\(error)"])
        }
    }
}
