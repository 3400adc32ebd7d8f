import Foundation
import Postgres
import TestSupport
import Testing

@Suite("A server that cannot write", .serialized, .timeLimit(.minutes(5)))
struct WriteRefusalTests {
    private func client(_ cluster: PostgresCluster) -> PostgresClient {
        PostgresClient(configuration: PostgresConfiguration(uri: cluster.uri()), logger: TestDatabase.quietLogger)
    }

    /// Every way in which the program writes.
    private func writes(_ client: PostgresClient) -> [@Sendable () async throws -> Void] {
        [
            { _ = try await client.execute("INSERT INTO t VALUES (1)") },
            { _ = try await client.withTransaction { try await $0.execute("INSERT INTO t VALUES (1)") } },
            { _ = try await client.withTransaction { try await $0.query("SELECT id FROM t FOR UPDATE") } },
            {
                _ = try await client.withTransaction(.init(isolation: .serializable)) {
                    try await $0.execute("INSERT INTO t VALUES (1)")
                }
            },
            {
                _ = try await client.withConnection { connection in
                    try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", columns: 1) { writer in
                        try await writer.writeRows([1 as Int32]) { $1.append($0) }
                    }
                }
            },
        ]
    }

    private func expectRefusals(_ client: PostgresClient) async throws {
        for (number, write) in writes(client).enumerated() {
            let error = await #expect(throws: PostgresError.self, "write \(number)") { try await write() }
            #expect(error?.writeRefusal == .readOnly, "\(number): \(String(describing: error))")
            #expect(error?.isTransient == true && error?.kind == .retryable, "\(number): \(String(describing: error))")
        }
    }

    @Test("a standby answers reads, refuses every kind of write as read only, and writes after its promotion")
    func standby() async throws {
        let cluster = try await PostgresCluster.running()
        let client = client(cluster)
        try await client.execute("CREATE TABLE t (id int)")
        try await cluster.stop()
        let signal = URL(fileURLWithPath: "\(cluster.directory)/data/standby.signal")
        try Data().write(to: signal)
        try await cluster.start()
        try await eventually { (try? await client.query("SELECT pg_is_in_recovery()")) != nil }
        #expect(try await client.query("SELECT pg_is_in_recovery()")[0].decode(Bool.self, at: 0))

        try await expectRefusals(client)
        #expect(try await client.read("SELECT count(*) FROM t")[0].decode(Int.self, at: 0) == 0)
        #expect(try await client.withTransaction { try await $0.query("SELECT id FROM t") }.isEmpty)

        _ = try await client.query("SELECT pg_promote(true, 60)")
        for write in writes(client) { try await write() }
        #expect(try await client.query("SELECT id FROM t").count == 4)
        await client.shutdown()
    }

    @Test("a database that its operator set to read only is not written to, in a transaction or outside")
    func operatorSetting() async throws {
        let cluster = try await PostgresCluster.running()
        let client = client(cluster)
        try await client.execute("CREATE TABLE t (id int)")
        try await client.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
        await client.shutdown()
        let later = self.client(cluster)
        try await expectRefusals(later)
        #expect(try await later.query("SELECT id FROM t").isEmpty)
        await later.shutdown()
    }

    @Test("a full disk is named, and is worth another attempt", .database)
    func fullDisk() async throws {
        let client = TestDatabase.current.client()
        let error = await #expect(throws: PostgresError.self) {
            try await client.execute("COPY (SELECT repeat('x', 1000000)) TO '/dev/full'")
        }
        #expect(error?.writeRefusal == .diskFull, "\(String(describing: error))")
        #expect(error?.isTransient == true && error?.kind == .retryable)
    }

    @Test("errors of other kinds refuse no writes", .database)
    func otherErrors() async throws {
        let client = TestDatabase.current.client()
        for sql in ["SELECT 1/0", "CREATE TABLE t (id xid8 GENERATED ALWAYS AS IDENTITY)", "SELECT missing()"]
            as [SQLQuery]
        {
            let error = await #expect(throws: PostgresError.self) { try await client.execute(sql) }
            #expect(error?.writeRefusal == nil && error?.isTransient == false, "\(String(describing: error))")
        }
    }
}
