/// A price of the cloud, or the size of something that it bills, with what it is assumed to be until somebody says otherwise.
package struct Price: Sendable, Equatable {
    package enum Key: String, Sendable, CaseIterable {
        case database
        case databaseGiB = "database-gib"
        case gbSecond = "gb-second"
        case freeGBSeconds = "free-gb-seconds"
        case freeExecutions = "free-executions"
        case millionExecutions = "million-executions"
        case readyGBMonth = "ready-gb-month"
        case readyGBSecond = "ready-gb-second"
        case blobGB = "blob-gb"
        case blobWrites = "blob-write-10k"
        case blobReads = "blob-read-10k"
        case logGB = "log-gb"
        case freeLogGB = "free-log-gb"
        case logAlert = "log-alert"
        case metricAlert = "metric-alert"
        case webFree = "web-free"
        case webStandard = "web-standard"
    }

    package var key: Key
    package var name: String
    package var unit: String
    package var price: Double
    /// Where the price comes from.
    package var source: String

    private init(_ key: Key, _ name: String, _ unit: String, _ price: Double, _ source: String) {
        self.key = key
        self.name = name
        self.unit = unit
        self.price = price
        self.source = source
    }

    /// Of every price here.
    package static let currency = "USD"
    package static let region = "East US"
    /// When they were looked up.
    package static let date = "2026-08-21"

    /// The same as `infra/prices.json`, which documents and scripts read; a test compares them.
    package static let defaults: [Price] = [
        Price(.database, "PostgreSQL server, Standard_B1ms", "month", 12.41, "Microsoft's pricing guide, August 2026"),
        Price(
            .databaseGiB,
            "PostgreSQL storage",
            "GiB and month",
            0.115,
            "Microsoft's pricing guide, August 2026: 3.68 for 32 GiB"
        ),
        Price(.gbSecond, "Functions, memory on demand", "GB-second", 0.000026, "a public guide, May 2025"),
        Price(
            .freeGBSeconds,
            "Functions, free memory on demand",
            "GB-seconds a month",
            100_000,
            "a public guide, May 2025"
        ),
        Price(.freeExecutions, "Functions, free executions", "executions a month", 250_000, "a public guide, May 2025"),
        Price(.millionExecutions, "Functions, executions", "million", 0.4, "from memory"),
        Price(
            .readyGBMonth,
            "Functions, an instance that is always ready",
            "GB and month",
            10,
            "from memory: about 20 for 2 GB"
        ),
        Price(
            .readyGBSecond,
            "Functions, work on an instance that is always ready",
            "GB-second",
            0.000016,
            "from memory"
        ),
        Price(.blobGB, "Blob Storage, hot", "GB and month", 0.02, "from memory"),
        Price(.blobWrites, "Blob Storage, writes and lists", "10,000 operations", 0.065, "from memory"),
        Price(.blobReads, "Blob Storage, reads and other operations", "10,000 operations", 0.005, "from memory"),
        Price(.logGB, "Logs", "GB", 2.76, "from memory"),
        Price(.freeLogGB, "Logs, free", "GB a month", 5, "Microsoft's pricing guide, August 2026"),
        Price(.logAlert, "Alert rule over logs", "month", 1.5, "from memory, upper end"),
        Price(.metricAlert, "Alert rule over a metric", "month", 0.1, "from memory"),
        Price(.webFree, "Static Web Apps, Free", "month", 0, "Microsoft's pricing guide, August 2026"),
        Price(.webStandard, "Static Web Apps, Standard", "month", 9, "from memory"),
    ]
}

/// The size of something that is billed and that this program does not measure.
package struct BilledSize: Sendable, Equatable {
    package enum Key: String, Sendable, CaseIterable {
        case instanceGB = "instance-gb"
        case alwaysReady = "always-ready"
        case databaseGiB = "database-gib"
        case blobGB = "blob-gb"
        case logGB = "log-gb"
        case logAlerts = "log-alerts"
        case metricAlerts = "metric-alerts"
        case webStandard = "web-standard"
    }

    package var key: Key
    package var name: String
    package var unit: String
    package var size: Double

    private init(_ key: Key, _ name: String, _ unit: String, _ size: Double) {
        self.key = key
        self.name = name
        self.unit = unit
        self.size = size
    }

    /// What `infra/` sets up for a small shop.
    package static let defaults: [BilledSize] = [
        BilledSize(.instanceGB, "Memory of an instance where INSTANCE_MEMORY_MB does not say", "GB", 2),
        BilledSize(.alwaysReady, "Instances that are always ready", "instances", 0),
        BilledSize(.databaseGiB, "Storage of the database", "GiB", 32),
        BilledSize(.blobGB, "Stored files", "GB", 1),
        BilledSize(.logGB, "Logs a month", "GB", 1),
        BilledSize(.logAlerts, "Alert rules over logs", "rules", 2),
        BilledSize(.metricAlerts, "Alert rules over metrics", "rules", 3),
        BilledSize(.webStandard, "Static web apps of the Standard plan; others are Free", "apps", 0),
    ]
}
