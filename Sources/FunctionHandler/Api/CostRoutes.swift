import FoundationEssentials
import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// What runs and a month cost, by what was measured and the prices in force.
struct CostRoutes: Sendable {
    let jobs: BatchJobRepository
    let usage: JobUsageRepository
    let serving: ServingMetricsRepository
    let costs: JobCosts
    /// Of the instances that serve; nil where no setting says.
    let servingMemoryMB: Int?
    var now: @Sendable () -> Date = { Date() }

    /// What "the rate of now" is measured in.
    private static let rateTime: TimeInterval = 86_400

    var routes: [Route] {
        [
            Route(
                .get,
                "/metrics/costs",
                .admin,
                "getCosts",
                "What this month has cost so far, what a month costs at today's rate, and what each full run cost",
                .integer("runs", "How many completed full runs, newest first.", default: 30, in: 1...100),
                returning: .json(CostAnswer.body, "The costs, at the prices in force."),
                handler: { _, runs in try await answer(runs) }
            )
        ]
    }

    private func answer(_ count: Int) async throws -> CostAnswer {
        let now = now()
        let month = Timestamp.date(Timestamp.text(now).prefix(7) + "-01T00:00:00Z") ?? now
        let (prices, version) = try await costs.prices()
        let monthUse = try await use(since: month)
        let first = [try await usage.first(), monthUse.served.first].compactMap(\.self).min()
        let start = max(month, first ?? now)
        let rateStart = max(now.addingTimeInterval(-Self.rateTime), first ?? now)
        let rateUse = try await use(since: rateStart)
        let jobs = try await jobs.list(page: 1, pageSize: count, status: .completed, type: .full).items
        let runs = try await costs.costs(of: jobs.map(\.jobID))
        return CostAnswer(
            now: now,
            countedFrom: start,
            prices: prices,
            pricesVersion: version,
            servingMemoryMB: servingMemoryMB,
            monthUse: monthUse,
            soFar: MonthlyCost(monthUse, share: MonthlyCost.share(ofSeconds: now.timeIntervalSince(start)), prices),
            rateSeconds: now.timeIntervalSince(rateStart),
            rateUse: rateUse,
            atRate: .atRate(rateUse, of: now.timeIntervalSince(rateStart), prices),
            runs: jobs.map { CostAnswer.Run(job: $0, cost: runs[$0.jobID]) }
        )
    }

    private func use(since: Date) async throws -> MeasuredUse {
        MeasuredUse(
            jobs: try await usage.total(since: since),
            served: try await serving.billed(since: since),
            servingGB: servingMemoryMB.map { Double($0) / 1_024 }
        )
    }
}

/// What `GET /metrics/costs` says.
struct CostAnswer: Sendable {
    struct Run: Sendable {
        let job: BatchJob
        let cost: JobCost?

        var metrics: BatchMetrics { BatchMetrics(json: job.metricsJSON) }

        static let body = ObjectBody<Run>("RunCost") {
            Member("job_id") { $0.job.jobID }
            Member("variant") { $0.job.variant.name }
            Member("started_at") { $0.job.startedAt }
            Member("completed_at") { $0.job.completedAt }
            Member("users", .count) { $0.metrics.users }
            Member("lists", .count) { $0.metrics.lists }
            Member("cost", optional: JobCost.body) { $0.cost }
            Member("per_thousand_lists", .number, "Of those that the run made.") { run in
                run.cost.flatMap { cost in
                    let lists = run.metrics.lists
                    return lists > 0 ? cost.cost.total * 1_000 / Double(lists) : nil
                }
            }
        }
    }

    let now: Date
    let countedFrom: Date
    let prices: PriceSettings
    let pricesVersion: Int64
    let servingMemoryMB: Int?
    let monthUse: MeasuredUse
    let soFar: MonthlyCost
    let rateSeconds: Double
    let rateUse: MeasuredUse
    let atRate: MonthlyCost
    let runs: [Run]

    /// At the rate of now, for what was served in the same time.
    var perThousandLists: Double? {
        let lists = Double(rateUse.served.lists) * MonthlyCost.months(inSeconds: rateSeconds)
        return lists > 0 ? atRate.total * 1_000 / lists : nil
    }

    static let body = ObjectBody<CostAnswer>("Costs") {
        Member("now", .time, "The moment of every figure.") { $0.now }
        Member("counted_from", .time, "The first of the month, or when measuring began.") { $0.countedFrom }
        Member("currency") { _ in Price.currency }
        Member("prices_version", .count, "0 for the defaults.") { $0.pricesVersion }
        Member("instance_gb", .number, "Memory of an instance.") { answer in
            answer.servingMemoryMB.map { Double($0) / 1_024 } ?? answer.prices[.instanceGB]
        }
        Member("instance_is_assumed", .boolean, "Whether no setting says what memory an instance has.") {
            $0.servingMemoryMB == nil
        }
        Member("so_far", .number, "Of this month.") { $0.soFar.total }
        Member("at_rate", .number, "Of a month of 730 hours like the last day.") { $0.atRate.total }
        Member("rate_hours", .number, "What the rate was measured in.") { $0.rateSeconds / 3_600 }
        Member("per_thousand_lists", .number, "At that rate, of lists that customers were served.") {
            $0.perThousandLists
        }
        Member("used", used) { $0 }
        Member("parts", listOf: part) { answer in
            zip(answer.soFar.parts, answer.atRate.parts).map { ($0, $1) }
        }
        Member("runs", listOf: Run.body) { $0.runs }
    }

    private static let used = ObjectBody<CostAnswer>(nil, "What was measured since `counted_from`.") {
        Member("job_gb_seconds", .number) { $0.monthUse.jobGBSeconds($0.prices) }
        Member("serving_gb_seconds", .number, "At the most: a second for each request, a minute for each minute.") {
            $0.monthUse.servingGBSeconds($0.prices)
        }
        Member("executions", .count) { $0.monthUse.executions }
        Member("lists_served", .count) { $0.monthUse.served.lists }
        Member("database_seconds", .number, "For which jobs held connections.") { $0.monthUse.jobs.databaseSeconds }
        Member("blob_reads", .count, "Of jobs.") { $0.monthUse.jobs.blobReads }
        Member("blob_writes", .count, "Of jobs.") { $0.monthUse.jobs.blobWrites }
    }

    private static let part = ObjectBody<(CostPart, CostPart)>("CostPart") {
        Member("key", .choice(CostPart.Key.self)) { $0.0.key.rawValue }
        Member("unit", .string, "Of the quantity.") { $0.0.unit }
        Member("measured", .boolean, "False for a size that somebody assumed.") { $0.0.isMeasured }
        Member("quantity_so_far") { $0.0.quantity }
        Member("quantity_at_rate") { $0.1.quantity }
        Member("so_far", .number, "Its cost.") { $0.0.cost }
        Member("at_rate", .number, "Its cost.") { $0.1.cost }
    }
}

extension JobCost {
    static let body = ObjectBody<JobCost>(
        "JobCost",
        "What a job has used, and what that costs at the prices in force, before any free grant."
    ) {
        Member("total") { $0.cost.total }
        Member("currency") { _ in Price.currency }
        Member("memory") { $0.cost.memory }
        Member("executions") { $0.cost.executions }
        Member("database", .number, "The share of its monthly price.") { $0.cost.database }
        Member("blobs") { $0.cost.blobs }
        Member("used", used) { $0 }
    }

    private static let used = ObjectBody<JobCost>(nil, "What was measured.") {
        Member("seconds", .number, "Of instances, each execution at least one.") { $0.usage.seconds }
        Member("gb_seconds") { $0.usage.gbSeconds($0.prices) }
        Member("memory_is_assumed", .boolean, "Whether no setting said what memory an instance had.") {
            $0.usage.unsizedSeconds > 0
        }
        Member("executions", .count) { $0.usage.executions }
        Member("database_seconds", .number, "For which connections were held.") { $0.usage.databaseSeconds }
        Member("blob_reads", .count) { $0.usage.blobReads }
        Member("blob_writes", .count) { $0.usage.blobWrites }
    }
}
