import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Transactions", .database)
struct TransactionTests {
    private let database = TestDatabase.current

    private final class Counter: Sendable {
        private let count = Mutex(0)
        func increment() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
        var value: Int { count.withLock { $0 } }
    }

    private struct Refusal: Error {}

    @Test("what the body did is committed when it returns and rolled back when it throws")
    func commitAndRollback() async throws {
        let client = database.client()
        try await client.execute("CREATE TABLE t (id int)")
        let value = try await client.withTransaction { connection in
            try await connection.execute("INSERT INTO t VALUES (1)")
            return 17
        }
        #expect(value == 17)
        await #expect(throws: Refusal.self) {
            try await client.withTransaction { connection in
                try await connection.execute("INSERT INTO t VALUES (2)")
                throw Refusal()
            }
        }
        #expect(try await client.query("SELECT id FROM t").map { try $0.decode(Int.self, "id") } == [1])
    }

    @Test("a serialisation failure runs the body again, and both increments count")
    func serializationRetry() async throws {
        let client = database.client()
        try await client.execute("CREATE TABLE counter (value int)")
        try await client.execute("INSERT INTO counter VALUES (0)")
        let attempts = Counter()
        let meeting = Meeting(2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    try await client.withTransaction(.init(isolation: .serializable)) { connection in
                        let first = attempts.increment() <= 2
                        let rows = try await connection.query("SELECT value FROM counter")
                        let value = try rows[0].decode(Int32.self, "value")
                        // Both have read before either writes, so exactly one must fail with 40001.
                        if first { await meeting.arrive() }
                        try await connection.execute("UPDATE counter SET value = \(value + 1)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await client.query("SELECT value FROM counter")[0].decode(Int.self, "value") == 2)
        #expect(attempts.value == 3)
    }

    @Test("a deadlock is broken by the server and the victim runs again")
    func deadlockRetry() async throws {
        let client = database.client()
        try await client.execute("CREATE TABLE t (id int PRIMARY KEY, n int)")
        try await client.execute("INSERT INTO t VALUES (1, 0), (2, 0)")
        let attempts = Counter()
        let meeting = Meeting(2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for order in [[1, 2], [2, 1]] {
                group.addTask {
                    try await client.withTransaction { connection in
                        let first = attempts.increment() <= 2
                        try await connection.execute("UPDATE t SET n = n + 1 WHERE id = \(order[0])")
                        if first { await meeting.arrive() }
                        try await connection.execute("UPDATE t SET n = n + 1 WHERE id = \(order[1])")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await client.query("SELECT n FROM t").map { try $0.decode(Int.self, "n") } == [2, 2])
        #expect(attempts.value == 3)
    }

    @Test("retries are bounded, and the last error is the one thrown")
    func boundedRetries() async throws {
        let client = database.client()
        let attempts = Counter()
        let error = await #expect(throws: PostgresError.self) {
            try await client.withTransaction(.init(maximumRetries: 2)) { connection in
                _ = attempts.increment()
                try await connection.executeScript("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")
            }
        }
        #expect(error?.code == .server(.serializationFailure))
        #expect(attempts.value == 3)
    }

    @Test("other errors are not retried")
    func noRetry() async throws {
        let client = database.client()
        let attempts = Counter()
        await #expect(throws: PostgresError.self) {
            try await client.withTransaction { connection in
                _ = attempts.increment()
                try await connection.execute("SELECT 1 / 0")
            }
        }
        #expect(attempts.value == 1)
    }

    @Test("a swallowed error does not pass for a commit")
    func swallowedError() async throws {
        let client = database.client()
        try await client.execute("CREATE TABLE t (id int)")
        let error = await #expect(throws: PostgresError.self) {
            try await client.withTransaction { connection in
                try await connection.execute("INSERT INTO t VALUES (1)")
                _ = try? await connection.execute("SELECT 1 / 0")
            }
        }
        #expect(error?.code == .transactionAborted)
        #expect(try await client.query("SELECT * FROM t").isEmpty)
    }

    @Test("isolation, access mode and lock timeout hold inside and end with the transaction")
    func options() async throws {
        let client = database.client { $0.maximumConnections = 2 }
        try await client.execute("CREATE TABLE t (id int)")
        let refused = await #expect(throws: PostgresError.self) {
            try await client.withTransaction(.init(isolation: .repeatableRead, readOnly: true)) { connection in
                let level = try await connection.query("SHOW transaction_isolation")[0].decode(String.self, at: 0)
                #expect(level == "repeatable read")
                try await connection.execute("INSERT INTO t VALUES (1)")
            }
        }
        #expect(refused?.sqlState == .readOnlyTransaction)
        try await client.withTransaction { holder in
            try await holder.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
            let error = await #expect(throws: PostgresError.self) {
                try await client.withTransaction(.init(lockTimeout: .milliseconds(20), maximumRetries: 0)) {
                    try await $0.execute("LOCK TABLE t IN SHARE MODE")
                }
            }
            #expect(error?.code == .server(.lockNotAvailable))
            #expect(error?.kind == .retryable)
        }
        #expect(try await client.query("SHOW lock_timeout")[0].decode(String.self, at: 0) == "0")
    }

    @Test("a transaction inside a transaction is refused")
    func nested() async throws {
        let client = database.client()
        let error = await #expect(throws: PostgresError.self) {
            try await client.withTransaction { connection in
                try await connection.withTransaction { _ in }
            }
        }
        #expect(error?.message.contains("already open") == true)
    }

    @Test("a connection lost in a statement before COMMIT is retryable, and nothing of it is stored")
    func lostBeforeCommit() async throws {
        let client = database.client()
        let observer = database.client()
        try await client.execute("CREATE TABLE t (id int)")
        let error = await #expect(throws: PostgresError.self) {
            try await client.withTransaction { connection in
                let pid = try await connection.query("SELECT pg_backend_pid() AS pid")[0].decode(Int32.self, "pid")
                try await connection.execute("INSERT INTO t VALUES (1)")
                _ = try await observer.query("SELECT pg_terminate_backend(\(pid), 10000)")
                try await connection.execute("INSERT INTO t VALUES (2)")
            }
        }
        #expect(error?.kind == .retryable)
        #expect(try await client.query("SELECT * FROM t").isEmpty)
    }

    @Test("a connection lost during COMMIT, or during a write on its own, is ambiguous")
    func ambiguous() async throws {
        let client = database.client()
        let observer = database.client()
        // A deferred trigger makes COMMIT itself slow, so that the session can be killed in the middle of it.
        try await client.withConnection { connection in
            try await connection.executeScript(
                """
                CREATE TABLE t (id int);
                CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION dawdle();
                """
            )
        }
        let inTransaction = Task {
            try await client.withTransaction { try await $0.execute("INSERT INTO t VALUES (1)") }
        }
        try await terminate("COMMIT", observer)
        let error = await #expect(throws: PostgresError.self) { try await inTransaction.value }
        #expect(error?.kind == .ambiguous)
        #expect(error?.query == "COMMIT")

        let alone = Task { try await client.execute("INSERT INTO t VALUES (2)") }
        try await terminate("INSERT INTO t VALUES (2)", observer)
        let second = await #expect(throws: PostgresError.self) { try await alone.value }
        #expect(second?.kind == .ambiguous)
    }

    private func terminate(_ statement: String, _ observer: PostgresClient) async throws {
        try await eventually {
            try await !observer.query(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND state = 'active' AND query = \(statement)
                    AND wait_event = 'PgSleep'
                """
            ).isEmpty
        }
    }
}

/// A point where `count` tasks wait for each other.
actor Meeting {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { missing = count }

    func arrive() async {
        missing -= 1
        if missing > 0 {
            await withCheckedContinuation { waiting.append($0) }
        } else {
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
    }
}
