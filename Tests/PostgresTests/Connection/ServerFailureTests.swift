import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Server failures", .serialized, .slot, .timeLimit(.minutes(15)))
struct ServerFailureTests {
    private func client(_ cluster: PostgresCluster, _ configure: (inout PostgresConfiguration) -> Void = { _ in })
        -> PostgresClient
    {
        var configuration = PostgresConfiguration(uri: cluster.uri())
        configure(&configuration)
        return PostgresClient(configuration: configuration, logger: TestDatabase.quietLogger)
    }

    @Test("idle connections that died in a restart are replaced without an error")
    func restartWhileIdle() async throws {
        let cluster = try await PostgresCluster.running()
        let client = client(cluster)
        try await client.execute("CREATE TABLE t (id int)")
        _ = try await client.read("SELECT 1")
        for round in 1...3 {
            try await cluster.restart()
            #expect(try await client.read("SELECT 1").count == 1)
            #expect(try await client.query("SELECT 1").count == 1)
            try await client.withTransaction { try await $0.execute("INSERT INTO t VALUES (\(Int32(round)))") }
            #expect(try await client.execute("INSERT INTO t VALUES (0)") == 1)
        }
        #expect(try await client.query("SELECT * FROM t").count == 6)
        await client.shutdown()
    }

    @Test("after kill -9 under load callers get errors at once, and both lanes and leases recover by themselves")
    func killUnderLoad() async throws {
        let cluster = try await PostgresCluster.running()
        let client = client(cluster) {
            $0.leaseTimeout = .testDeadline
            $0.readTimeout = .testDeadline
        }
        try await client.execute("CREATE TABLE t (id int)")
        let record = Record()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<8 {
                group.addTask {
                    while !record.isOver {
                        do {
                            switch index % 3 {
                            case 0: _ = try await client.query("SELECT 1")
                            case 1: try await client.withTransaction { try await $0.query("SELECT 1") }
                            default: _ = try await client.read("SELECT \(index) AS i")
                            }
                            record.succeeded()
                        } catch let error as PostgresError {
                            record.failed(error)
                            // A caller that got an error backs off a little; the breaker must not depend on it.
                            await Task.yield()
                        }
                    }
                }
            }
            group.addTask {
                // However this ends, the others must not go on for ever.
                defer { record.end() }
                try await eventually { record.successes > 100 }
                try await cluster.kill()
                try await eventually { !record.failures.isEmpty }
                try await cluster.start()
                let before = record.successes
                try await eventually { record.successes > before + 1000 }
                #expect(try await client.query("SELECT 1").count == 1)
                #expect(try await client.read("SELECT 1").count == 1)
            }
            try await group.waitForAll()
        }
        for error in record.failures {
            #expect(error.isTransient, "\(error)")
            #expect(error.kind != .fatal, "\(error)")
        }
        await client.shutdown()
    }

    @Test("while the server is down every call fails fast, and work resumes soon after it is back")
    func downForAWhile() async throws {
        let cluster = try await PostgresCluster.running()
        let client = client(cluster)
        _ = try await client.query("SELECT 1")
        try await cluster.stop()
        for _ in 0..<200 {
            for lane in [true, false] {
                let error = await #expect(throws: PostgresError.self) {
                    try await lane ? client.read("SELECT 1") : client.query("SELECT 1")
                }
                #expect(error?.isTransient == true)
                #expect(error?.kind == .retryable)
            }
        }
        try await cluster.start()
        try await eventually { (try? await client.query("SELECT 1")) != nil }
        try await eventually { (try? await client.read("SELECT 1")) != nil }
        await client.shutdown()
    }

    @Test("a lease whose connection died says so instead of going on outside the transaction")
    func lostLease() async throws {
        let cluster = try await PostgresCluster.running()
        let client = client(cluster)
        let other = self.client(cluster)
        try await client.execute("CREATE TABLE t (id int)")
        try await client.withConnection { connection in
            try await connection.execute("BEGIN")
            let pid = try await connection.query("SELECT pg_backend_pid() AS pid")[0].decode(Int32.self, "pid")
            _ = try await other.query("SELECT pg_terminate_backend(\(pid), 10000)")
            for _ in 0..<3 {
                await #expect(throws: PostgresError.self) { try await connection.execute("INSERT INTO t VALUES (1)") }
            }
        }
        #expect(try await client.query("SELECT * FROM t").isEmpty)
        await client.shutdown()
        await other.shutdown()
    }

    @Test("a terminated pipelined connection costs nobody an error: reads are sent again")
    func lostLane() async throws {
        let cluster = try await PostgresCluster.running()
        let client = client(cluster)
        let other = self.client(cluster)
        let pid = try await client.read("SELECT pg_backend_pid() AS pid")[0].decode(Int32.self, "pid")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<50 {
                group.addTask {
                    let rows = try await client.read("SELECT \(index) AS i, pg_sleep(0.002)")
                    #expect(try rows[0].decode(Int.self, "i") == index)
                }
            }
            group.addTask { _ = try await other.query("SELECT pg_terminate_backend(\(pid))") }
            try await group.waitForAll()
        }
        let after = try await client.read("SELECT pg_backend_pid() AS pid")[0].decode(Int32.self, "pid")
        #expect(after != pid)
        await client.shutdown()
        await other.shutdown()
    }

    @Test("too many connections is an answer to come back later")
    func tooManyConnections() async throws {
        let cluster = try await PostgresCluster.running(settings: [
            "max_connections": "4", "superuser_reserved_connections": "0",
        ])
        let first = client(cluster) { $0.maximumConnections = 4 }
        try await first.withConnection { a in
            try await first.withConnection { b in
                try await first.withConnection { c in
                    try await first.withConnection { d in
                        for connection in [a, b, c, d] { _ = try await connection.query("SELECT 1") }
                        let second = client(cluster)
                        let error = await #expect(throws: PostgresError.self) { try await second.query("SELECT 1") }
                        #expect(error?.code == .server("53300"))
                        #expect(error?.kind == .retryable)
                        await second.shutdown()
                    }
                }
            }
        }
        await first.shutdown()
    }

    /// What the callers under load saw.
    private final class Record: Sendable {
        private struct State {
            var successes = 0
            var failures: [PostgresError] = []
            var isOver = false
        }

        private let state = Mutex(State())
        var successes: Int { state.withLock { $0.successes } }
        var failures: [PostgresError] { state.withLock { $0.failures } }
        var isOver: Bool { state.withLock { $0.isOver } }
        func succeeded() { state.withLock { $0.successes += 1 } }
        func failed(_ error: PostgresError) {
            state.withLock { if $0.failures.count < 10_000 { $0.failures.append(error) } }
        }
        func end() { state.withLock { $0.isOver = true } }
    }
}
