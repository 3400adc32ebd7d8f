import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// Stored models for administrators: what there is, what each was made of, and the way back to one of them.
struct ModelRoutes: Sendable {
    let models: ModelRepository
    let jobs: BatchJobRepository
    let store: ModelStore
    let activation: ActivationRoute

    private static let version = RouteInput<String>.path("version", "A model's version.", example: "m-example")

    var routes: [Route] {
        [
            Route(
                .get,
                "/models",
                .admin,
                "listModels",
                "Stored models, newest first",
                PageRequest.input,
                .choice("status", "Only models of this status."),
                returning: .json(.list(of: ModelBody.model), "A page of models."),
                handler: list
            ),
            Route(
                .get,
                "/models/evaluations",
                .admin,
                "listEvaluations",
                "How the models that competed were judged, run by run, newest first",
                .integer("limit", "Runs that judged models.", default: 30, in: 1...200),
                returning: .json(.list(of: Self.evaluation), "The newest evaluations."),
                handler: { _, limit in ListAnswer(all: try await jobs.evaluations(limit: limit)) }
            ),
            Route(
                .get,
                "/models/{version}",
                .admin,
                "getModel",
                "One model with the manifest of its files",
                Self.version,
                returning: .json(ModelDetail.body, "The model."),
                handler: detail
            ),
            Route(
                .post,
                "/models/{version}/activate",
                .admin,
                "activateModel",
                "Serves the newest complete lists of a model",
                Self.version,
                returning: ActivationRoute.output,
                problems: ActivationRoute.problems,
                handler: { _, version in try await activation.activate(.model(version: version)) }
            ),
        ]
    }

    private static let evaluation = ObjectBody<ModelEvaluation>("ModelEvaluation") {
        Member("job_id") { $0.jobID }
        Member("judged_at") { $0.judgedAt }
        Member("chosen", .string, "The candidate that won.") { $0.chosen }
        Member("verdict", .string, "The choice in words.") { $0.verdict }
        Member("reason", .string, "Why models were judged.") { $0.reason }
        Member("users_judged", .count, "Null where the shop was too small to judge.") { $0.usersJudged }
        Member("models", json: .list(of: judged)) { $0.modelsJSON }
    }

    private static let judged: Schema = {
        let interval = Schema.object([
            .init(name: "mean", schema: .number), .init(name: "lower", schema: .number),
            .init(name: "upper", schema: .number),
        ])
        return Schema.object([
            .init(name: "model", schema: .string),
            .init(name: "error", schema: Schema.string.saying("Why it could not be fitted.").nullable),
            .init(name: "metrics", schema: .object([], others: interval).saying("Under `ndcg@10` and so on.")),
            .init(name: "coverage", schema: Schema.number.saying("Of ten products a list.").nullable),
        ]).named("JudgedModel")
    }()

    private func list(
        _: RoutedRequest,
        _ page: PageRequest,
        _ status: StoredModel.Status?
    ) async throws -> ListAnswer<StoredModel> {
        let (items, total) = try await models.list(page: page.page, pageSize: page.pageSize, status: status)
        return ListAnswer(items, total: total, page: page.page, pageSize: page.pageSize)
    }

    private func detail(_: RoutedRequest, _ version: String) async throws -> ModelDetail {
        guard let model = try await models.stored(version: version) else { throw Problem.notFound("model", version) }
        let (manifest, obstacle) = await manifest(of: model)
        return ModelDetail(model: model, manifest: manifest, obstacle: obstacle)
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
}

/// A model with the manifest of its files.
private struct ModelDetail: Sendable {
    let model: StoredModel
    let manifest: JSONValue
    /// Why there is no manifest.
    let obstacle: String?

    static let body = ObjectBody<ModelDetail>("ModelDetail") {
        Member(of: ModelBody.model) { $0.model }
        Member("artifact", artifact) { $0 }
    }

    private static let artifact = ObjectBody<ModelDetail> {
        Member("path") { $0.model.record.artifactPath }
        Member("sha256") { $0.model.record.sha256 }
        Member("reason", .string, "Why there is no manifest.") { $0.obstacle }
        Member("manifest", Schema.object.nullable) { $0.manifest }
    }
}
