import Postgres
import TestSupport
import Testing

@Suite("The pool of exclusive connections", .database)
struct PoolTests {
    private let database = TestDatabase.current

    /// Holds all of the client's connections until `body` returns.
    private func holdingAll(
        of client: PostgresClient,
        _ body: () async throws -> Void
    ) async throws {
        let count = client.configuration.maximumConnections
        let (held, holders) = AsyncStream.makeStream(of: Void.self)
        let (release, releaser) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            // One stream feeds one waiter: the holders are nested in a single task.
            group.addTask { try await Self.hold(count, client, holders, release) }
            for await _ in held { break }
            do {
                try await body()
                releaser.finish()
            } catch {
                releaser.finish()
                throw error
            }
            try await group.waitForAll()
        }
    }

    private static func hold(
        _ count: Int,
        _ client: PostgresClient,
        _ holders: AsyncStream<Void>.Continuation,
        _ release: AsyncStream<Void>
    ) async throws {
        guard count > 0 else {
            holders.yield()
            for await _ in release {}
            return
        }
        try await client.withConnection { connection in
            _ = try await connection.query("SELECT 1")
            try await hold(count - 1, client, holders, release)
        }
    }

    @Test("a saturated pool answers poolExhausted after the lease timeout and recovers")
    func saturation() async throws {
        let client = database.client {
            $0.maximumConnections = 2
            $0.leaseTimeout = .milliseconds(100)
        }
        try await holdingAll(of: client) {
            let start = ContinuousClock.now
            let error = await #expect(throws: PostgresError.self) { try await client.query("SELECT 1", line: 5) }
            #expect(error?.code == .poolExhausted)
            #expect(error?.kind == .retryable)
            #expect(error?.line == 5)
            #expect(ContinuousClock.now - start >= .milliseconds(100))
        }
        #expect(try await client.query("SELECT 1").count == 1)
    }

    @Test("one waiter too many is refused at once, while the others wait their turn")
    func tooManyWaiters() async throws {
        let client = database.client {
            $0.maximumConnections = 1
            $0.maximumWaiters = 0
            $0.leaseTimeout = .seconds(600)
        }
        try await holdingAll(of: client) {
            // Would take ten minutes if it waited.
            let error = await #expect(throws: PostgresError.self) { try await client.query("SELECT 1") }
            #expect(error?.code == .poolExhausted)
        }
    }

    @Test("a task that is cancelled while it waits leaves at once and takes no connection with it")
    func cancelledWaiter() async throws {
        let client = database.client {
            $0.maximumConnections = 1
            $0.leaseTimeout = .seconds(600)
        }
        try await holdingAll(of: client) {
            let waiter = Task { try await client.query("SELECT 1") }
            waiter.cancel()
            let error = await #expect(throws: PostgresError.self) { try await waiter.value }
            #expect(error?.code == .cancelled)
        }
        #expect(try await client.query("SELECT 1").count == 1)
    }

    @Test("more callers than connections are all served, and never more connections are open")
    func manyCallers() async throws {
        let client = database.client {
            $0.maximumConnections = 3
            $0.leaseTimeout = .seconds(60)
        }
        let most = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    let rows = try await client.query(
                        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
                    )
                    return try rows[0].decode(Int.self, "n")
                }
            }
            return try await group.reduce(into: 0) { $0 = max($0, $1) }
        }
        #expect((1...3).contains(most))
    }

    @Test("what a caller leaves open is rolled back before the next one gets the connection")
    func uncleanLeases() async throws {
        let client = database.client { $0.maximumConnections = 1 }
        try await client.execute("CREATE TABLE t (id int)")
        try await client.withConnection { connection in
            try await connection.execute("BEGIN")
            try await connection.execute("INSERT INTO t VALUES (1)")
        }
        #expect(try await client.query("SELECT * FROM t").isEmpty)
        try await client.withConnection { connection in
            try await connection.execute("BEGIN")
            _ = try? await connection.execute("SELECT * FROM missing")
        }
        #expect(try await client.query("SELECT 1").count == 1)
        try await client.withConnection { connection in
            let statement: SQLQuery = "COPY (SELECT generate_series(1, 1000000)) TO STDOUT (FORMAT binary)"
            await #expect(throws: CancellationError.self) {
                try await connection.copyOut(statement) { _ in throw CancellationError() }
            }
        }
        #expect(try await client.query("SELECT 1").count == 1)
    }

    @Test("statements of one lease see the same session, also when its caller runs them at once")
    func oneSession() async throws {
        let client = database.client()
        try await client.withConnection { connection in
            async let first = connection.query("SELECT pg_backend_pid() AS pid")
            async let second = connection.query("SELECT pg_backend_pid() AS pid")
            let pids = try await [first, second].map { try $0[0].decode(Int.self, "pid") }
            #expect(pids[0] == pids[1])
        }
    }
}
