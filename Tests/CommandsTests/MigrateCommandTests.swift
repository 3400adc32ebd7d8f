import ArgumentParser
import Postgres
import Shop
import TestSupport
import Testing

@testable import Commands

@Suite("The migrate command", .database)
struct MigrateCommandTests {
    private let database = TestDatabase.current

    @Test("several that start at once on an empty database all succeed, and each migration is applied once")
    func concurrently() async throws {
        let clients = (0..<4).map { _ in database.client() }
        let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
            for client in clients {
                group.addTask {
                    try await MigrateCommand.bringUpToDate(
                        Migrator(client: client, logger: TestDatabase.quietLogger)
                    )
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.map(\.number).sorted() == ShopMigrations.all.map(\.number))
        let fresh = database.client()
        #expect(try await fresh.query("SHOW statement_timeout")[0].decode(String.self, at: 0) == "1min")
    }

    @Test("--dry-run and --status together are refused")
    func contradiction() throws {
        #expect(throws: (any Error).self) { try MigrateCommand.parse(["--dry-run", "--status"]) }
        #expect(try MigrateCommand.parse(["--dry-run"]).dryRun)
        #expect(try MigrateCommand.parse(["--status"]).status)
    }
}
