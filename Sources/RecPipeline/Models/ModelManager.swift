package import Logging
package import Shop
import Synchronization

/// Keeps the live model in memory: loaded at first need, replaced when another goes live, the old one kept until the new one
/// is whole and checked. Readers take a pointer under a mutex and never wait for a load of a model they can do without.
package final class ModelManager: Sendable {
    private struct State {
        var bundle: ModelBundle?
        /// The load in flight and the version it is for.
        var loading: (version: String, task: Task<ModelBundle, any Error>)?
        /// A version that could not be loaded, and when it may be tried again.
        var failed: (version: String, until: ContinuousClock.Instant, reason: String, publicReason: String)?
    }

    private let store: ModelStore
    private let models: ModelRepository
    private let logger: Logger
    private let state = Mutex(State())

    /// A broken artifact is not read again for each request.
    private static let retryAfter: Duration = .seconds(5)

    package init(store: ModelStore, models: ModelRepository, logger: Logger) {
        self.store = store
        self.models = models
        self.logger = logger
    }

    /// The model in memory, whatever its version; for readiness.
    package var current: ModelBundle? { state.withLock { $0.bundle } }

    /// Why the last load failed, while it has not succeeded since; in words for anybody, the log says the rest.
    package var failure: String? { state.withLock { $0.failed?.publicReason } }

    /// Puts a bundle that this process fitted itself in place.
    package func adopt(_ bundle: ModelBundle) {
        state.withLock { state in
            state.bundle = bundle
            state.failed = nil
        }
    }

    /// The bundle of a version. Many callers share one load.
    package func bundle(version: String) async throws -> ModelBundle {
        let task: Task<ModelBundle, any Error> = try state.withLock { state in
            if let bundle = state.bundle, bundle.version == version { return Task { bundle } }
            if let failed = state.failed, failed.version == version, failed.until > .now {
                throw ModelArtifactError(path: "models/\(version)", reason: failed.reason)
            }
            if let loading = state.loading, loading.version == version { return loading.task }
            let task = Task { try await self.load(version) }
            state.loading = (version, task)
            return task
        }
        return try await task.value
    }

    /// Without waiting: the version's bundle if it is in memory.
    package func loaded(version: String) -> ModelBundle? {
        state.withLock { state in state.bundle?.version == version ? state.bundle : nil }
    }

    private func load(_ version: String) async throws -> ModelBundle {
        do {
            guard let record = try await models.find(version) else {
                throw ModelArtifactError(path: "models/\(version)", reason: "there is no such model")
            }
            let bundle = try await store.load(record)
            state.withLock { state in
                state.bundle = bundle
                state.loading = nil
                state.failed = nil
            }
            logger.info("model loaded", metadata: ["model_version": "\(version)"])
            return bundle
        } catch {
            state.withLock { state in
                state.loading = nil
                let publicReason =
                    (error as? ModelArtifactError)?.description ?? "the model could not be read; the log says why"
                state.failed = (version, .now + Self.retryAfter, "\(error)", publicReason)
            }
            logger.error(
                "model not loaded; the previous one stays",
                metadata: ["model_version": "\(version)", "error": "\(error)"]
            )
            throw error
        }
    }
}
