package import Shop
import Synchronization

/// The `recommender` settings that requests follow, read from the database at most once a second.
package final class LiveSettings: Sendable {
    /// Settings with the version of the document that they come from.
    package struct Current: Sendable {
        package var settings = RecommenderSettings()
        package var version: Int64 = 0
    }

    private struct State {
        var current: Current?
        var checkedAt: ContinuousClock.Instant?
    }

    private let config: AppConfigRepository
    private let checkInterval: Duration
    private let state = Mutex(State())

    package init(config: AppConfigRepository, checkInterval: Duration = .seconds(1)) {
        self.config = config
        self.checkInterval = checkInterval
    }

    /// What is in force. While the database does not answer, or what it has is not usable, the last ones stay.
    package func current() async -> Current {
        let (known, isDue) = state.withLock { state in
            let now = ContinuousClock.now
            let isDue = state.checkedAt.map { now - $0 >= checkInterval } ?? true
            if isDue { state.checkedAt = now }
            return (state.current, isDue)
        }
        guard isDue || known == nil else { return known ?? Current() }
        let current: Current
        do {
            // A shop that never wrote its settings has the defaults, which are kept like any others.
            let found = try await config.find(.recommender)
            if let known, known.version == found?.version ?? 0 { return known }
            current = Current(settings: try RecommenderSettings(json: found?.json), version: found?.version ?? 0)
        } catch {
            return known ?? Current()
        }
        state.withLock { $0.current = current }
        return current
    }
}
