import ArgumentParser
import Postgres
import Shop

/// Brings the database's schema up to this program's version.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database's schema up to date.",
        discussion: """
            Each migration runs in a transaction of its own and is recorded with its checksum. Two processes that start \
            at once apply each migration once. Exit status: 0 up to date (or brought up to date), 1 with --dry-run when \
            something is pending, 1 on an error.
            """
    )

    @Flag(help: "Say what would be applied, change nothing; exit status 1 when something is pending.")
    var dryRun = false

    @Flag(help: "List every migration with its state.")
    var status = false

    func run() async throws {
        let environment = try CommandEnvironment.load()
        try await environment.withServices { services in
            let migrator = Migrator(client: services.batchDatabase, logger: environment.logger)
            if status {
                for entry in try await migrator.status(ShopMigrations.all) {
                    print(
                        "\(entry.isApplied ? "applied" : "pending"): \(entry.migration.number) \(entry.migration.name)"
                    )
                }
                return
            }
            if dryRun {
                let pending = try await migrator.pending(ShopMigrations.all)
                for migration in pending { print("pending: \(migration.number) \(migration.name)") }
                if pending.isEmpty { print("up to date: \(ShopMigrations.all.count) migrations applied") }
                if !pending.isEmpty { throw ExitCode(1) }
                return
            }
            let applied = try await migrator.apply(ShopMigrations.all)
            for migration in applied { print("applied: \(migration.number) \(migration.name)") }
            try await Self.setTimeouts(services.batchDatabase)
            print("up to date: \(ShopMigrations.all.count) migrations")
        }
    }

    /// Server-side limits for whoever connects as this role to this database: a connection through a pooling proxy has no
    /// start-up options of its own. Long work raises them with SET LOCAL.
    private static func setTimeouts(_ database: PostgresClient) async throws {
        guard let name = try await database.query("SELECT current_database()").first?.decode(String.self, at: 0) else {
            return
        }
        for (setting, value) in [("statement_timeout", "60s"), ("idle_in_transaction_session_timeout", "60s")] {
            _ = try await database.execute(
                """
                ALTER ROLE CURRENT_USER IN DATABASE \(identifier: name) SET \(unescaped: setting) = '\(unescaped: value)'
                """
            )
        }
    }
}
