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
            Route(.get, "/models", .admin, list),
            Route(.get, "/models/{version}", .admin, detail),
            Route(.post, "/models/{version}/activate", .admin, activate),
        ]
    }

    @Sendable
    private func list(_ request: RoutedRequest) async throws -> Response {
        try await ListBody.page(of: models.list, for: request) { model, writer in
            writer.object { writer in ModelBody.write(model, to: &writer) }
        }
    }

    @Sendable
    private func detail(_ request: RoutedRequest) async throws -> Response {
        let version = try request.pathParameter("version")
        guard let model = try await models.stored(version: version) else { throw Problem.notFound("model", version) }
        let (manifest, obstacle) = await manifest(of: model)
        return .json(headers: .noStore, reserving: 4_096) { writer in
            ModelBody.write(model, to: &writer)
            writer.key("artifact")
            writer.object { writer in
                writer.member("path", model.record.artifactPath)
                writer.member("sha256", model.record.sha256)
                writer.member("reason", obstacle)
                writer.key("manifest")
                writer.value(manifest)
            }
        }
    }

    /// The manifest, or why it cannot be read: the rows are worth showing without it.
    private func manifest(of model: StoredModel) async -> (manifest: JSONValue, obstacle: String?) {
        guard model.artifactsDeletedAt == nil else { return (.null, "its files were deleted") }
        do {
            return (try JSONParser.parse(try await store.manifestBytes(of: model.record)), nil)
        } catch let error as ModelLoadError {
            return (.null, error.reason)
        } catch {
            return (.null, "its manifest is not JSON")
        }
    }

    @Sendable
    private func activate(_ request: RoutedRequest) async throws -> Response {
        try await activation.answer(.model(version: try request.pathParameter("version")))
    }
}
