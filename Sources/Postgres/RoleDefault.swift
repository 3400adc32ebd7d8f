/// A setting that the server gives each session of a role in one database, such as `statement_timeout`.
package struct RoleDefault: Sendable, Hashable {
    /// The parameter's name. Part of the SQL text: never from outside.
    package let setting: String
    /// Its value as the server writes it, "60s". Part of the SQL text: never from outside.
    package let value: String

    package init(setting: String, value: String) {
        self.setting = setting
        self.value = value
    }
}

extension Migrator {
    /// Makes these the defaults of the current role in the current database and returns those that were not set so before.
    ///
    /// All in one transaction under the migrations' lock: the settings of a role and a database are one row of the catalogue,
    /// and two sessions that change it at once fail with "tuple concurrently updated".
    @discardableResult
    package func setRoleDefaults(_ defaults: [RoleDefault]) async throws -> [RoleDefault] {
        try await withMigrationLock { connection in
            let rows = try await connection.query(
                """
                SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setrole = current_user::regrole
                    AND setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
                """
            )
            let present = Set(try rows.map { try $0.decode(String.self, at: 0) })
            let missing = defaults.filter { !present.contains("\($0.setting)=\($0.value)") }
            guard !missing.isEmpty else { return [] }
            let name = try await connection.query("SELECT current_database()")[0].decode(String.self, at: 0)
            for item in missing {
                try await connection.execute(
                    """
                    ALTER ROLE CURRENT_USER IN DATABASE \(identifier: name)
                    SET \(unescaped: item.setting) = '\(unescaped: item.value)'
                    """
                )
            }
            return missing
        }
    }
}
