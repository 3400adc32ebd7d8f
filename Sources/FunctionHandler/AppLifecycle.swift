import Composition
import Logging
import RecPipeline
import ServiceLifecycle
import Shop
import Telemetry

/// Closes connections and threads after everything that uses them has stopped; first in the group, so last to go.
struct ServicesLifetime: Service {
    let services: AppServices

    func run() async throws {
        try? await gracefulShutdown()
        await services.shutdown()
    }
}

/// Sends telemetry at intervals, and once more when the process ends.
struct TelemetrySending: Service {
    let telemetry: TelemetryClient

    func run() async throws {
        await cancelWhenGracefulShutdown { await telemetry.run() }
        await telemetry.flush(within: ServerLimits.telemetryFlush)
    }
}

/// Reads the catalogue and the live model once the server listens, so that the first customer need not wait for them. A
/// failure here is none: the first request tries again and answers for itself.
///
/// Then checks at intervals which model is live, so that a process without traffic follows too and its first request after a
/// quiet night need not wait.
struct WarmUp: Service {
    let services: AppServices
    let logger: Logger
    /// One read of one row each time.
    var interval: Duration = .seconds(15)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                let catalogue = try await services.catalogue.current()
                logger.info("catalogue loaded", metadata: ["products": "\(catalogue.products.count)"])
                if let live = try await services.modelRows.live() {
                    _ = try await services.models.bundle(for: live.modelVersion)
                }
            } catch {
                logger.notice(
                    "not warmed up; the first requests load what they need",
                    metadata: [LogField.error: "\(error)"]
                )
            }
            await followLiveModel()
        }
        try? await gracefulShutdown()
    }

    private func followLiveModel() async {
        while true {
            guard (try? await Task.sleep(for: interval)) != nil else { return }
            do {
                services.models.setLive(try await services.modelRows.allLive())
            } catch {
                // Requests and readiness report a database that does not answer; the model in memory stays.
                logger.debug("live model not looked up", metadata: [LogField.error: "\(error)"])
            }
        }
    }
}
