package import Logging

/// Brings a database to the schema of the code. Safe when several processes start at once: each migration is applied
/// by one of them, in one transaction with its row in `schema_migrations`.
package struct Migrator: Sendable {
    /// Held by a transaction for the length of one migration. Any number will do; nothing else in the product takes
    /// advisory locks with this key ("recshop" in ASCII).
    private static let lockKey: Int64 = 0x72_6563_7368_6F70
    /// The limit of one statement of a migration and of the wait for another process's migration. The role's own limit
    /// is made for requests: it would end the creation of an index on a large table, and the process that waits for it.
    private static let statementLimit: Duration = .seconds(3_600)

    private let client: PostgresClient
    private let logger: Logger

    package init(client: PostgresClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// Applies what is pending, in order, and returns what this call applied. A migration that fails leaves nothing
    /// of itself behind, and those before it applied. Throws `.migration` when code and database contradict.
    @discardableResult
    package func apply(_ migrations: [Migration]) async throws -> [Migration] {
        var applied: [Migration] = []
        // Asked anew each time: another process may have applied some meanwhile.
        while let next = try await pending(migrations).first {
            let isMine = try await withMigrationLock { connection in
                try await createTable(connection)
                let rest = try await pending(migrations, on: connection)
                // The process that held the lock before us has done it.
                guard rest.first == next else { return false }
                try await run(next, connection)
                return true
            }
            guard isMine else { continue }
            logger.info("migration applied", metadata: ["migration": "\(next.title)"])
            applied.append(next)
        }
        return applied
    }

    /// The migrations that `apply` would run; changes nothing. Throws `.migration` when code and database contradict, or
    /// when the database cannot hold the program's text.
    ///
    /// - Parameter admitsNewer: a database that a newer version has migrated is no contradiction. For a program that only wants to
    ///   go on while, or after, another one is published: migrations add, so that the version before can read what they leave.
    package func pending(_ migrations: [Migration], admitsNewer: Bool = false) async throws -> [Migration] {
        try await client.withConnection { connection in
            try await checkEncoding(connection)
            return try await pending(migrations, on: connection, admitsNewer: admitsNewer)
        }
    }

    /// The number of the newest migration in the database, whether or not this program knows it; 0 before the first.
    package func newest() async throws -> Int {
        let exists = try await client.query("SELECT to_regclass('schema_migrations') IS NOT NULL")
        guard try exists.first?.decode(Bool.self, at: 0) == true else { return 0 }
        return try await client.query("SELECT coalesce(max(number), 0) FROM schema_migrations").first?.decode(
            Int.self,
            at: 0
        ) ?? 0
    }

    /// Every migration and whether it is applied; changes nothing.
    package func status(_ migrations: [Migration]) async throws -> [(migration: Migration, isApplied: Bool)] {
        let pending = Set(try await pending(migrations).map(\.number))
        return migrations.map { ($0, !pending.contains($0.number)) }
    }

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

    /// One transaction while no other process migrates this database.
    private func withMigrationLock<T>(_ body: (PostgresConnection) async throws -> T) async throws -> T {
        let options = TransactionOptions(statementTimeout: Self.statementLimit, lockTimeout: Self.statementLimit)
        return try await client.withTransaction(options) { connection in
            try await connection.execute("SELECT pg_advisory_xact_lock(\(Self.lockKey))")
            return try await body(connection)
        }
    }

    // MARK: SQL

    /// Other encodings lack characters: an import of product names would fail in the middle.
    private func checkEncoding(_ connection: PostgresConnection) async throws {
        let row = try await connection.query("SELECT current_database(), getdatabaseencoding()")[0]
        let name = try row.decode(String.self, at: 0)
        let encoding = try row.decode(String.self, at: 1)
        guard encoding == "UTF8" else {
            throw PostgresError(
                .migration,
                "the database \(name) has the encoding \(encoding), which cannot store every text. Create one with UTF8: "
                    + "CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0 LOCALE 'C.UTF-8'"
            )
        }
    }

    private func run(_ migration: Migration, _ connection: PostgresConnection) async throws {
        do {
            try await connection.executeScript(migration.sql)
        } catch var error as PostgresError {
            error.message = "migration \(migration.title): \(error.message)"
            throw error
        }
        try await connection.execute(
            """
            INSERT INTO schema_migrations (number, name, checksum)
            VALUES (\(migration.number), \(migration.name), encode(sha256(convert_to(\(migration.sql)::text, 'UTF8')), 'hex'))
            """
        )
    }

    private func createTable(_ connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                number integer PRIMARY KEY,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """
        )
    }

    private func pending(
        _ migrations: [Migration],
        on connection: PostgresConnection,
        admitsNewer: Bool = false
    ) async throws -> [Migration] {
        let exists = try await connection.query("SELECT to_regclass('schema_migrations') IS NOT NULL AS present")
        var applied: [AppliedMigration] = []
        if try exists.first?.decode(Bool.self, at: 0) == true {
            applied = try await connection.query("SELECT number, name, checksum FROM schema_migrations ORDER BY number")
                .map { row in
                    AppliedMigration(
                        number: try row.decode(Int.self, "number"),
                        name: try row.decode(String.self, "name"),
                        checksum: try row.decode(String.self, "checksum")
                    )
                }
        }
        // The server computes the checksums, so that the client needs no hash of its own.
        let checksums = try await connection.query(
            """
            SELECT encode(sha256(convert_to(sql, 'UTF8')), 'hex') AS checksum
            FROM unnest(\(migrations.map(\.sql))) WITH ORDINALITY AS given (sql, position) ORDER BY position
            """
        )
        return try MigrationPlan.pending(
            migrations,
            checksums: try checksums.map { try $0.decode(String.self, at: 0) },
            applied: applied,
            admitsNewer: admitsNewer
        )
    }
}

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
