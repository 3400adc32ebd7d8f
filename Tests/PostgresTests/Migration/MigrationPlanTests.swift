import Testing

@testable import Postgres

@Suite("MigrationPlan: the code's migrations against the database's")
struct MigrationPlanTests {
    private let first = Migration(number: 1, name: "First", sql: "a")
    private let second = Migration(number: 2, name: "Second", sql: "b")
    private let third = Migration(number: 3, name: "Third", sql: "c")

    private func applied(_ migration: Migration, checksum: String) -> AppliedMigration {
        AppliedMigration(number: migration.number, name: migration.name, checksum: checksum)
    }

    @Test("what is not applied is pending, in order")
    func pending() throws {
        let plan = try MigrationPlan.pending(
            [first, second, third],
            checksums: ["A", "B", "C"],
            applied: [applied(first, checksum: "A")]
        )
        #expect(plan == [second, third])
    }

    @Test("a changed migration is named")
    func changed() {
        let error = #expect(throws: PostgresError.self) {
            try MigrationPlan.pending([first], checksums: ["A"], applied: [applied(first, checksum: "X")])
        }
        #expect(error?.code == .migration)
        #expect(error?.message.contains("1 First was changed") == true)
    }

    @Test("a migration that only the database knows is named")
    func unknown() {
        let error = #expect(throws: PostgresError.self) {
            try MigrationPlan.pending(
                [first],
                checksums: ["A"],
                applied: [
                    applied(first, checksum: "A"), applied(second, checksum: "B"),
                ]
            )
        }
        #expect(error?.message.contains("2 Second") == true)
    }

    @Test("a gap below an applied migration is named")
    func gap() {
        let error = #expect(throws: PostgresError.self) {
            try MigrationPlan.pending(
                [first, second],
                checksums: ["A", "B"],
                applied: [applied(second, checksum: "B")]
            )
        }
        #expect(error?.message.contains("1 First is missing below 2") == true)
    }

    @Test("numbers must rise and may not repeat")
    func order() {
        #expect(throws: PostgresError.self) {
            try MigrationPlan.pending([second, first], checksums: ["B", "A"], applied: [])
        }
        #expect(throws: PostgresError.self) {
            try MigrationPlan.pending([first, first], checksums: ["A", "A"], applied: [])
        }
    }
}
