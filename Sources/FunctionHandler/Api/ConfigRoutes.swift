import FoundationEssentials
import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// Settings that change at run time: documents with a version, which is their ETag.
struct ConfigRoutes: Sendable {
    let config: AppConfigRepository
    let jobs: BatchJobRepository
    let ticks: TickRepository
    let logs: BatchLogRepository
    let batch: BatchRunner
    /// Seconds between two full runs where the schedule says nothing else.
    let defaultInterval: Int

    var routes: [Route] {
        [
            Route(
                .get,
                "/config/recommender",
                .anyone,
                "getRecommenderSettings",
                "Which models compete, how lists are ranked, when models are judged",
                returning: ConfigDocument.output(ConfigDocument.body, "The settings with their defaults filled in.") {
                    $0
                },
                handler: { _ in try await recommender() }
            ),
            Route(
                .put,
                "/config/recommender",
                .admin,
                "setRecommenderSettings",
                "Replaces the settings of the recommender; needs If-Match. What is missing gets its default",
                .ifMatch,
                Self.recommenderBody,
                returning: ConfigDocument.output(ConfigDocument.body, "The settings as they are now.") { $0 },
                problems: ConfigDocument.problems,
                handler: { _, condition, json in
                    try await config.write(.recommender, json, condition, current: try await recommender())
                    return try await recommender()
                }
            ),
            Route(
                .get,
                "/config/batch-schedule",
                .anyone,
                "getBatchSchedule",
                "When batches run: the settings, the last and the next run, and what the last tick led to",
                returning: ConfigDocument.output(ScheduleAnswer.body, "The schedule.") { $0.document },
                handler: { _ in try await schedule() }
            ),
            Route(
                .put,
                "/config/batch-schedule",
                .admin,
                "setBatchSchedule",
                "Replaces the schedule; needs If-Match. What is missing gets its default",
                .ifMatch,
                scheduleBody,
                returning: ConfigDocument.output(ScheduleAnswer.body, "The schedule as it is now.") { $0.document },
                problems: ConfigDocument.problems,
                handler: { _, condition, json in
                    try await config.write(.batchSchedule, json, condition, current: try await schedule().document)
                    return try await schedule()
                }
            ),
            Route(
                .get,
                "/config/prices",
                .admin,
                "getPrices",
                "What the cloud bills and for how much, with the defaults: what costs are counted by",
                returning: ConfigDocument.output(PriceAnswer.body, "The prices.") { $0.document },
                handler: { _ in try await prices() }
            ),
            Route(
                .put,
                "/config/prices",
                .admin,
                "setPrices",
                "Replaces the prices; needs If-Match. What is missing gets its default",
                .ifMatch,
                Self.pricesBody,
                returning: ConfigDocument.output(PriceAnswer.body, "The prices as they are now.") { $0.document },
                problems: ConfigDocument.problems,
                handler: { _, condition, json in
                    try await config.write(.prices, json, condition, current: try await prices().document)
                    return try await prices()
                }
            ),
        ]
    }

    // MARK: What is stored

    private func recommender() async throws -> ConfigDocument {
        let stored = try await config.find(.recommender)
        let settings = try RecommenderSettings(json: stored?.json)
        return ConfigDocument(json: try settings.json(), version: stored?.version ?? 0, updatedAt: stored?.updatedAt)
    }

    private func schedule() async throws -> ScheduleAnswer {
        let stored = try await config.find(.batchSchedule)
        let schedule = try BatchSchedule(json: stored?.json, defaultInterval: defaultInterval)
        let state = try await jobs.state()
        return ScheduleAnswer(
            document: ConfigDocument(
                json: schedule.json(),
                version: stored?.version ?? 0,
                updatedAt: stored?.updatedAt
            ),
            lastRun: state.lastWithLists?.startedAt,
            decision: try batch.decide(.timer, state),
            nextRuns: schedule.nextRuns(5, now: state.now, BatchSchedule.Facts(state)),
            tick: try await ticks.last(.generateRecommendations),
            skipped: Array(try await logs.skippedTicks().prefix(10))
        )
    }

    private func prices() async throws -> PriceAnswer {
        let stored = try await config.find(.prices)
        let settings = try PriceSettings(stored: stored?.json)
        return PriceAnswer(
            document: ConfigDocument(
                json: settings.json(),
                version: stored?.version ?? 0,
                updatedAt: stored?.updatedAt
            ),
            settings: settings
        )
    }

    // MARK: Bodies

    /// The settings as they are stored.
    private static let recommenderBody = RouteInput<String>.json(
        RecommenderDocument.schema,
        example: #"{"candidates":["ease_demand","item_knn"],"ranking":{"diversity":0.7}}"#
    ) { (body) throws(Problem) in
        switch RecommenderDocument.read(body) {
        case .success(let json): return json
        case .failure(let faults): throw .invalidBody(faults.all)
        }
    }

    private var scheduleBody: RouteInput<String> {
        let interval = Schema.integer(BatchSchedule.intervals).nullable
        let time = Schema(.string(.init(pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$")))
        let window = Schema.object(
            [
                .init(name: "start", schema: time), .init(name: "end", schema: time),
                .init(name: "time_zone", schema: Schema.string.saying("Of the IANA database, such as Europe/Berlin.")),
            ],
            others: .nothing
        )
        return .json(
            Schema.object(
                [
                    .init(name: "interval_seconds", schema: interval, isRequired: false),
                    .init(name: "active_interval_seconds", schema: interval, isRequired: false),
                    .init(
                        name: "off_peak",
                        schema: window.saying("When full runs may start.").nullable,
                        isRequired: false
                    ),
                    .init(name: "adaptive", schema: Schema.boolean.nullable, isRequired: false),
                    .init(name: "enabled", schema: Schema.boolean.nullable, isRequired: false),
                ],
                others: .nothing
            ).named("BatchSchedule"),
            example:
                #"{"interval_seconds":21600,"off_peak":{"start":"22:00","end":"06:00","time_zone":"Europe/London"}}"#
        ) { (body) throws(Problem) in
            do throws(BatchSchedule.Problems) {
                return try BatchSchedule(body, defaultInterval: defaultInterval).json()
            } catch {
                throw .invalidBody(error.all.map(Self.fault))
            }
        }
    }

    private static let pricesBody: RouteInput<String> = {
        let number = Schema(.number(PriceSettings.range)).nullable
        func numbers(_ keys: [String]) -> Schema {
            Schema.object(keys.map { .init(name: $0, schema: number, isRequired: false) }, others: .nothing).nullable
        }
        return .json(
            Schema.object(
                [
                    .init(name: "prices", schema: numbers(Price.Key.allCases.map(\.rawValue)), isRequired: false),
                    .init(
                        name: "sizes",
                        schema: numbers(BilledSize.Key.allCases.map(\.rawValue))
                            .saying("Of what is billed and not measured."),
                        isRequired: false
                    ),
                ],
                others: .nothing
            ).named("PriceSettings"),
            example: #"{"prices":{"gb-second":0.000026,"database":12.41},"sizes":{"database-gib":32}}"#
        ) { (body) throws(Problem) in
            do throws(PriceSettings.Problems) { return try PriceSettings(body).json() } catch {
                throw .invalidBody(error.all.map(Self.fault))
            }
        }
    }()

    private static func fault(_ problem: DocumentProblem) -> Problem.Fault {
        .init(.body, "#\(problem.pointer)", problem.reason)
    }
}

/// The schedule with what comes of it.
private struct ScheduleAnswer: Sendable {
    let document: ConfigDocument
    let lastRun: Date?
    let decision: BatchSchedule.Decision
    let nextRuns: [Date]
    let tick: Tick?
    let skipped: [SkippedTicks]

    static let body = ObjectBody<ScheduleAnswer>("Schedule") {
        Member(of: ConfigDocument.body) { $0.document }
        Member("last_run_at", .time, "The last run that wrote lists.") { $0.lastRun }
        Member("due", .boolean, "Whether a tick would start a run now.") { $0.decision.isDue }
        Member("reason", .string, "Why it is due or not.") { $0.decision.reason }
        Member("next_run_at", .time, "Null when a run is due, or nothing decides when.") { $0.decision.next }
        Member("next_runs", .list(of: .time), "The next five, if events go on to come as they do.") { $0.nextRuns }
        Member("last_tick_at") { $0.tick?.tickedAt }
        Member("last_tick_outcome", .string, "What it led to.") { $0.tick?.outcome }
        Member("skipped_ticks", listOf: skippedTicks) { $0.skipped }
    }

    private static let skippedTicks = ObjectBody<SkippedTicks>(
        "SkippedTicks",
        "Ticks in a row that started no full run for the same reason; the newest come first."
    ) {
        Member("first_at") { $0.firstAt }
        Member("last_at") { $0.lastAt }
        Member("count", .count) { Int64($0.count) }
        Member("reason") { $0.reason }
    }
}

/// Prices and sizes, with what they are of and what they would be by default.
private struct PriceAnswer: Sendable {
    let document: ConfigDocument
    let settings: PriceSettings

    static let body = ObjectBody<PriceAnswer>("Prices") {
        Member(of: ConfigDocument.body) { $0.document }
        Member("currency", .string, "Of every price.") { _ in Price.currency }
        Member("region") { _ in Price.region }
        Member("date", .string, "When the defaults were looked up.") { _ in Price.date }
        Member("prices", listOf: price) { $0.settings.lines }
        Member("sizes", listOf: size) { $0.settings.sizeLines }
    }

    private static let price = ObjectBody<PriceSettings.Line<Price>>("Price") {
        Member("key", .choice(Price.Key.self)) { $0.of.key.rawValue }
        Member("name") { $0.of.name }
        Member("unit") { $0.of.unit }
        Member("price") { $0.value }
        Member("default") { $0.of.price }
        Member("source", .string, "Of the default.") { $0.of.source }
    }

    private static let size = ObjectBody<PriceSettings.Line<BilledSize>>("BilledSize") {
        Member("key", .choice(BilledSize.Key.self)) { $0.of.key.rawValue }
        Member("name") { $0.of.name }
        Member("unit") { $0.of.unit }
        Member("size") { $0.value }
        Member("default") { $0.of.size }
    }
}
