import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// "Make this live": the same for a model and for a generation.
struct ActivationRoute: Sendable {
    let activation: ModelActivation

    static let output = RouteOutput<Activation>.json(body, "What is live now.")
    static let problems: [HTTPResponse.Status: String] = [
        .conflict: "It cannot go live; the answer says why.",
        .serviceUnavailable: "Its files cannot be read; what was live is live.",
    ]

    private static let pointer = ObjectBody<LivePointer>("LivePointer") {
        Member("generation") { $0.generation }
        Member("model_version") { $0.modelVersion }
    }

    private static let body = ObjectBody<Activation>("Activation") {
        Member("changed", .boolean, "False when it was live already.") { $0.isChange }
        Member("live", pointer) { $0.live }
        Member("previous", optional: pointer) { $0.previous }
    }

    /// - Throws: `Problem` 404 for what is not known, 409 for what cannot go live, 503 while the store does not answer; what
    ///   was live is live then.
    func activate(_ target: ActivationTarget) async throws -> Activation {
        do {
            return try await activation.activate(target)
        } catch let refusal as ActivationRefusal {
            throw Self.problem(refusal)
        } catch let error as ModelLoadError {
            throw Self.problem(error)
        }
    }

    private static func problem(_ refusal: ActivationRefusal) -> Problem {
        switch refusal {
        case .unknown(.model(let version)): .notFound("model", version)
        case .unknown(.generation(let generation)): .notFound("generation", String(generation))
        case .isLive, .incomplete, .noCompleteGeneration, .artifactsDeleted, .experimentEnded:
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
