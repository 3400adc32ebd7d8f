import Postgres
import TestSupport
import Testing

@Suite("Migrator", .database)
struct MigratorTests {
    private let database = TestDatabase.current
    private let first = Migration(number: 1, name: "First", sql: "CREATE TABLE a (id int); CREATE TABLE b (id int);")
    private let second = Migration(number: 2, name: "Second", sql: "ALTER TABLE a ADD COLUMN name text")

    private func migrator(_ client: PostgresClient) -> Migrator {
        Migrator(client: client, logger: TestDatabase.quietLogger)
    }

    private func tables(_ client: PostgresClient) async throws -> [String] {
        try await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            .map { try $0.decode(String.self, at: 0) }
    }

    @Test("pending migrations are applied in order, once, and recorded with a checksum")
    func applying() async throws {
        let client = database.client()
        let migrator = migrator(client)
        #expect(try await migrator.apply([first]) == [first])
        #expect(try await migrator.apply([first, second]) == [second])
        #expect(try await migrator.apply([first, second]) == [])
        #expect(try await tables(client) == ["a", "b", "schema_migrations"])
        let rows = try await client.query("SELECT number, name, checksum FROM schema_migrations ORDER BY number")
        #expect(try rows.map { try $0.decode(Int.self, "number") } == [1, 2])
        #expect(try rows.allSatisfy { try $0.decode(String.self, "checksum").count == 64 })
    }

    @Test("asking what is pending changes nothing")
    func dryRun() async throws {
        let client = database.client()
        let migrator = migrator(client)
        #expect(try await migrator.pending([first, second]) == [first, second])
        #expect(try await migrator.status([first, second]).map { $0.isApplied } == [false, false])
        #expect(try await tables(client) == [])
        try await migrator.apply([first])
        #expect(try await migrator.status([first, second]).map { $0.isApplied } == [true, false])
        #expect(try await migrator.pending([first, second]) == [second])
    }

    @Test("a database of another encoding than UTF-8 is refused with the reason and the remedy")
    func encoding() async throws {
        let admin = database.client()
        let name = "latin_\(UInt64.random(in: 0 ... .max))"
        try await admin.execute("CREATE DATABASE \(identifier: name) ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        let uri = database.uri.replacing("/\(database.name)", with: "/\(name)")
        let client = PostgresClient(configuration: PostgresConfiguration(uri: uri), logger: TestDatabase.quietLogger)
        for isDryRun in [true, false] {
            let error = await #expect(throws: PostgresError.self) {
                if isDryRun { return try await migrator(client).pending([first]) }
                return try await migrator(client).apply([first])
            }
            #expect(error?.code == .migration)
            #expect(error?.message.contains("encoding LATIN1") == true, "\(String(describing: error))")
            #expect(
                error?.message.contains("ENCODING 'UTF8' TEMPLATE template0") == true,
                "\(String(describing: error))"
            )
        }
        #expect(try await tables(client) == [])
        await client.shutdown()
        try await admin.execute("DROP DATABASE \(identifier: name)")
    }

    @Test("a migration that fails leaves nothing of itself, and those before it stay")
    func rollback() async throws {
        let client = database.client()
        let bad = Migration(number: 2, name: "Bad", sql: "CREATE TABLE c (id int); INSERT INTO missing VALUES (1);")
        let error = await #expect(throws: PostgresError.self) { try await migrator(client).apply([first, bad]) }
        #expect(error?.code == .server(.undefinedTable))
        #expect(error?.message.hasPrefix("migration 2 Bad: ") == true)
        #expect(try await tables(client) == ["a", "b", "schema_migrations"])
        #expect(try await migrator(client).apply([first, second]) == [second])
    }

    @Test("a changed migration is refused and nothing is applied")
    func changedChecksum() async throws {
        let client = database.client()
        try await migrator(client).apply([first])
        let changed = Migration(number: 1, name: "First", sql: first.sql + " ")
        let error = await #expect(throws: PostgresError.self) { try await migrator(client).apply([changed, second]) }
        #expect(error?.code == .migration)
        #expect(error?.message.contains("1 First was changed") == true)
        #expect(try await client.query("SELECT 1 FROM schema_migrations").count == 1)
    }

    @Test("a database that is newer than the program is refused")
    func newerDatabase() async throws {
        let client = database.client()
        try await migrator(client).apply([first, second])
        let error = await #expect(throws: PostgresError.self) { try await migrator(client).apply([first]) }
        #expect(error?.message.contains("2 Second") == true)
        // A program that only serves is told what the database has, and that nothing is missing.
        #expect(try await migrator(client).pending([first], admitsNewer: true) == [])
        #expect(try await migrator(client).newest() == 2)
    }

    @Test("several processes that start at once apply each migration exactly once")
    func concurrentStarts() async throws {
        let migrations = (1...6).map { number in
            Migration(
                number: number,
                name: "M\(number)",
                sql: "CREATE TABLE t\(number) (id int); SELECT pg_sleep(0.01);"
            )
        }
        let clients = (0..<4).map { _ in database.client() }
        let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
            for client in clients { group.addTask { try await migrator(client).apply(migrations) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.map(\.number).sorted() == [1, 2, 3, 4, 5, 6])
        #expect(try await tables(clients[0]).count == 7)
    }

    @Test("the role's statement and lock timeouts end neither a long migration nor the wait for one")
    func timeouts() async throws {
        let slow = Migration(number: 1, name: "Slow", sql: "CREATE TABLE a (id int); SELECT pg_sleep(0.5);")
        let clients = (0..<2).map { _ in
            database.client {
                let options = "options=-c%20statement_timeout%3D100%20-c%20lock_timeout%3D100"
                $0.uri += ($0.uri.contains("?") ? "&" : "?") + options
            }
        }
        let refused = await #expect(throws: PostgresError.self) { try await clients[0].query("SELECT pg_sleep(0.5)") }
        #expect(refused?.code == .server(.queryCanceled))
        let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
            for client in clients { group.addTask { try await migrator(client).apply([slow]) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied == [slow])
    }

    @Test("text that looks like binds or quotes is run as it stands")
    func literalText() async throws {
        let client = database.client()
        let migration = Migration(
            number: 1,
            name: "Literal",
            sql:
                "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS $$ SELECT $1 + 1 $$; CREATE TABLE q (t text DEFAULT 'it''s');"
        )
        try await migrator(client).apply([migration])
        #expect(try await client.query("SELECT f(1) AS n")[0].decode(Int.self, "n") == 2)
    }
}
