package import Postgres

/// Settings that change at run time, as versioned JSON rows.
package struct ConfigRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// The JSON text under a key.
    package func value(_ key: String) async throws -> String? {
        try await database.query("SELECT value::text FROM app_config WHERE key = \(key)").first?.decode(
            String.self,
            at: 0
        )
    }

    /// Writes a value and moves its version.
    package func set(_ key: String, json: String) async throws {
        _ = try await database.execute(
            """
            INSERT INTO app_config (key, value) VALUES (\(key), \(JSONText(json)))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = app_config.version + 1, updated_at = now()
            """
        )
    }
}
