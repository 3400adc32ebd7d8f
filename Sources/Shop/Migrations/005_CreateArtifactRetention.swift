import Postgres

extension Migration {
    /// When a model's files were deleted; null while they are there.
    static let createArtifactRetention = Migration(
        number: 5,
        name: "create_artifact_retention",
        sql: """
            ALTER TABLE models ADD COLUMN artifacts_deleted_at timestamptz;
            """
    )
}
