package import Logging
package import Shop

/// Makes an older model, or an older generation, live again: the lists that were made with it and the model that made them,
/// in one flip.
///
/// The artifact is read and checked first, so that a model that cannot be served never goes live. Nothing is invalidated
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

    /// Makes the target live: a generation, or the newest complete generation of a model. What is live already stays.
    /// - Throws: `ActivationRefusal` or `ModelLoadError`; what was live stays live then.
    package func activate(_ target: ActivationTarget) async throws -> Activation {
        let candidate: LivePointer
        switch try await generations.examine(target) {
        case .live(let live): return Activation(live: live, previous: live)
        case .activatable(let pointer): candidate = pointer
        case .refused(let refusal): throw refusal
        }
        return try await manager.withLoaded(candidate.modelVersion) { bundle in
            let activation = try await generations.activate(candidate.generation)
            manager.setLive(bundle, for: activation.live.variant)
            await export(activation.live)
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

    /// `models/current.json` is for people and tools; an activation holds although it could not be written.
    private func export(_ live: LivePointer) async {
        do {
            guard try await models.live() == live, let model = try await models.find(live.modelVersion) else { return }
            try await store.exportCurrent(model, generation: live.generation)
        } catch {
            logger.warning(
                "models/current.json not written",
                metadata: ["model_version": "\(live.modelVersion)", "error": "\(error)"]
            )
        }
    }
}
