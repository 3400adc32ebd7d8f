import HTTPTypes
import Shop
import TextFormats

/// Generations of lists for administrators, and the way back to one of them.
struct GenerationRoutes: Sendable {
    let generations: GenerationRepository
    let activation: ActivationRoute

    var routes: [Route] {
        [
            .api(.get, "/generations", .admin, list),
            .api(.post, "/generations/{generation}/activate", .admin, activate),
        ]
    }

    @Sendable
    private func list(_ request: RoutedRequest) async throws -> Response {
        let query = try request.queryParameters()
        let page = try PageRequest(query)
        let status = try query.choice("status", GenerationRecord.Status.self)
        let (items, total) = try await generations.list(page: page.page, pageSize: page.pageSize, status: status)
        return .json(
            ListBody.bytes(total: total, page: page.page, pageSize: page.pageSize) { writer in
                for generation in items {
                    writer.object { writer in
                        ModelBody.write(generation, to: &writer)
                        writer.member("model_version", generation.modelVersion)
                        ModelBody.write(activation: generation.obstacle, of: generation.generation, to: &writer)
                    }
                }
            },
            headers: [.cacheControl: "private, no-store"]
        )
    }

    @Sendable
    private func activate(_ request: RoutedRequest) async throws -> Response {
        let text = try request.pathParameter("generation")
        guard let generation = Int64(text), generation > 0 else { throw Problem.notFound("generation", text) }
        return try await activation.answer(.generation(generation))
    }
}
