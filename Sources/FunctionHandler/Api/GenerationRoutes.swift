import HTTPTypes
import Shop
import TextFormats

/// Generations of lists for administrators, and the way back to one of them.
struct GenerationRoutes: Sendable {
    let generations: GenerationRepository
    let activation: ActivationRoute

    var routes: [Route] {
        [
            Route(.get, "/generations", .admin, list),
            Route(.post, "/generations/{generation}/activate", .admin, activate),
        ]
    }

    @Sendable
    private func list(_ request: RoutedRequest) async throws -> Response {
        try await ListBody.page(of: generations.list, for: request) { generation, writer in
            writer.object { writer in
                ModelBody.write(generation, to: &writer)
                writer.member("model_version", generation.modelVersion)
                ModelBody.write(activation: generation.obstacle, of: generation.generation, to: &writer)
            }
        }
    }

    @Sendable
    private func activate(_ request: RoutedRequest) async throws -> Response {
        let text = try request.pathParameter("generation")
        guard let generation = Int64(text), generation > 0 else { throw Problem.notFound("generation", text) }
        return try await activation.answer(.generation(generation))
    }
}
