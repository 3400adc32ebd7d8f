import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Connection settings", .database)
struct ConnectionSettingsTests {
    private let database = TestDatabase.current

    @Test("a malformed address is a clear error that does not repeat a password")
    func malformed() async throws {
        for uri in ["postgresql://me:s3cret@host:port:x/db?foo=1", "host='x password=s3cret", "s3cret"] {
            let configuration = PostgresConfiguration(uri: uri)
            let error = #expect(throws: PostgresError.self) { try configuration.validate() }
            #expect(error?.code == .configuration)
            #expect(error.map { "\($0)".contains("s3cret") } == false)
            let client = PostgresClient(configuration: configuration, logger: TestDatabase.quietLogger)
            for lane in [true, false] {
                let failure = await #expect(throws: PostgresError.self) {
                    try await lane ? client.read("SELECT 1") : client.query("SELECT 1")
                }
                #expect(failure?.kind == .fatal)
                #expect(failure.map { "\($0)".contains("s3cret") } == false)
            }
            await client.shutdown()
        }
    }

    @Test(
        "an option with a value that libpq does not know is a setting to correct, not an outage to wait for",
        arguments: ["sslmode=bogus-word", "channel_binding=bogus-word", "target_session_attrs=bogus-word"]
    )
    func badOption(option: String) async throws {
        let client = PostgresClient(
            configuration: PostgresConfiguration(uri: "postgresql://me:s3cret@127.0.0.1:1/x?\(option)"),
            logger: TestDatabase.quietLogger
        )
        // Twice: the second one is refused by the breaker, which must not make an outage of it.
        for lane in [true, false, true, false] {
            let error = await #expect(throws: PostgresError.self) {
                try await lane ? client.read("SELECT 1") : client.query("SELECT 1")
            }
            #expect(error?.code == .configuration)
            #expect(error?.kind == .fatal)
            #expect(error?.message.contains(option.prefix { $0 != "=" }) == true)
            // What stands in quotes may be a piece of a password.
            #expect(error?.message.contains("bogus-word") == false)
        }
        await client.shutdown()
    }

    @Test("a wrong password and a missing database stay what they are while connecting is held off")
    func refusedLogin() async throws {
        let cluster = try await PostgresCluster.running()
        let admin = PostgresClient(
            configuration: PostgresConfiguration(uri: cluster.uri()),
            logger: TestDatabase.quietLogger
        )
        try await admin.execute("CREATE ROLE secured LOGIN PASSWORD 'right'")
        await admin.shutdown()
        let wrong = cluster.uri(user: "secured").replacing("secured@", with: "secured:wrong@")
        let cases: [(String, SQLState)] = [
            (wrong, .invalidPassword), (cluster.uri(user: "secured"), .invalidPassword),
            (cluster.uri(database: "nowhere"), .undefinedDatabase),
        ]
        for (uri, state) in cases {
            let client = PostgresClient(
                configuration: PostgresConfiguration(uri: uri),
                logger: TestDatabase.quietLogger
            )
            for lane in [true, false, true, false] {
                let error = await #expect(throws: PostgresError.self) {
                    try await lane ? client.read("SELECT 1") : client.query("SELECT 1")
                }
                #expect(error?.sqlState == state)
                #expect(error?.kind == .fatal)
            }
            await client.shutdown()
        }
    }

    @Test("our application name is a default: the URI's own wins")
    func applicationName() async throws {
        let mine = database.client()
        #expect(try await mine.query("SHOW application_name")[0].decode(String.self, at: 0) == "recshop-tests")
        let theirs = database.client {
            $0.uri += ($0.uri.contains("?") ? "&" : "?") + "application_name=given"
        }
        #expect(try await theirs.query("SHOW application_name")[0].decode(String.self, at: 0) == "given")
        #expect(try await theirs.read("SHOW application_name")[0].decode(String.self, at: 0) == "given")
    }

    @Test("TLS options reach libpq: a server without TLS is refused when TLS is demanded")
    func tlsOptions() async throws {
        let cluster = try await PostgresCluster.running(listensOnTCP: true)
        let plain = PostgresConfiguration(uri: cluster.tcpURI())
        let client = PostgresClient(configuration: plain, logger: TestDatabase.quietLogger)
        #expect(try await client.query("SELECT 1").count == 1)
        #expect(try await client.read("SELECT 1").count == 1)
        await client.shutdown()
        let demanding = PostgresConfiguration(uri: cluster.tcpURI() + "?sslmode=require")
        let refused = PostgresClient(configuration: demanding, logger: TestDatabase.quietLogger)
        let error = await #expect(throws: PostgresError.self) { try await refused.query("SELECT 1") }
        #expect(error?.code == .connection)
        #expect(error?.message.contains("SSL") == true)
        await refused.shutdown()
    }

    @Test("the password hook is asked at each connect, and once more when the server refuses")
    func passwordHook() async throws {
        let cluster = try await PostgresCluster.running()
        let admin = PostgresClient(
            configuration: PostgresConfiguration(uri: cluster.uri()),
            logger: TestDatabase.quietLogger
        )
        try await admin.execute("CREATE ROLE secured LOGIN PASSWORD 'fresh'")
        for lane in [true, false] {
            let asked = Calls()
            var configuration = PostgresConfiguration(uri: cluster.uri(user: "secured"))
            // The first password is an expired token.
            configuration.password = { refused in
                #expect(refused == (asked.next() == 1 ? nil : "stale"))
                return refused == nil ? "stale" : "fresh"
            }
            let client = PostgresClient(configuration: configuration, logger: TestDatabase.quietLogger)
            let rows = try await lane ? client.read("SELECT current_user") : client.query("SELECT current_user")
            #expect(try rows[0].decode(String.self, at: 0) == "secured")
            #expect(asked.count == 2)
            await client.shutdown()
        }
        for lane in [true, false] {
            let asked = Calls()
            var configuration = PostgresConfiguration(uri: cluster.uri(user: "secured"))
            configuration.password = { _ in
                _ = asked.next()
                return "wrong"
            }
            let client = PostgresClient(configuration: configuration, logger: TestDatabase.quietLogger)
            let error = await #expect(throws: PostgresError.self) {
                try await lane ? client.read("SELECT 1") : client.query("SELECT 1")
            }
            #expect(error?.code == .server(.invalidPassword))
            #expect(error?.kind == .fatal)
            #expect(asked.count == 2, "a wrong password must not be hammered")
            await client.shutdown()
        }
        await admin.shutdown()
    }

    @Test("a server that does not answer is given up after the connect timeout")
    func connectTimeout() async throws {
        // Bound but never accepting: connecting succeeds and then there is silence.
        let listener = try SilentListener()
        for lane in [true, false] {
            let uri = "postgresql://127.0.0.1:\(listener.port)/x?sslmode=disable"
            var configuration = PostgresConfiguration(uri: uri)
            configuration.connectTimeout = .milliseconds(200)
            let client = PostgresClient(configuration: configuration, logger: TestDatabase.quietLogger)
            let error = await #expect(throws: PostgresError.self) {
                try await lane ? client.read("SELECT 1") : client.query("SELECT 1")
            }
            #expect(error?.code == .connection)
            #expect(error?.kind == .retryable)
            await client.shutdown()
        }
    }

    private final class Calls: Sendable {
        private let calls = Mutex(0)
        var count: Int { calls.withLock { $0 } }
        func next() -> Int {
            calls.withLock { calls in
                calls += 1
                return calls
            }
        }
    }
}
