/// One numbered step of the schema: several statements, run in one transaction. Once released it never changes;
/// mistakes are corrected by the next number.
package struct Migration: Sendable, Hashable {
    /// Its position in the order; unique.
    package let number: Int
    /// A few words, such as `CreateCatalog`.
    package let name: String
    /// The statements. Not `CREATE INDEX CONCURRENTLY` and the like, which refuse to run in a transaction.
    package let sql: String

    package init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}

/// A row of `schema_migrations`.
struct AppliedMigration: Sendable, Hashable {
    let number: Int
    let name: String
    let checksum: String
}

/// Compares the code's migrations with the database's: a value, tested without a database.
enum MigrationPlan {
    /// The migrations still to be applied, in order. `checksums` are those of `migrations`, in the same order.
    /// Throws `.migration` when the code and the database contradict each other.
    ///
    /// - Parameter admitsNewer: migrations above the code's newest are no contradiction: a newer version made them.
    static func pending(
        _ migrations: [Migration],
        checksums: [String],
        applied: [AppliedMigration],
        admitsNewer: Bool = false
    ) throws(PostgresError) -> [Migration] {
        for (earlier, later) in zip(migrations, migrations.dropFirst()) where earlier.number >= later.number {
            throw failure("migrations \(earlier.title) and \(later.title) are not in rising order of number")
        }
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.number, $0) })
        let newest = migrations.last?.number ?? 0
        let applied = admitsNewer ? applied.filter { $0.number <= newest } : applied
        for row in applied where known[row.number] == nil {
            throw failure(
                "the database has migration \(row.number) \(row.name), which this program does not know: "
                    + "it was made by a newer version"
            )
        }
        let done = Dictionary(uniqueKeysWithValues: applied.map { ($0.number, $0) })
        let last = applied.map(\.number).max() ?? .min
        var pending: [Migration] = []
        for (migration, checksum) in zip(migrations, checksums) {
            guard let row = done[migration.number] else {
                guard migration.number > last else {
                    throw failure("migration \(migration.title) is missing below \(last), which is applied already")
                }
                pending.append(migration)
                continue
            }
            guard row.checksum == checksum, row.name == migration.name else {
                throw failure(
                    "migration \(migration.title) was changed after it was applied (as \(row.name)): "
                        + "restore it and write a new one"
                )
            }
        }
        return pending
    }

    static func failure(_ message: String) -> PostgresError { PostgresError(.migration, message) }
}

extension Migration {
    /// Number and name, for messages.
    package var title: String { "\(number) \(name)" }
}
