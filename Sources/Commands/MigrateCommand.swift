import ArgumentParser
import Composition
import Logging
import Postgres
import Shop

/// Brings the database's schema up to this program's version.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database's schema up to date.",
        discussion: """
            Each migration runs in a transaction of its own and is recorded with its checksum. Processes that start at \
            once apply each migration once. Also gives the role that migrates a statement timeout of a minute in this \
            database.

            Exit status: 0 up to date (or brought up to date), 1 an error, 2 something is pending (with --dry-run only), \
            64 wrong arguments or settings.
            """
    )

    /// Exit status of a dry run that found something to do; an error has another.
    static let pendingStatus: Int32 = 2

    @Flag(help: "Say what would be applied, change nothing; exit status 2 when something is pending.")
    var dryRun = false

    @Flag(help: "List every migration with its state; exit status 0 whatever it is.")
    var status = false

    func validate() throws {
        guard !(dryRun && status) else { throw ValidationError("give --dry-run or --status, not both") }
    }

    func run() async throws {
        let environment = try CommandEnvironment.load(.database)
        try await environment.withServices { services in
            let migrator = Migrator(client: services.batchDatabase, logger: environment.logger)
            if status {
                for entry in try await migrator.status(ShopMigrations.all) {
                    print("\(entry.isApplied ? "applied" : "pending"): \(entry.migration.title)")
                }
                return
            }
            if dryRun {
                let pending = try await migrator.pending(ShopMigrations.all)
                for migration in pending { print("pending: \(migration.title)") }
                guard pending.isEmpty else { throw ExitCode(Self.pendingStatus) }
                print("up to date: \(ShopMigrations.all.count) migrations applied")
                return
            }
            for migration in try await Self.bringUpToDate(migrator) { print("applied: \(migration.title)") }
            print("up to date: \(ShopMigrations.all.count) migrations")
        }
    }

    /// Applies what is pending and sets the role's limits. Any number of processes may do so at once.
    /// - Returns: the migrations that this call applied.
    static func bringUpToDate(_ migrator: Migrator) async throws -> [Migration] {
        let applied = try await migrator.apply(ShopMigrations.all)
        try await migrator.setRoleDefaults(ShopMigrations.roleDefaults)
        return applied
    }
}
