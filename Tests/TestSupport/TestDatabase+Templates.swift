import Postgres

/// The template databases of a server: one for each set of migrations, whichever process makes it first.
final class TestTemplates: Sendable {
    private let admin: PostgresClient
    private let uri: @Sendable (String) -> String

    init(admin: PostgresClient, uri: @escaping @Sendable (String) -> String) {
        self.admin = admin
        self.uri = uri
    }

    /// The template in which these migrations are applied.
    func name(for migrations: [Migration]) async throws -> String {
        guard !migrations.isEmpty else { return "template0" }
        let name = "template_" + Self.fingerprint(migrations)
        if try await exists(name) { return name }
        try await admin.withConnection { connection in
            // A session lock: CREATE DATABASE does not run in a transaction. It ends with the session if we do.
            _ = try await connection.query("SELECT pg_advisory_lock(7262735)")
            do {
                if try await !exists(name, on: connection) { try await make(name, migrations, on: connection) }
            } catch {
                _ = try? await connection.query("SELECT pg_advisory_unlock(7262735)")
                throw error
            }
            _ = try await connection.query("SELECT pg_advisory_unlock(7262735)")
        }
        return name
    }

    private func make(_ name: String, _ migrations: [Migration], on connection: PostgresConnection) async throws {
        // Renamed when complete, so that a template is never seen half made.
        let draft = "\(name)_draft"
        try await connection.execute("DROP DATABASE IF EXISTS \(identifier: draft) WITH (FORCE)")
        try await connection.execute("CREATE DATABASE \(identifier: draft) TEMPLATE template0")
        let configuration = PostgresConfiguration(uri: uri(draft), applicationName: "recshop-tests-template")
        let client = PostgresClient(configuration: configuration, logger: TestDatabase.quietLogger)
        do {
            try await Migrator(client: client, logger: TestDatabase.quietLogger).apply(migrations)
            await client.shutdown()
        } catch {
            await client.shutdown()
            throw error
        }
        try await connection.execute("ALTER DATABASE \(identifier: draft) RENAME TO \(identifier: name)")
    }

    private func exists(_ name: String) async throws -> Bool {
        try await admin.withConnection { try await exists(name, on: $0) }
    }

    private func exists(_ name: String, on connection: PostgresConnection) async throws -> Bool {
        try await !connection.query("SELECT 1 FROM pg_database WHERE datname = \(name)").isEmpty
    }

    /// FNV-1a over all that decides the schema.
    private static func fingerprint(_ migrations: [Migration]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for migration in migrations {
            for byte in "\(migration.number)\u{0}\(migration.name)\u{0}\(migration.sql)\u{0}".utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        }
        return String(hash, radix: 36)
    }
}
