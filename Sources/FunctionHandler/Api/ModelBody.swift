import Shop
import TextFormats

/// Models and generations in answers; writes members, the caller opens the object.
enum ModelBody {
    static func write(_ model: StoredModel, to writer: inout JSONWriter) {
        writer.member("version", model.record.version)
        writer.member("algorithm", model.record.algorithm)
        writer.member("status", model.status.rawValue)
        writer.key("parameters")
        writer.raw(model.record.parametersJSON.utf8)
        writer.key("metrics")
        writer.raw(model.record.metricsJSON.utf8)
        writer.member("data_cut", model.record.dataCut)
        writer.member("created_at", Timestamp.text(model.createdAt))
        writer.member("artifacts_deleted_at", Timestamp.text(model.artifactsDeletedAt))
        writer.key("generations")
        writer.array { writer in
            for generation in model.generations {
                writer.object { writer in write(generation, to: &writer) }
            }
        }
        write(activation: model.obstacle, of: model.candidate?.generation, to: &writer)
    }

    static func write(_ generation: GenerationRecord, to writer: inout JSONWriter) {
        writer.member("generation", generation.generation)
        writer.member("status", generation.status.rawValue)
        writer.member("job_id", generation.jobID)
        writer.member("list_count", generation.listCount)
        writer.member("data_cut", generation.dataCut)
        writer.member("created_at", Timestamp.text(generation.createdAt))
        writer.member("live_at", Timestamp.text(generation.liveAt))
        writer.member("retired_at", Timestamp.text(generation.retiredAt))
    }

    /// Whether it can be made live, and if not why.
    static func write(activation obstacle: ActivationRefusal?, of generation: Int64?, to writer: inout JSONWriter) {
        writer.key("activation")
        writer.object { writer in
            writer.member("possible", obstacle == nil)
            writer.member("generation", obstacle == nil ? generation : nil)
            writer.member("reason", obstacle?.description)
        }
    }
}
