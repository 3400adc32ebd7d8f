import Foundation
import HTTPTypes
import Postgres
import Shop
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

/// A database that answers reads and refuses writes: a standby, a read-only server, a full disk.
@Suite(.timeLimit(.minutes(5))) struct DatabaseWriteRefusalTests {
    private static let interaction = #"{"user_id":"U-1","product_id":"P-1","interaction_type":"view"}"#

    private func app(_ uri: String) -> Calls {
        var config = AppConfig()
        config.port = 7071
        config.database.uri = uri
        config.blob.location = .file(directory: NSTemporaryDirectory() + "write-refusal-\(UUID().uuidString)")
        config.adminKey = AdminKey(ApiShop.key)
        return Calls(responder: buildApp(config, problems: [], logger: Calls.quiet).responder)
    }

    private func prepare(_ client: PostgresClient) async throws {
        try await Migrator(client: client, logger: Calls.quiet).apply(ShopMigrations.all)
        try await client.execute("INSERT INTO users (user_id) VALUES ('U-1')")
        try await client.execute(
            "INSERT INTO products (product_id, name, category, price_minor) VALUES ('P-1', 'Mug', 'Kitchen', 250)"
        )
    }

    private func expectRefusal(_ calls: Calls, kind: String, reason: String) async throws {
        let writes: [(String, String?)] = [
            ("/interactions", Self.interaction), ("/users", #"{"user_id":"U-2"}"#), ("/batch/trigger", nil),
        ]
        for (path, body) in writes {
            let answer = try await calls(.post, path, headers: ApiShop.admin, body: body)
            #expect(answer.status == 503, "\(path): \(answer.text)")
            #expect(answer.headers[.retryAfter] == "30", "\(path)")
            #expect(try answer.problem()["type"] == .string("urn:recommender-shop:problem:\(kind)"), "\(path)")
        }
        let ready = try await calls(.get, "/health/ready")
        #expect(ready.status == 503)
        #expect(ready.headers[.retryAfter] != nil)
        let database = try ready.problem()["database"]
        #expect(database?["status"] == .string("failed"))
        #expect(database?["writable"] == .bool(false))
        #expect(database?["reason"]?.string?.contains(reason) == true, "\(ready.text)")
        #expect(try await calls(.get, "/products").status == 200)
        #expect(try await calls(.get, "/recommendations/U-1").status == 200)
    }

    @Test("a standby serves reads; writes are 503 with Retry-After, and readiness names it")
    func standby() async throws {
        let cluster = try await PostgresCluster.running()
        let client = PostgresClient(configuration: .init(uri: cluster.uri()), logger: Calls.quiet)
        try await prepare(client)
        await client.shutdown()
        try await cluster.stop()
        try Data().write(to: URL(fileURLWithPath: "\(cluster.directory)/data/standby.signal"))
        try await cluster.start()
        try await expectRefusal(app(cluster.uri()), kind: "database-read-only", reason: "standby")
    }

    @Test("a server set to read-only is the same, until it is writable again", .database(ShopMigrations.all))
    func readOnly() async throws {
        let database = TestDatabase.current
        let client = database.client()
        try await prepare(client)
        try await client.execute("ALTER DATABASE \(identifier: database.name) SET default_transaction_read_only = on")
        try await expectRefusal(app(database.uri), kind: "database-read-only", reason: "default_transaction_read_only")
        // The setting of a database can be changed only by a session that may write.
        try await client.withConnection { connection in
            try await connection.execute("SET default_transaction_read_only = off")
            try await connection.execute(
                "ALTER DATABASE \(identifier: database.name) RESET default_transaction_read_only"
            )
        }
        let calls = app(database.uri)
        #expect(try await calls(.post, "/interactions", body: Self.interaction).status == 201)
        #expect(try await calls(.get, "/health/ready").status == 200)
    }

    @Test(
        "a full disk is 503 with Retry-After, and readiness names it after the first refused write",
        .database(ShopMigrations.all)
    )
    func diskFull() async throws {
        let client = TestDatabase.current.client()
        try await prepare(client)
        try await client.withConnection { connection in
            try await connection.executeScript(
                """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
                CREATE TRIGGER refuse BEFORE INSERT ON interactions FOR EACH STATEMENT EXECUTE FUNCTION refuse();
                CREATE TRIGGER refuse BEFORE INSERT ON users FOR EACH STATEMENT EXECUTE FUNCTION refuse();
                CREATE TRIGGER refuse BEFORE INSERT ON batch_jobs FOR EACH STATEMENT EXECUTE FUNCTION refuse();
                """
            )
        }
        try await expectRefusal(app(TestDatabase.current.uri), kind: "database-disk-full", reason: "disk is full")
    }
}
