import FoundationEssentials
import Shop
import Synchronization
import Telemetry

/// Tells how good and how new the lists are that customers are served, after ticks of the timer: when these values stop, so has
/// the timer.
package final class CacheTelemetry: Sendable {
    private let telemetry: TelemetryClient
    private let stats: CacheStatsRepository
    private let serving: ServingMetricsRepository
    /// Seconds after which a list is stale.
    private let maximumAge: Int
    private let told = Mutex<ContinuousClock.Instant?>(nil)

    /// Reading the coverage touches every stored list.
    private static let interval: Duration = .seconds(900)
    /// Requests of so long ago count for the hit ratio.
    private static let window: TimeInterval = 900

    init(telemetry: TelemetryClient, stats: CacheStatsRepository, serving: ServingMetricsRepository, maximumAge: Int) {
        (self.telemetry, self.stats, self.serving) = (telemetry, stats, serving)
        self.maximumAge = maximumAge
    }

    /// Tells what there is; nothing when this process did so less than a quarter of an hour ago.
    package func tell() async throws {
        let isDue = told.withLock { told in
            guard told.map({ .now - $0 >= Self.interval }) ?? true else { return false }
            told = .now
            return true
        }
        guard isDue else { return }
        if let age = try await stats.ageOfLiveLists() { telemetry.metric(.cacheMaximumAge, age / 3_600) }
        for list in try await stats.stats(maximumAge: maximumAge) where list.list == .discover && list.users > 0 {
            telemetry.metric(.cacheCoverage, Double(list.fresh) / Double(list.users), [.variant: list.variant])
        }
        let minutes = try await serving.read(since: Date(timeIntervalSinceNow: -Self.window), route: nil)
        let lists = minutes.filter { !$0.key.source.isEmpty }
        let total = lists.reduce(0) { $0 + $1.latencies.count }
        guard total > 0 else { return }
        let hits = lists.filter { $0.key.source == "cache" }.reduce(0) { $0 + $1.latencies.count }
        telemetry.metric(.cacheHitRatio, Double(hits) / Double(total))
    }
}
