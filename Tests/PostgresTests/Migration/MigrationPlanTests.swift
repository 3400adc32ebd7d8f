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

    @Test(
        "where newer ones are admitted, those above the code's newest are left out, and a gap or a change is still named"
    )
    func newer() throws {
        let newer = [applied(first, checksum: "A"), applied(second, checksum: "B"), applied(third, checksum: "C")]
        #expect(
            try MigrationPlan.pending([first, second], checksums: ["A", "B"], applied: newer, admitsNewer: true) == []
        )
        let gap = #expect(throws: PostgresError.self) {
            try MigrationPlan.pending([first, third], checksums: ["A", "C"], applied: newer, admitsNewer: true)
        }
        #expect(gap?.message.contains("2 Second") == true)
        let changed = #expect(throws: PostgresError.self) {
            try MigrationPlan.pending([first], checksums: ["X"], applied: newer, admitsNewer: true)
        }
        #expect(changed?.message.contains("1 First was changed") == true)
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
