package import Shop

/// What jobs and serving have used in some time.
package struct MeasuredUse: Sendable {
    package var jobs: JobUsage
    package var served: ServedUsage
    /// Gigabytes of the instances that serve; nil for what is assumed.
    package var servingGB: Double?

    package init(jobs: JobUsage, served: ServedUsage, servingGB: Double?) {
        self.jobs = jobs
        self.served = served
        self.servingGB = servingGB
    }

    /// All of it `factor` times: what a month would be at the rate of a day.
    func scaled(by factor: Double) -> MeasuredUse {
        var scaled = self
        scaled.jobs.gbSeconds *= factor
        scaled.jobs.unsizedSeconds *= factor
        scaled.jobs.executions = Int64((Double(jobs.executions) * factor).rounded())
        scaled.jobs.databaseSeconds *= factor
        scaled.jobs.blobReads = Int64((Double(jobs.blobReads) * factor).rounded())
        scaled.jobs.blobWrites = Int64((Double(jobs.blobWrites) * factor).rounded())
        scaled.served.seconds *= factor
        scaled.served.requests = Int64((Double(served.requests) * factor).rounded())
        scaled.served.lists = Int64((Double(served.lists) * factor).rounded())
        return scaled
    }

    package func jobGBSeconds(_ prices: PriceSettings) -> Double { jobs.gbSeconds(prices) }

    package func servingGBSeconds(_ prices: PriceSettings) -> Double {
        served.seconds * (servingGB ?? prices[.instanceGB])
    }

    /// Invocations of serving processes, the host's calls among them, and of scorers.
    package var executions: Int64 { served.requests + jobs.executions }
}

/// A line of a month's bill.
package struct CostPart: Sendable, Equatable {
    package enum Key: String, Sendable, CaseIterable {
        case functionsMemory = "functions-memory"
        case functionsExecutions = "functions-executions"
        case functionsReady = "functions-ready"
        case blobOperations = "blob-operations"
        case database
        case databaseStorage = "database-storage"
        case blobStorage = "blob-storage"
        case logs, alerts, web
    }

    package var key: Key
    package var quantity: Double
    /// What the quantity counts.
    package var unit: String
    /// Whether the quantity was measured; else it is a size that somebody assumed.
    package var isMeasured: Bool
    package var cost: Double
}

/// A month's bill, or that of the part of a month that has passed.
package struct MonthlyCost: Sendable, Equatable {
    package var parts: [CostPart]

    package var total: Double { parts.reduce(0) { $0 + $1.cost } }

    /// - Parameters:
    ///   - use: of the time that is billed.
    ///   - share: of a month; what is billed by the month is billed for so much of it, free grants count in full.
    package init(_ use: MeasuredUse, share: Double, _ prices: PriceSettings) {
        let ready = prices[.alwaysReady]
        let gbSeconds = use.jobGBSeconds(prices) + use.servingGBSeconds(prices)
        let executions = Double(use.executions)
        let readyGB = ready * (use.servingGB ?? prices[.instanceGB])
        parts = [
            CostPart(
                key: .functionsMemory,
                quantity: gbSeconds,
                unit: "GB-seconds",
                isMeasured: true,
                // There is no grant for work on instances that are always ready.
                cost: ready > 0
                    ? gbSeconds * prices[.readyGBSecond]
                    : max(0, gbSeconds - prices[.freeGBSeconds]) * prices[.gbSecond]
            ),
            CostPart(
                key: .functionsExecutions,
                quantity: executions,
                unit: "executions",
                isMeasured: true,
                cost: max(0, executions - (ready > 0 ? 0 : prices[.freeExecutions])) / 1e6 * prices[.millionExecutions]
            ),
            CostPart(
                key: .functionsReady,
                quantity: ready,
                unit: "instances",
                isMeasured: false,
                cost: readyGB * prices[.readyGBMonth] * share
            ),
            CostPart(
                key: .blobOperations,
                quantity: Double(use.jobs.blobReads + use.jobs.blobWrites),
                unit: "operations",
                isMeasured: true,
                cost: RunCost.blobs(use.jobs, prices)
            ),
            CostPart(key: .database, quantity: 1, unit: "server", isMeasured: false, cost: prices[.database] * share),
            CostPart(
                key: .databaseStorage,
                quantity: prices[BilledSize.Key.databaseGiB],
                unit: "GiB",
                isMeasured: false,
                cost: prices[BilledSize.Key.databaseGiB] * prices[Price.Key.databaseGiB] * share
            ),
            CostPart(
                key: .blobStorage,
                quantity: prices[BilledSize.Key.blobGB],
                unit: "GB",
                isMeasured: false,
                cost: prices[BilledSize.Key.blobGB] * prices[Price.Key.blobGB] * share
            ),
            CostPart(
                key: .logs,
                quantity: prices[BilledSize.Key.logGB],
                unit: "GB a month",
                isMeasured: false,
                cost: max(0, prices[BilledSize.Key.logGB] * share - prices[.freeLogGB]) * prices[Price.Key.logGB]
            ),
            CostPart(
                key: .alerts,
                quantity: prices[.logAlerts] + prices[.metricAlerts],
                unit: "rules",
                isMeasured: false,
                cost: (prices[.logAlerts] * prices[.logAlert] + prices[.metricAlerts] * prices[.metricAlert]) * share
            ),
            CostPart(
                key: .web,
                quantity: max(1, prices[BilledSize.Key.webStandard]),
                unit: "apps",
                isMeasured: false,
                cost: (prices[BilledSize.Key.webStandard] > 0
                    ? prices[BilledSize.Key.webStandard] * prices[Price.Key.webStandard] : prices[.webFree]) * share
            ),
        ]
    }

    /// What a month would cost if all of it were as the time that `use` was measured in.
    /// - Parameter seconds: that time, at least an hour.
    package static func atRate(_ use: MeasuredUse, of seconds: Double, _ prices: PriceSettings) -> MonthlyCost {
        MonthlyCost(use.scaled(by: months(inSeconds: seconds)), share: 1, prices)
    }

    /// How often a time, at least an hour of it, fits into a month.
    package static func months(inSeconds seconds: Double) -> Double { RunCost.monthSeconds / max(3_600, seconds) }

    package static func share(ofSeconds seconds: Double) -> Double { max(0, seconds) / RunCost.monthSeconds }
}
