import FoundationEssentials
import HTTPTypes
import RecPipeline
import TextFormats

/// What the shop's data are like, and what batches have stored of them. No request reads an event.
struct DataRoutes: Sendable {
    let stored: StoredData
    /// Whether batches write data sets at all.
    let keepsDataSets: Bool
    var now: @Sendable () -> Date = { Date() }

    private static let reportLimit = 10
    private static let categoryLimit = 100

    var routes: [Route] {
        [
            Route(
                .get,
                "/data/summary",
                .admin,
                "getDataSummary",
                "Counts, sparsity, categories, weeks and warnings of the newest data set, and what is stored",
                returning: .json(DataAnswer.body, "The summary; null before the first data set."),
                handler: { _ in try await summary() }
            ),
            Route(
                .get,
                "/data/reports/{job_id}",
                .admin,
                "getEvaluationPage",
                "The page about the models that a job judged, as one HTML file",
                .path("job_id", "A job's id.", example: "job-000001"),
                returning: .response(.init(.ok, "The page.", .string, mediaType: "text/html")),
                handler: { _, id in try await report(id) }
            ),
        ]
    }

    private func summary() async throws -> DataAnswer {
        let sets = try await stored.dataSets()
        var summary: DataAnswer.Summary?
        if let newest = sets.first, var found = try await stored.summary(of: newest.folder) {
            let categories = found.categories.list
            found.categories.list = Array(categories.prefix(Self.categoryLimit))
            summary = DataAnswer.Summary(summary: found, categoryCount: categories.count)
        }
        return DataAnswer(
            now: now(),
            summary: summary,
            keepsDataSets: keepsDataSets,
            location: stored.location,
            sets: sets,
            reports: try await stored.reports(limit: Self.reportLimit)
        )
    }

    private func report(_ jobID: String) async throws -> Response {
        guard ExternalID.isValid(jobID), let page = try await stored.report(of: jobID) else {
            throw Problem.notFound("evaluation of job", jobID)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "private, no-store",
                .contentDisposition: "attachment; filename=\"\(jobID)-evaluation.html\"",
            ],
            body: page
        )
    }
}

/// What `GET /data/summary` says.
struct DataAnswer: Sendable {
    struct Summary: Sendable {
        let summary: SnapshotSummary
        let categoryCount: Int
    }

    let now: Date
    let summary: Summary?
    let keepsDataSets: Bool
    let location: String
    let sets: [StoredData.DataSet]
    let reports: [StoredData.Report]

    static let body = ObjectBody<DataAnswer>("DataOverview") {
        Member("now") { $0.now }
        Member("summary", optional: summaryBody) { $0.summary }
        Member("keeps_data_sets", .boolean, "False while DATASET_SNAPSHOTS is 0: nothing is summed up then.") {
            $0.keepsDataSets
        }
        Member("location", .string, "The store.") { $0.location }
        Member("data_sets", listOf: dataSet) { $0.sets }
        Member("reports", listOf: report) { $0.reports }
    }

    private static let summaryBody = ObjectBody<Summary>("DataSummary", "The shop's data as of one data cut.") {
        Member("created_at", .time, "When the data were read.") { $0.summary.createdAt }
        Member("data_cut", .count, "The last event that is counted.") { $0.summary.dataCut }
        Member("products", .count) { $0.summary.counts.products }
        Member("active_products", .count, "Those with an event.") { $0.summary.counts.activeProducts }
        Member("users", .count) { $0.summary.counts.users }
        Member("active_users", .count, "Those with an event.") { $0.summary.counts.activeUsers }
        Member("interactions", .count) { $0.summary.counts.interactions }
        Member("by_type", .object([], others: .count), "Events by kind.") { summary in
            JSONValue.object(summary.summary.counts.byType.mapValues { .integer(Int64($0)) })
        }
        Member("sparsity", Schema(.number(0...1)), "Share of pairs of a customer and a product without an event.") {
            $0.summary.sparsity
        }
        Member("first_event") { $0.summary.firstEvent }
        Member("last_event") { $0.summary.lastEvent }
        Member("events_per_user", percentiles) { $0.summary.eventsPerUser }
        Member("events_per_product", percentiles) { $0.summary.eventsPerProduct }
        Member("category_balance", Schema(.number(0...1)), "1 when all categories are equally full.") {
            $0.summary.categories.balance
        }
        Member("category_count", .count) { $0.categoryCount }
        Member("categories", listOf: category) { $0.summary.categories.list }
        Member("weeks", listOf: week) { $0.summary.weeks ?? [] }
        Member("warnings", listOf: warning) { $0.summary.warnings ?? [] }
    }

    private static let percentiles = ObjectBody<SnapshotSummary.Percentiles>(
        "Percentiles",
        "Of those with an event at all."
    ) {
        Member("p10", .count) { $0.p10 }
        Member("p50", .count) { $0.p50 }
        Member("p90", .count) { $0.p90 }
        Member("p99", .count) { $0.p99 }
        Member("maximum", .count) { $0.maximum }
    }

    private static let category = ObjectBody<SnapshotSummary.Category>("CategorySize") {
        Member("name") { $0.name }
        Member("products", .count) { $0.products }
        Member("interactions", .count) { $0.interactions }
    }

    private static let week = ObjectBody<SnapshotSummary.Week>("DataWeek") {
        Member("start", .string, "Its Monday, in UTC.") { $0.start }
        Member("events", .count) { $0.events }
        Member("by_type", .object([], others: .count)) { week in
            JSONValue.object(week.byType.mapValues { .integer(Int64($0)) })
        }
    }

    private static let warning = ObjectBody<SnapshotSummary.Warning>("DataWarning") {
        Member("kind", .choice(SnapshotSummary.Warning.Kind.self)) { $0.kind.rawValue }
        Member("count", .count) { $0.count }
        Member("examples", .list(of: .string), "Some of them.") { $0.examples }
    }

    private static let dataSet = ObjectBody<StoredData.DataSet>("StoredDataSet") {
        Member("folder") { $0.folder }
        Member("created_at") { $0.createdAt }
        Member("bytes", .count) { $0.bytes }
    }

    private static let report = ObjectBody<StoredData.Report>("StoredReport") {
        Member("job_id") { $0.jobID }
        Member("path") { $0.path }
        Member("created_at") { $0.createdAt }
        Member("bytes", .count) { $0.bytes }
    }
}
