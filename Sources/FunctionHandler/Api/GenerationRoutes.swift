import HTTPTypes
import Shop
import TextFormats

/// Generations of lists for administrators, and the way back to one of them.
struct GenerationRoutes: Sendable {
    let generations: GenerationRepository
    let activation: ActivationRoute

    var routes: [Route] {
        [
            Route(
                .get,
                "/generations",
                .admin,
                "listGenerations",
                "Generations of lists, newest first",
                PageRequest.input,
                .choice("status", "Only generations of this status."),
                returning: .json(.list(of: ModelBody.generation), "A page of generations."),
                handler: list
            ),
            Route(
                .post,
                "/generations/{generation}/activate",
                .admin,
                "activateGeneration",
                "Serves the lists of a generation",
                .path("generation", "A generation's number.", schema: .integer(1...Int.max), example: "1"),
                returning: ActivationRoute.output,
                problems: ActivationRoute.problems,
                handler: activate
            ),
        ]
    }

    private func list(
        _: RoutedRequest,
        _ page: PageRequest,
        _ status: GenerationRecord.Status?
    ) async throws -> ListAnswer<GenerationRecord> {
        let (items, total) = try await generations.list(page: page.page, pageSize: page.pageSize, status: status)
        return ListAnswer(items, total: total, page: page.page, pageSize: page.pageSize)
    }

    private func activate(_: RoutedRequest, _ text: String) async throws -> Activation {
        guard let generation = Int64(text), generation > 0 else { throw Problem.notFound("generation", text) }
        return try await activation.activate(.generation(generation))
    }
}
