import Experiments
import RecPipeline
import Shop
import TextFormats

/// A draft as a request brings it.
struct ExperimentDraft: Sendable {
    var experiment: NewExperiment
    /// Whether the request says for how many users it is planned.
    var isPlanned: Bool
}

/// What requests and answers about experiments hold.
enum ExperimentBody {
    static let windows = 1...90
    static let standardWindow = 7
    /// Where neither the request nor the shop's traffic says how many users there will be.
    private static let standardUsers: Int64 = 10_000
    private static let words = TextRule(1...2_000)
    private static let armName = Schema(.string(.init(length: 1...16, pattern: "^[a-z0-9_-]{1,16}$")))
    private static let share = Schema(.number(0.05...0.95))

    // MARK: Requests

    static let new = RouteInput<ExperimentDraft>.object(
        .object([
            .init(name: "name", schema: .text(.displayName)),
            .init(name: "kind", schema: Schema.choice(Experiment.Kind.self).nullable, isRequired: false),
            .init(name: "metric", schema: Schema.choice(Experiment.Metric.self).nullable, isRequired: false),
            .init(
                name: "window_days",
                schema: Schema.integer(windows).saying("How long what a user does counts.").nullable,
                isRequired: false
            ),
            .init(
                name: "planned_users",
                schema: Schema.integer(1...1_000_000_000).saying(
                    "From the plan; at about so many intervals are narrowest."
                )
                .nullable,
                isRequired: false
            ),
            .init(
                name: "variants",
                schema: .list(
                    of: .object([
                        .init(name: "name", schema: armName),
                        .init(name: "share", schema: share.nullable, isRequired: false),
                        .init(
                            name: "configuration",
                            // Of a named schema nothing can be said beside the reference.
                            schema: RecommenderDocument.schema.nullable,
                            isRequired: false
                        ),
                    ]),
                    count: 2...2
                ).saying("The control first. Without a configuration an arm has the shop's own settings.")
            ),
        ]).named("NewExperiment"),
        example: #"{"name":"Neighbours against EASE","variants":["#
            + #"{"name":"control"},{"name":"neighbours","configuration":{"candidates":["item_knn"]}}]}"#,
        draft
    )

    private static func draft(_ reader: inout ObjectReader) -> ExperimentDraft? {
        let name = reader.text("name", .displayName, isRequired: true)
        let kind = reader.choice("kind", Experiment.Kind.self) ?? .ab
        let metric = reader.choice("metric", Experiment.Metric.self) ?? .clickThrough
        let windowDays = reader.integer("window_days", in: windows) ?? standardWindow
        let planned = reader.integer("planned_users", in: 1...1_000_000_000)
        let arms = (reader.elements("variants", count: 2) ?? []).enumerated().map { index, element in
            arm(element, at: "#/variants/\(index)", &reader)
        }
        if kind == .interleaving, metric != .clickThrough {
            reader.refuse("metric", "must be click_through: an interleaved list is judged by its clicks")
        }
        if arms.count == 2 {
            if arms[0].name == arms[1].name { reader.refuse("variants/1/name", "must be another than the control's") }
            if arms[0].configurationJSON == arms[1].configurationJSON {
                reader.refuse("variants/1/configuration", "must differ from the control's")
            }
            if abs(arms[0].share + arms[1].share - 1) > 1e-9 {
                reader.refuse("variants", "must have shares that sum to 1")
            }
        }
        guard let name, reader.faults.isEmpty else { return nil }
        return ExperimentDraft(
            experiment: NewExperiment(
                name: name,
                kind: kind,
                arms: arms,
                metric: metric,
                windowDays: windowDays,
                plannedUsers: planned.map(Int64.init) ?? standardUsers
            ),
            isPlanned: planned != nil
        )
    }

    private static func arm(_ element: JSONValue, at pointer: String, _ reader: inout ObjectReader) -> Experiment.Arm {
        var inner = ObjectReader(element, at: pointer)
        let name = inner.text("name", .displayName, isRequired: true)
        if let name, Variant(name) == nil || name.utf8.count > 16 {
            inner.refuse("name", "must be 1 to 16 characters of a-z, 0-9, _ and -")
        }
        let share = inner.fraction("share", in: 0.05...0.95)
        var configuration: String?
        if let document = inner.value("configuration") {
            switch RecommenderDocument.read(document, at: pointer + "/configuration") {
            case .success(let json): configuration = json
            case .failure(let faults): inner.add(faults.all)
            }
        }
        reader.add(inner.faults)
        return Experiment.Arm(name: name ?? "", share: share ?? 0.5, configurationJSON: configuration)
    }

    /// What a PATCH asks for.
    struct Change: Sendable {
        var status: Experiment.Status
        var winner: String?
        var conclusion: String?
    }

    static let change = RouteInput<Change>.object(
        .object([
            .init(name: "status", schema: .choice(Experiment.Status.allCases.map(\.rawValue).filter { $0 != "draft" })),
            .init(
                name: "winner",
                schema: armName.saying("Of a conclusion: the arm whose settings become the shop's.").nullable,
                isRequired: false
            ),
            .init(
                name: "conclusion",
                schema: Schema.text(words).saying("What was learned.").nullable,
                isRequired: false
            ),
        ]).named("ExperimentChange"),
        example: #"{"status":"running"}"#
    ) { reader in
        let status = reader.choice("status", Experiment.Status.self, isRequired: true)
        let winner = reader.text("winner", .displayName)
        let conclusion = reader.text("conclusion", words)
        if status == .draft { reader.refuse("status", "must be one of running, stopped, concluded, archived") }
        if status == .concluded, winner == nil {
            reader.refuse("winner", "is missing: which arm's settings the shop gets")
        }
        if let status, status != .concluded, winner != nil {
            reader.refuse("winner", "belongs to a conclusion; \(status.rawValue) has none")
        }
        guard let status else { return nil }
        return Change(status: status, winner: winner, conclusion: conclusion)
    }

    // MARK: Answers

    static let experiment = ObjectBody<Experiment>("Experiment", "A comparison of two ways to recommend.") {
        Member("experiment_id", .count) { $0.id }
        Member("name") { $0.name }
        Member("status", .choice(Experiment.Status.self)) { $0.status.rawValue }
        Member("kind", .choice(Experiment.Kind.self), "Each user sees one arm's lists, or both in one list.") {
            $0.kind.rawValue
        }
        Member("metric", .choice(Experiment.Metric.self), "What the decision is by.") { $0.metric.rawValue }
        Member("window_days", .count, "What a user does counts for so long after the first answer.") { $0.windowDays }
        Member("planned_users", .count) { $0.plannedUsers }
        Member("variants", listOf: arm) { $0.servedArms }
        Member("winner") { $0.winner }
        Member("conclusion") { $0.conclusion }
        Member("created_at") { $0.createdAt }
        Member("started_at") { $0.startedAt }
        Member("ended_at") { $0.endedAt }
        Member("version", .count, "Its ETag.") { $0.version }
    }

    /// An arm with the variant that it is served by.
    struct ServedArm: Sendable {
        let arm: Experiment.Arm
        let variant: Variant
    }

    private static let arm = ObjectBody<ServedArm>("ExperimentVariant") {
        Member("name") { $0.arm.name }
        Member("share") { $0.arm.share }
        Member("variant", .string, "Of generations and jobs.") { $0.variant.name }
        Member("configuration", json: Schema.object.nullable) { $0.arm.configurationJSON ?? "null" }
    }

    private static let interval = ObjectBody<Interval>(
        "Interval",
        "It holds the truth at all times at once, with 95 %."
    ) {
        Member("estimate") { $0.estimate }
        Member("lower") { $0.lower }
        Member("upper") { $0.upper }
    }

    private static let measured = ObjectBody<ExperimentResults.Measured>("ExperimentMetric") {
        Member("metric", .choice(Experiment.Metric.self)) { $0.metric.rawValue }
        Member("values", Schema.list(of: Schema.number.nullable), "By variant.") { $0.values }
        Member("lift", optional: interval) { $0.lift }
        Member("verdict", .choice(Comparison.Verdict.self)) { $0.verdict.rawValue }
        Member("words") { $0.words }
    }

    private static let guardrail = ObjectBody<ExperimentResults.Guardrail>("ExperimentGuardrail") {
        Member("name") { $0.name }
        Member("kept", .boolean, "Null where nothing is known.") { $0.isKept }
        Member("words") { $0.words }
    }

    private static let sampleRatio = ObjectBody<SampleRatioCheck>("SampleRatioCheck") {
        Member("chi_square") { $0.chiSquare }
        Member("probability", Schema(.number(0...1)), "Of so large a χ² when nothing is wrong.") { $0.probability }
        Member("mismatch") { $0.isMismatch }
    }

    private static let preference = ObjectBody<Preference>("ExperimentPreference") {
        Member("first", .count, "Users who clicked more on the control's products.") { $0.first }
        Member("second", .count) { $0.second }
        Member("ties", .count) { $0.ties }
        Member("sign_test", Schema(.number(0...1)), "Valid when looked at once.") { $0.signTest }
    }

    static let results = ObjectBody<ExperimentResults>("ExperimentResults") {
        Member("experiment_id", .count) { $0.experiment.id }
        Member("words", .string, "The result in one sentence.") { $0.words }
        Member("verdict", .choice(Comparison.Verdict.self), "Of the second variant over the control.") {
            $0.verdict.rawValue
        }
        Member("progress", Schema(.number(0...1)), "How much of the planned data there is.") { $0.progress }
        Member("users", .list(of: .count), "By variant; of interleaved lists one number.") { $0.users }
        Member("metrics", listOf: measured) { $0.metrics }
        Member("preference", optional: preference) { $0.preference }
        Member("margin", optional: interval) { $0.margin }
        Member("sample_ratio", sampleRatio) { $0.sampleRatio }
        Member("guardrails", listOf: guardrail) { $0.guardrails }
        Member("method") { _ in
            "asymptotic confidence sequence of 95 % (Waudby-Smith et al. 2024), valid however often it is looked at"
        }
        Member("as_of") { $0.asOf }
    }

    static let plan = ObjectBody<PlannedExperiment>("ExperimentPlan") {
        Member("metric", .choice(Experiment.Metric.self)) { $0.metric.rawValue }
        Member("lift") { $0.lift }
        Member("power") { $0.power }
        Member("share") { $0.share }
        Member("window_days", .count) { $0.windowDays }
        Member("baseline", .number, "The metric now; null where nothing is known of it.") { $0.baseline }
        Member("users_in_four_weeks", .count) { $0.usersInFourWeeks }
        Member("users", .count, "In both arms; null where the shop's data cannot say.") { $0.users }
        Member("days", .count, "Null when the shop's traffic never brings so many.") { $0.days }
        Member("words", .string, "The plan in one sentence.") { $0.words }
    }
}

extension Experiment {
    fileprivate var servedArms: [ExperimentBody.ServedArm] {
        zip(arms, variants).map { ExperimentBody.ServedArm(arm: $0, variant: $1) }
    }
}
