import Foundation
import Postgres
import TestSupport
import Testing

@Suite("The deadline of statements on exclusive connections", .slot)
struct StatementDeadlineTests {
    /// A server process that has accepted a connection and then does not answer: stopped, not ended.
    private final class Stopped {
        private let process: Int32

        init(_ process: Int32) throws {
            self.process = process
            try #require(kill(process, SIGSTOP) == 0)
        }

        /// A stopped process could not be ended with its server.
        deinit { kill(process, SIGCONT) }
    }

    /// - Parameter deadline: what answers must answer within it, on a busy machine too; what does not costs it in full.
    private func withClient(
        deadline: Duration? = .seconds(2),
        _ body: (PostgresClient, PostgresCluster) async throws -> Void
    ) async throws {
        let cluster = try await PostgresCluster.running()
        var configuration = PostgresConfiguration(uri: cluster.uri())
        configuration.maximumConnections = 1
        configuration.statementDeadline = deadline
        let client = PostgresClient(configuration: configuration, logger: TestDatabase.quietLogger)
        do {
            try await body(client, cluster)
            await client.shutdown()
        } catch {
            await client.shutdown()
            throw error
        }
        withExtendedLifetime(cluster) {}
    }

    private func process(_ client: PostgresClient) async throws -> Int32 {
        try await client.query("SELECT pg_backend_pid() AS pid")[0].decode(Int32.self, "pid")
    }

    @Test("a statement that gets no answer ends with a timeout, and the next one has a connection of its own")
    func query() async throws {
        try await withClient { client, _ in
            let silent = try await process(client)
            let stopped = try Stopped(silent)
            let error = await #expect(throws: PostgresError.self) { try await client.query("SELECT 1 AS n") }
            #expect(error?.code == .timeout)
            #expect(error?.kind == .ambiguous, "outside a transaction it may have been committed")
            #expect(error?.isTransient == true)
            #expect(error?.query == "SELECT 1 AS n")
            #expect(try await process(client) != silent)
            withExtendedLifetime(stopped) {}
        }
    }

    @Test("so does a transaction, at its beginning and in the middle, and nothing of it is repeated")
    func transaction() async throws {
        try await withClient { client, _ in
            let silent = try await process(client)
            let idle = try Stopped(silent)
            var runs = 0
            let atBegin = await #expect(throws: PostgresError.self) {
                try await client.withTransaction { _ in runs += 1 }
            }
            #expect(atBegin?.code == .timeout)
            #expect(runs == 0)
            withExtendedLifetime(idle) {}

            var stopped: Stopped?
            let inside = await #expect(throws: PostgresError.self) {
                try await client.withTransaction { connection in
                    runs += 1
                    let rows = try await connection.query("SELECT pg_backend_pid() AS pid")
                    stopped = try Stopped(try rows[0].decode(Int32.self, "pid"))
                    _ = try await connection.query("SELECT 1")
                }
            }
            #expect(inside?.code == .timeout)
            #expect(inside?.kind == .retryable)
            #expect(runs == 1)
            withExtendedLifetime(stopped) {}
            #expect(try await client.query("SELECT 1").count == 1)
        }
    }

    @Test("and a COPY in either direction")
    func copy() async throws {
        try await withClient { client, _ in
            try await client.execute("CREATE TABLE t (id int)")
            var stopped: [Stopped] = []
            for isIn in [true, false] {
                let error = await #expect(throws: PostgresError.self) {
                    try await client.withConnection { connection in
                        let rows = try await connection.query("SELECT pg_backend_pid() AS pid")
                        let silent = try rows[0].decode(Int32.self, "pid")
                        if isIn {
                            try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", columns: 1) { writer in
                                stopped.append(try Stopped(silent))
                                try await writer.writeRows([Int32(1)]) { $1.append($0) }
                            }
                        } else {
                            stopped.append(try Stopped(silent))
                            try await connection.copyOut("COPY t TO STDOUT (FORMAT binary)") { _ in }
                        }
                    }
                }
                #expect(error?.code == .timeout)
            }
            #expect(try await client.query("SELECT * FROM t").isEmpty)
            withExtendedLifetime(stopped) {}
        }
    }

    @Test("a caller that gives up is let go of, even if the server takes no cancel request either")
    func cancellation() async throws {
        try await withClient(deadline: nil) { client, cluster in
            let silent = try await process(client)
            let file = try String(contentsOfFile: cluster.directory + "/data/postmaster.pid", encoding: .utf8)
            let master = try #require(file.split(separator: "\n").first.flatMap { Int32($0) })
            let task = Task { try await client.query("SELECT pg_sleep(600)") }
            let observer = PostgresClient(
                configuration: PostgresConfiguration(uri: cluster.uri()),
                logger: TestDatabase.quietLogger
            )
            try await eventually {
                let running: SQLQuery = "SELECT 1 FROM pg_stat_activity WHERE pid = \(silent) AND state = 'active'"
                return try await !observer.query(running).isEmpty
            }
            await observer.shutdown()
            var stopped = [try Stopped(master), try Stopped(silent)]
            task.cancel()
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            stopped.removeAll()
            #expect(try await process(client) > 0)
        }
    }

    @Test("without a deadline a slow statement is waited for")
    func noDeadline() async throws {
        try await TestDatabase.with { database in
            let rows = try await database.client { $0.statementDeadline = nil }.query("SELECT pg_sleep(0.5), 7 AS n")
            #expect(try rows[0].decode(Int.self, "n") == 7)
        }
    }
}
