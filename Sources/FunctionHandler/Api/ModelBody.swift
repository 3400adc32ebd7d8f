import Shop
import TextFormats

/// Models and generations in answers.
enum ModelBody {
    static let model = ObjectBody<StoredModel>("Model", "A fitted model that is stored.") {
        Member("version") { $0.record.version }
        Member("algorithm") { $0.record.algorithm }
        Member("status", .choice(StoredModel.Status.self)) { $0.status.rawValue }
        Member("parameters", json: .object) { $0.record.parametersJSON }
        Member("metrics", json: .object) { $0.record.metricsJSON }
        Member("data_cut", .count, "The highest event that it was fitted on.") { $0.record.dataCut }
        Member("created_at") { $0.createdAt }
        Member("artifacts_deleted_at") { $0.artifactsDeletedAt }
        Member("generations", listOf: brief) { $0.generations }
        Member("activation", activation) { ($0.obstacle, $0.candidate?.generation) }
    }

    static let generation = ObjectBody<GenerationRecord>("Generation", "The lists that one batch made.") {
        Member(of: brief) { $0 }
        Member("model_version") { $0.modelVersion }
        Member("activation", activation) { ($0.obstacle, $0.generation) }
    }

    private static let brief = ObjectBody<GenerationRecord> {
        Member("generation") { $0.generation }
        Member("variant", .string, "Whom it is for.") { $0.variant.name }
        Member("status", .choice(GenerationRecord.Status.self)) { $0.status.rawValue }
        Member("job_id") { $0.jobID }
        Member("list_count", .count) { $0.listCount }
        Member("data_cut", .count) { $0.dataCut }
        Member("created_at") { $0.createdAt }
        Member("live_at") { $0.liveAt }
        Member("retired_at") { $0.retiredAt }
    }

    /// Whether it can be made live, and if not why.
    private static let activation = ObjectBody<(obstacle: ActivationRefusal?, generation: Int64?)> {
        Member("possible") { $0.obstacle == nil }
        Member("generation") { $0.obstacle == nil ? $0.generation : nil }
        Member("reason") { $0.obstacle?.description }
    }
}
