package import FoundationEssentials

/// What `datasets/{timestamp}/summary.json` says of the files beside it. Written last: a folder without it is incomplete.
package struct SnapshotSummary: Codable, Sendable, Equatable {
    /// Rows of the files.
    package struct Counts: Codable, Sendable, Equatable {
        package var products = 0
        package var users = 0
        package var interactions = 0
        /// By kind of event.
        package var byType: [String: Int] = [:]
        /// Customers and products with at least one event.
        package var activeUsers = 0
        package var activeProducts = 0

        enum CodingKeys: String, CodingKey {
            case products, users, interactions
            case byType = "by_type"
            case activeUsers = "active_users"
            case activeProducts = "active_products"
        }
    }

    /// How often customers act, or products are met: of those that are met at all.
    package struct Percentiles: Codable, Sendable, Equatable {
        package var p10 = 0
        package var p25 = 0
        package var p50 = 0
        package var p75 = 0
        package var p90 = 0
        package var p99 = 0
        package var maximum = 0

        /// The smallest value that at least the share of all values does not exceed ("nearest rank").
        package init(_ values: [Int]) {
            guard !values.isEmpty else { return }
            let sorted = values.sorted()
            func rank(_ percent: Int) -> Int { sorted[max(0, (percent * sorted.count + 99) / 100 - 1)] }
            (p10, p25, p50, p75, p90, p99) = (rank(10), rank(25), rank(50), rank(75), rank(90), rank(99))
            maximum = sorted[sorted.count - 1]
        }
    }

    /// A category with its products and their events.
    package struct Category: Codable, Sendable, Equatable {
        package var name: String
        package var products: Int
        package var interactions: Int
    }

    /// How the products are divided.
    package struct Categories: Codable, Sendable, Equatable {
        /// Most products first.
        package var list: [Category]
        /// Entropy of the products' categories over its largest value: 1 when all are equally full, 0 for a single one.
        package var balance: Double
    }

    /// Version of this format.
    package var format = 1
    package var createdAt: Date
    package var dataCut: Int64
    package var catalogueVersion: Int64
    package var codeVersion: String
    package var counts = Counts()
    /// Share of customer–product pairs without an event.
    package var sparsity = 1.0
    package var firstEvent: Date?
    package var lastEvent: Date?
    package var eventsPerUser = Percentiles([])
    package var eventsPerProduct = Percentiles([])
    package var categories = Categories(list: [], balance: 0)
    /// The newest ones, oldest first; nil, as the warnings, in summaries of earlier releases.
    package var weeks: [Week]?
    package var warnings: [Warning]?
    package var files: [ModelManifest.File] = []

    enum CodingKeys: String, CodingKey {
        case format
        case createdAt = "created_at"
        case dataCut = "data_cut"
        case catalogueVersion = "catalogue_version"
        case codeVersion = "code_version"
        case counts, sparsity
        case firstEvent = "first_event"
        case lastEvent = "last_event"
        case eventsPerUser = "events_per_user"
        case eventsPerProduct = "events_per_product"
        case categories, weeks, warnings, files
    }

    package init(createdAt: Date, dataCut: Int64, catalogueVersion: Int64, codeVersion: String) {
        self.createdAt = createdAt
        self.dataCut = dataCut
        self.catalogueVersion = catalogueVersion
        self.codeVersion = codeVersion
    }
}
