import Logging
import RecPipeline
import ServiceLifecycle
import Shop

/// Closes connections and threads after everything that uses them has stopped; first in the group, so last to go.
struct ServicesLifetime: Service {
    let services: AppServices

    func run() async throws {
        try? await gracefulShutdown()
        await services.shutdown()
    }
}

/// Reads the catalogue and the live model once the server listens, so that the first customer need not wait for them. A
/// failure here is none: the first request tries again and answers for itself.
struct WarmUp: Service {
    let services: AppServices
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                let catalogue = try await services.catalogue.current()
                logger.info("catalogue loaded", metadata: ["products": "\(catalogue.products.count)"])
                if let live = try await services.modelRows.live() {
                    _ = try await services.models.bundle(version: live.modelVersion)
                }
            } catch {
                logger.notice(
                    "not warmed up; the first requests load what they need",
                    metadata: [LogField.error: "\(error)"]
                )
            }
        }
        try? await gracefulShutdown()
    }
}
