import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// Stored models for administrators: what there is, what each was made of, and the way back to one of them.
struct ModelRoutes: Sendable {
    let models: ModelRepository
    let store: ModelStore
    let activation: ActivationRoute

    var routes: [Route] {
        [
            .api(.get, "/models", .admin, list),
            .api(.get, "/models/{version}", .admin, detail),
            .api(.post, "/models/{version}/activate", .admin, activate),
        ]
    }

    @Sendable
    private func list(_ request: RoutedRequest) async throws -> Response {
        let query = try request.queryParameters()
        let page = try PageRequest(query)
        let status = try query.choice("status", StoredModel.Status.self)
        let (items, total) = try await models.list(page: page.page, pageSize: page.pageSize, status: status)
        return .json(
            ListBody.bytes(total: total, page: page.page, pageSize: page.pageSize) { writer in
                for model in items {
                    writer.object { writer in ModelBody.write(model, to: &writer) }
                }
            },
            headers: [.cacheControl: "private, no-store"]
        )
    }

    @Sendable
    private func detail(_ request: RoutedRequest) async throws -> Response {
        let version = try request.pathParameter("version")
        guard let model = try await models.stored(version: version) else { throw Problem.notFound("model", version) }
        let artifact = await artifact(of: model)
        return .json(headers: [.cacheControl: "private, no-store"], reserving: 4_096) { writer in
            ModelBody.write(model, to: &writer)
            ModelBody.write(artifact, of: model, to: &writer)
        }
    }

    /// The manifest, or why it cannot be read: the rows are worth showing without it.
    private func artifact(of model: StoredModel) async -> ModelBody.Artifact {
        guard model.artifactsDeletedAt == nil else { return .unreadable(reason: "its files were deleted") }
        do {
            return .manifest(try JSONParser.parse(try await store.manifestBytes(of: model.record)))
        } catch let error as ModelLoadError {
            return .unreadable(reason: error.reason)
        } catch {
            return .unreadable(reason: "its manifest is not JSON")
        }
    }

    @Sendable
    private func activate(_ request: RoutedRequest) async throws -> Response {
        try await activation.answer(.model(version: try request.pathParameter("version")))
    }
}
