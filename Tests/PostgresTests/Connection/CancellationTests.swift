import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Cancellation and waiting", .database)
struct CancellationTests {
    private let database = TestDatabase.current

    private func running(_ text: String, _ observer: PostgresClient) async throws -> Int {
        let pattern = "%\(text)%"
        let rows = try await observer.query(
            """
            SELECT count(*) AS n FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND query LIKE \(pattern) AND pid <> pg_backend_pid()
            """
        )
        return try rows[0].decode(Int.self, "n")
    }

    @Test("cancelling the task ends the statement on the server, and the connection stays usable")
    func reachesTheServer() async throws {
        let client = database.client { $0.maximumConnections = 1 }
        let observer = database.client()
        let before = try await client.query("SELECT pg_backend_pid() AS pid")[0].decode(Int.self, "pid")
        let sleeper = Task { try await client.query("SELECT pg_sleep(600) /* cancel me */") }
        try await eventually { try await running("cancel me", observer) == 1 }
        sleeper.cancel()
        let error = await #expect(throws: PostgresError.self) { try await sleeper.value }
        #expect(error?.code == .cancelled)
        try await eventually { try await running("cancel me", observer) == 0 }
        let after = try await client.query("SELECT pg_backend_pid() AS pid")[0].decode(Int.self, "pid")
        #expect(before == after)
    }

    @Test("a cancelled statement never takes the next one of the same connection with it")
    func neverHitsTheNext() async throws {
        let client = database.client { $0.maximumConnections = 1 }
        for round in 0..<50 {
            let task = Task { try await client.query("SELECT pg_sleep(0.002)") }
            for _ in 0..<(round % 10) { await Task.yield() }
            task.cancel()
            let next = try await client.query("SELECT \(round) AS n, pg_sleep(0.001)")
            #expect(try next[0].decode(Int.self, "n") == round)
            _ = await task.result
        }
    }

    @Test("a task that was cancelled before it asked sends nothing")
    func cancelledBefore() async throws {
        let client = database.client()
        try await client.execute("CREATE TABLE t (id int)")
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await client.execute("INSERT INTO t VALUES (1)")
        }
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(try await client.query("SELECT * FROM t").isEmpty)
    }

    @Test("cancelling inside a transaction rolls it back")
    func insideTransaction() async throws {
        let client = database.client()
        let observer = database.client()
        try await client.execute("CREATE TABLE t (id int)")
        let task = Task {
            try await client.withTransaction { connection in
                try await connection.execute("INSERT INTO t VALUES (1)")
                _ = try await connection.query("SELECT pg_sleep(600) /* in transaction */")
            }
        }
        try await eventually { try await running("in transaction", observer) == 1 }
        task.cancel()
        _ = await task.result
        #expect(try await observer.query("SELECT * FROM t").isEmpty)
        #expect(
            try await observer.query(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            ).isEmpty
        )
    }

    @Test("statement_timeout is a server error, not a cancellation")
    func statementTimeout() async throws {
        let client = database.client()
        let options = TransactionOptions(statementTimeout: .milliseconds(20))
        let error = await #expect(throws: PostgresError.self) {
            try await client.withTransaction(options) { _ = try await $0.query("SELECT pg_sleep(600)") }
        }
        #expect(error?.code == .server(.queryCanceled))
        #expect(error?.kind == .fatal)
        // SET LOCAL ended with the transaction.
        #expect(try await client.query("SHOW statement_timeout")[0].decode(String.self, at: 0) == "0")
    }

    @Test("blocked connections do not starve the cooperative pool")
    func noStarvation() async throws {
        let client = database.client { $0.maximumConnections = 4 }
        let observer = database.client()
        let sleepers = (0..<4).map { _ in Task { try await client.query("SELECT pg_sleep(600) /* starve */") } }
        // All four block in libpq on a machine that may have two cores, yet this task goes on.
        try await eventually { try await running("starve", observer) == 4 }
        let steps = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<100 { group.addTask { 1 } }
            return await group.reduce(into: 0) { $0 += $1 }
        }
        #expect(steps == 100)
        for sleeper in sleepers { sleeper.cancel() }
        for sleeper in sleepers { _ = await sleeper.result }
    }
}
