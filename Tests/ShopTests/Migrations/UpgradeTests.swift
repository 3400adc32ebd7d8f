import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Postgres
@testable import Shop

/// From each released schema to the newest one. The program of that time is represented by the statements that it prepared: older
/// programs themselves are not built here.
@Suite("Upgrade of a database", .serialized, .slot)
struct UpgradeTests {
    /// Tables in which a migration may add rows of its own.
    private static let mayGrow: Set<String> = ["app_config", "housekeeping"]

    /// A table's columns at one time, and its rows in them as JSON text.
    private struct Content {
        let columns: String
        let rows: [String]
    }

    /// Whether the upgrade has ended, for the task that reads meanwhile.
    private final class Progress: Sendable {
        let isUpgraded = Atomic<Bool>(false)
    }

    private func text(_ client: PostgresClient, _ query: SQLQuery) async throws -> [String] {
        try await client.query(query).map { try $0.decode(String.self, at: 0) }
    }

    private func rows(of table: String, columns: String, _ client: PostgresClient) async throws -> [String] {
        try await text(
            client,
            """
            SELECT to_jsonb(r)::text FROM (SELECT \(unescaped: columns) FROM \(identifier: table)) r ORDER BY 1
            """
        )
    }

    private func contents(_ client: PostgresClient) async throws -> [String: Content] {
        var found: [String: Content] = [:]
        let tables = try await text(
            client,
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations' ORDER BY 1"
        )
        for table in tables {
            let columns = try await text(
                client,
                """
                SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = \(table)::regclass AND attnum > 0 AND NOT attisdropped
                ORDER BY attnum
                """
            ).joined(separator: ", ")
            found[table] = Content(columns: columns, rows: try await rows(of: table, columns: columns, client))
        }
        return found
    }

    /// One read's rows, cell by cell as the server sent them.
    private static func answer(_ client: PostgresClient, _ read: SQLQuery) async throws -> [[[UInt8]?]] {
        try await client.read(read).map { row in
            try row.columns.names.indices.map { try row.withBytes(at: $0) { $0.map { Array($0) } } }
        }
    }

    @Test(
        "from every released schema: all rows stay as they were, and prepared reads of that time answer the same all the while",
        arguments: ShopMigrations.all.map { ReleasedSchema(number: $0.number) }
    )
    func upgrade(from schema: ReleasedSchema) async throws {
        try await TestDatabase.with { database in
            let client = database.client()
            let migrator = Migrator(client: client, logger: TestDatabase.quietLogger)
            try await migrator.apply(schema.migrations)
            for statement in schema.rows { try await client.execute("\(unescaped: statement)") }
            let before = try await contents(client)
            if schema.number <= ReleasedSchema.filled {
                for (table, content) in before {
                    #expect(!content.rows.isEmpty, "ReleasedSchema.rows puts nothing into \(table)")
                }
            }

            // The old program: its statements are prepared before the upgrade and used during and after it.
            let old = database.client()
            var expected: [[[[UInt8]?]]] = []
            for read in schema.reads { expected.append(try await Self.answer(old, read)) }
            #expect(expected.allSatisfy { !$0.isEmpty })
            let progress = Progress()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [expected, reads = schema.reads] in
                    var isLast = false
                    while true {
                        for (read, wanted) in zip(reads, expected) {
                            let found = try await Self.answer(old, read)
                            #expect(found == wanted, "\(read.sql)")
                        }
                        if isLast { return }
                        // One more round after the end of the upgrade.
                        isLast = progress.isUpgraded.load(ordering: .acquiring)
                    }
                }
                defer { progress.isUpgraded.store(true, ordering: .releasing) }
                let applied = try await migrator.apply(ShopMigrations.all)
                #expect(applied.count == ShopMigrations.all.count - schema.migrations.count)
                progress.isUpgraded.store(true, ordering: .releasing)
                try await group.waitForAll()
            }

            for (table, content) in before {
                let after = try await rows(of: table, columns: content.columns, client)
                #expect(Set(content.rows).isSubset(of: after), "rows of \(table) changed or went")
                if !Self.mayGrow.contains(table) {
                    #expect(after.count == content.rows.count, "\(table) has other rows")
                }
            }
        }
    }
}
