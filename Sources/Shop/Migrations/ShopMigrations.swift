package import Postgres

/// Every migration of the shop's schema in order: append, never edit one that has been released.
package enum ShopMigrations {
    /// Numbered from 1 without gaps.
    package static let all: [Migration] = [
        .createCatalogue, .createInteractions, .createRecommendationCache, .createBatch,
    ]
}
