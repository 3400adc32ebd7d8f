import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite("The private server of the tests")
struct PostgresClusterTests {
    @Test("a server that is let go of is stopped and leaves nothing behind")
    func cleanUp() async throws {
        var cluster: PostgresCluster? = try await PostgresCluster.running()
        let directory = try #require(cluster?.directory)
        #expect(FileManager.default.fileExists(atPath: directory))
        cluster = nil
        try await eventually("the directory is removed") { !FileManager.default.fileExists(atPath: directory) }
    }

    @Test("databases of tests are separate, and gone afterwards")
    func separateDatabases() async throws {
        let first = try await TestDatabase.create()
        let second = try await TestDatabase.create()
        #expect(first.name != second.name)
        try await first.client().execute("CREATE TABLE t (id int)")
        #expect(
            try await second.client().query("SELECT to_regclass('t')::text AS t")[0].decode(String?.self, at: 0) == nil
        )
        await first.drop()
        let observer = second.client()
        let name = first.name
        #expect(try await observer.query("SELECT 1 FROM pg_database WHERE datname = \(name)").isEmpty)
        await second.drop()
    }
}
