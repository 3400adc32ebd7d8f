package import Postgres

/// Every migration of the shop's schema in order: append, never edit one that has been released.
package enum ShopMigrations {
    /// Numbered from 1 without gaps.
    package static let all: [Migration] = [
        .createCatalogue, .createInteractions, .createRecommendationCache, .createBatch, .createArtifactRetention,
        .createHousekeeping, .normaliseText, .createRecommenderSettings, .createRefreshJobs, .createServingMinutes,
        .createIdempotencyKeys, .createErasures, .createChunkClaims, .createExperiments, .createJobUsage,
        .createNotifications,
    ]

    /// Server-side limits for whoever connects as the migrating role: a connection through a pooling proxy has no start-up
    /// options of its own. Long work raises them with SET LOCAL.
    package static let roleDefaults = [
        RoleDefault(setting: "statement_timeout", value: "60s"),
        RoleDefault(setting: "idle_in_transaction_session_timeout", value: "60s"),
    ]
}
