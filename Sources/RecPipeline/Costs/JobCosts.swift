package import Shop

/// What a job has used and what that costs.
package struct JobCost: Sendable, Equatable {
    package var usage: JobUsage
    package var cost: RunCost
    package var prices: PriceSettings
}

/// The costs of jobs, at the prices in force when they are asked for: what was measured is stored, money never is.
package struct JobCosts: Sendable {
    private let usage: JobUsageRepository
    private let config: AppConfigRepository

    package init(usage: JobUsageRepository, config: AppConfigRepository) {
        self.usage = usage
        self.config = config
    }

    /// The prices in force, and the version of their document: 0 for the defaults.
    package func prices() async throws -> (settings: PriceSettings, version: Int64) {
        let stored = try await config.find(.prices)
        return (try PriceSettings(stored: stored?.json), stored?.version ?? 0)
    }

    /// By job; those that were not measured are missing.
    package func costs(of jobIDs: [String]) async throws -> [String: JobCost] {
        let used = try await usage.usage(of: jobIDs)
        guard !used.isEmpty else { return [:] }
        let prices = try await prices().settings
        return used.mapValues { JobCost(usage: $0, cost: RunCost($0, prices), prices: prices) }
    }
}
