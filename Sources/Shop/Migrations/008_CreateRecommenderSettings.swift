import Postgres

extension Migration {
    /// The settings that a job works with, what choosing its model found, and why a model was rejected.
    static let createRecommenderSettings = Migration(
        number: 8,
        name: "create_recommender_settings",
        sql: """
            -- The `recommender` settings, written with the data cut.
            ALTER TABLE batch_jobs ADD COLUMN recommender jsonb;
            ALTER TABLE batch_jobs ADD COLUMN evaluation jsonb;
            ALTER TABLE models ADD COLUMN rejection text;
            """
    )
}
