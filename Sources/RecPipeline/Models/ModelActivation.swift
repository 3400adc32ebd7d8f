package import Logging
package import Shop

/// Makes an older model, or an older generation, live again: the lists that were made with it and the model that made them,
/// in one flip.
///
/// The artifact is read and checked first, so that a model which cannot be served never goes live. Nothing is invalidated
/// and nothing is computed. A batch that is running flips when it is done, and what flips last is live.
package struct ModelActivation: Sendable {
    private let generations: GenerationRepository
    private let models: ModelRepository
    private let manager: ModelManager
    private let store: ModelStore
    private let logger: Logger

    package init(
        generations: GenerationRepository,
        models: ModelRepository,
        manager: ModelManager,
        store: ModelStore,
        logger: Logger
    ) {
        self.generations = generations
        self.models = models
        self.manager = manager
        self.store = store
        self.logger = logger
    }

    /// Makes what is named live: a generation, or the newest whole generation of a model. What is live already stays.
    /// - Throws: `ActivationRefusal` or `ModelLoadError`; what was live is live then.
    package func activate(_ target: ActivationTarget) async throws -> Activation {
        let candidate: LivePointer
        switch try await generations.examine(target) {
        case .live(let live): return Activation(live: live, previous: live)
        case .standing(let pointer): candidate = pointer
        case .refused(let refusal): throw refusal
        }
        return try await manager.withLoaded(candidate.modelVersion) { bundle in
            let activation = try await generations.activate(candidate.generation)
            manager.adopt(bundle)
            await export(bundle, activation.live)
            logger.notice(
                activation.isChange ? "model activated" : "model was live already",
                metadata: [
                    "model_version": "\(activation.live.modelVersion)", "generation": "\(activation.live.generation)",
                    "previous": "\(activation.previous?.modelVersion ?? "none")",
                ]
            )
            return activation
        }
    }

    /// `models/current.json` is for people and tools; that it lags behind undoes nothing.
    private func export(_ bundle: ModelBundle, _ live: LivePointer) async {
        do {
            guard try await models.live() == live else { return }
            try await store.exportCurrent(bundle, generation: live.generation)
        } catch {
            logger.warning(
                "models/current.json not written",
                metadata: ["model_version": "\(live.modelVersion)", "error": "\(error)"]
            )
        }
    }
}
