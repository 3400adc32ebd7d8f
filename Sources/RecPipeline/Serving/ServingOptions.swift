/// How lists are served.
package struct ServingOptions: Sendable {
    /// A cached list older than this is computed again (`CACHE_TTL`).
    package var cacheTTL: Duration = .seconds(86_400)
    /// Longest wait for a model to load and a list to be scored before something else is served.
    package var timeBudget: Duration = .seconds(2)
    /// How long computed trends are reused.
    package var trendingTTL: Duration = .seconds(60)
    /// Default window of trends.
    package var trendingWindowSeconds = 7 * 86_400

    package init() {}
}
