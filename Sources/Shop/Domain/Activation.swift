/// What is to go live.
package enum ActivationTarget: Sendable, Equatable {
    /// For the variant that it was made for.
    case generation(Int64)
    /// For everybody: the newest complete generation of the default variant that was made with a model.
    case model(version: String)
}

/// What an activation led to.
package struct Activation: Sendable, Equatable {
    package var live: LivePointer
    /// What was live before; the same as `live` when that was live already.
    package var previous: LivePointer?

    package init(live: LivePointer, previous: LivePointer?) {
        self.live = live
        self.previous = previous
    }

    /// False when the target was live already.
    package var isChange: Bool { previous != live }
}

/// Whether something can go live.
package enum ActivationCandidate: Sendable, Equatable {
    case live(LivePointer)
    case activatable(LivePointer)
    case refused(ActivationRefusal)
}

/// Why something cannot go live, with what helps. What is live stays live.
package enum ActivationRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    case unknown(ActivationTarget)
    case isLive
    case incomplete(generation: Int64, GenerationRecord.Status)
    case noCompleteGeneration(model: String)
    case artifactsDeleted(model: String)
    case experimentEnded(generation: Int64)

    package var description: String {
        switch self {
        case .unknown(.generation(let generation)): "there is no generation \(generation)"
        case .unknown(.model(let version)): "there is no model \(version)"
        case .isLive: "it is live"
        case .incomplete(let generation, .building): "generation \(generation) is still being made"
        case .incomplete(let generation, let status):
            "generation \(generation) is \(status.rawValue) and has no lists; activate its model instead, or run a batch"
        case .noCompleteGeneration(let version):
            "no complete generation of this model is left; run a batch with MODEL_VERSION=\(version)"
        case .artifactsDeleted(let version):
            "the files of model \(version) were deleted; run a batch without MODEL_VERSION to fit a new model"
        case .experimentEnded(let generation):
            "generation \(generation) was made for an experiment that does not run any more"
        }
    }
}
