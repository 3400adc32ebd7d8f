import Postgres
import TestSupport
import Testing

@Suite("Prepared statements", .database)
struct PreparedStatementTests {
    private let database = TestDatabase.current

    private func preparedCount(_ connection: PostgresConnection) async throws -> Int {
        let rows = try await connection.query("SELECT count(*) AS n FROM pg_prepared_statements WHERE NOT from_sql")
        return try rows[0].decode(Int.self, "n")
    }

    @Test("a statement is prepared at its second use and then reused")
    func secondUse() async throws {
        let client = database.client()
        try await client.withConnection { connection in
            #expect(try await preparedCount(connection) == 0)
            for _ in 0..<5 { _ = try await connection.query("SELECT \(1) + 1") }
            // The counting statement itself was prepared at its second use, the line below is its third.
            #expect(try await preparedCount(connection) == 2)
            #expect(try await preparedCount(connection) == 2)
        }
    }

    @Test("no more statements are kept than allowed, the least recently used is dropped on the server too")
    func bounded() async throws {
        let client = database.client { $0.maximumPreparedStatements = 4 }
        try await client.withConnection { connection in
            for number in 0..<20 {
                for _ in 0..<2 {
                    let rows = try await connection.query("SELECT \(unescaped: "\(number)") AS n")
                    #expect(try rows[0].decode(Int.self, "n") == number)
                }
            }
            let rows = try await connection.query("SELECT count(*) AS n FROM pg_prepared_statements")
            #expect(try rows[0].decode(Int.self, "n") <= 4)
        }
    }

    @Test("with the switch off nothing is prepared and everything works the same")
    func unprepared() async throws {
        let client = database.client { $0.usesPreparedStatements = false }
        try await client.withConnection { connection in
            for number in 0..<5 {
                let rows = try await connection.query("SELECT \(number) AS n, \("x")::text AS t")
                #expect(try rows[0].decode(Int.self, "n") == number)
            }
            let rows = try await connection.query("SELECT count(*) AS n FROM pg_prepared_statements")
            #expect(try rows[0].decode(Int.self, "n") == 0)
        }
        let rows = try await client.read("SELECT \(7) AS n")
        #expect(try rows[0].decode(Int.self, "n") == 7)
        #expect(
            try await client.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()").count == 1,
            "read must not open a pipelined connection behind a proxy"
        )
    }

    @Test("a table altered after its statement was prepared does no harm, alone or in a transaction")
    func stalePlans() async throws {
        let client = database.client { $0.maximumConnections = 1 }
        let other = database.client()
        try await client.execute("CREATE TABLE t (a int)")
        try await client.execute("INSERT INTO t VALUES (1)")
        for _ in 0..<3 { _ = try await client.query("SELECT * FROM t") }
        for _ in 0..<3 { _ = try await client.read("SELECT * FROM t") }
        try await other.execute("ALTER TABLE t ADD COLUMN b text DEFAULT 'new'")
        #expect(try await client.query("SELECT * FROM t")[0].decode(String.self, "b") == "new")
        #expect(try await client.read("SELECT * FROM t")[0].decode(String.self, "b") == "new")

        for _ in 0..<3 { _ = try await client.query("SELECT * FROM t") }
        try await other.execute("ALTER TABLE t ADD COLUMN c text DEFAULT 'newer'")
        let value = try await client.withTransaction { connection in
            try await connection.query("SELECT * FROM t")[0].decode(String.self, "c")
        }
        #expect(value == "newer")
    }

    @Test("statements that somebody deallocated are prepared again")
    func deallocated() async throws {
        let client = database.client { $0.maximumConnections = 1 }
        for _ in 0..<3 { _ = try await client.query("SELECT 41 + 1 AS n") }
        try await client.execute("DEALLOCATE ALL")
        #expect(try await client.query("SELECT 41 + 1 AS n")[0].decode(Int.self, "n") == 42)
    }

    @Test("the same text with other bind types is not confused")
    func otherTypes() async throws {
        let client = database.client { $0.maximumConnections = 1 }
        for _ in 0..<4 {
            let wide = try await client.query("SELECT pg_typeof(\(1 as Int64))::text AS t")
            let narrow = try await client.query("SELECT pg_typeof(\(1 as Int32))::text AS t")
            #expect(try wide[0].decode(String.self, "t") == "bigint")
            #expect(try narrow[0].decode(String.self, "t") == "integer")
        }
    }
}
