import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// The answer to "make this live": the same for a model and for a generation.
struct ActivationRoute: Sendable {
    let activation: ModelActivation

    /// - Throws: `Problem` 404 for what is not known, 409 for what cannot go live, 503 while the store does not answer; what
    ///   was live is live then.
    func answer(_ target: ActivationTarget) async throws -> Response {
        let done: Activation
        do {
            done = try await activation.activate(target)
        } catch let refusal as ActivationRefusal {
            throw Self.problem(refusal)
        } catch let error as ModelLoadError {
            throw Self.problem(error)
        }
        return .json(headers: .noStore, reserving: 256) { writer in
            writer.member("changed", done.isChange)
            writer.key("live")
            Self.write(done.live, to: &writer)
            writer.key("previous")
            if let previous = done.previous { Self.write(previous, to: &writer) } else { writer.null() }
        }
    }

    private static func write(_ pointer: LivePointer, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("generation", pointer.generation)
            writer.member("model_version", pointer.modelVersion)
        }
    }

    private static func problem(_ refusal: ActivationRefusal) -> Problem {
        switch refusal {
        case .unknown(.model(let version)): .notFound("model", version)
        case .unknown(.generation(let generation)): .notFound("generation", String(generation))
        case .isLive, .incomplete, .noCompleteGeneration, .artifactsDeleted:
            .conflict(refusal.description, kind: "not-activatable")
        }
    }

    /// An error of the database keeps its own answer.
    private static func problem(_ error: ModelLoadError) -> any Error {
        let detail = "model \(error.version) was not activated: \(error.reason)"
        switch error.kind {
        case .unknown: return Problem.notFound("model", error.version)
        case .artifact: return Problem.conflict(detail, kind: "model-unreadable")
        case .store: return Problem.unavailable(detail, kind: "blob-unavailable", retryAfter: 5)
        case .other: return error.underlying
        }
    }
}
