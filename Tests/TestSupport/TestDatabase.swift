import Foundation
package import Logging
package import Postgres
import Synchronization

/// A database of its own for one test or suite, copied from a template in which the migrations were applied once.
///
/// The server is the one of RECSHOP_TEST_DATABASE_URL (an administrator's URI) if that is set, so that several test
/// processes can share one; else this process starts one at the first use.
package final class TestDatabase: Sendable {
    /// The libpq URI of this database.
    package let uri: String
    /// Its name.
    package let name: String
    private let clients = Mutex<[PostgresClient]>([])

    private init(uri: String, name: String) {
        self.uri = uri
        self.name = name
    }

    /// A fresh database with these migrations. Call `drop` at the end, or use `with`.
    package static func create(migrations: [Migration] = []) async throws -> TestDatabase {
        let server = try TestServer.shared.get()
        let template = try await server.templates.name(for: migrations)
        let name = "test_\(UInt64.random(in: 0 ... .max))"
        try await server.admin.execute(
            "CREATE DATABASE \(identifier: name) TEMPLATE \(identifier: template) STRATEGY file_copy"
        )
        return TestDatabase(uri: server.uri(database: name), name: name)
    }

    /// Runs `body` with a fresh database and drops it afterwards.
    package static func with<T>(
        migrations: [Migration] = [],
        _ body: (TestDatabase) async throws -> T
    ) async throws -> T {
        try await TestSlots.withSlot {
            let database = try await create(migrations: migrations)
            do {
                let value = try await body(database)
                await database.drop()
                return value
            } catch {
                await database.drop()
                throw error
            }
        }
    }

    /// A client of this database; `drop` shuts it down.
    package func client(
        logger: Logger = TestDatabase.quietLogger,
        _ configure: (inout PostgresConfiguration) -> Void = { _ in }
    ) -> PostgresClient {
        var configuration = PostgresConfiguration(uri: uri, applicationName: "recshop-tests")
        // The defaults of the product would measure what else the machine has to do.
        configuration.leaseTimeout = .testDeadline
        configuration.connectTimeout = .testDeadline
        configuration.readTimeout = .testDeadline
        configure(&configuration)
        let client = PostgresClient(configuration: configuration, logger: logger)
        clients.withLock { $0.append(client) }
        return client
    }

    /// Shuts the clients down and removes the database, sessions of others included.
    package func drop() async {
        let clients = clients.withLock { clients in
            defer { clients = [] }
            return clients
        }
        for client in clients { await client.shutdown() }
        guard let server = try? TestServer.shared.get() else { return }
        _ = try? await server.admin.execute("DROP DATABASE IF EXISTS \(identifier: name) WITH (FORCE)")
    }

    /// Logs errors only.
    package static var quietLogger: Logger {
        var logger = Logger(label: "tests")
        logger.logLevel = .error
        return logger
    }
}

/// The server that the tests of this process share.
private final class TestServer: Sendable {
    /// Made at the first use; a missing server fails every test that needs it.
    static let shared = Result { try TestServer() }

    let admin: PostgresClient
    let templates: TestTemplates
    private let adminURI: String
    /// Held so that the server lives as long as the process.
    private let cluster: PostgresCluster?

    private init() throws {
        if let given = ProcessInfo.processInfo.environment["RECSHOP_TEST_DATABASE_URL"], !given.isEmpty {
            adminURI = given
            cluster = nil
        } else {
            let own = try PostgresCluster()
            adminURI = own.uri()
            cluster = own
        }
        var configuration = PostgresConfiguration(uri: adminURI, applicationName: "recshop-tests-admin")
        configuration.maximumConnections = 2
        // Making databases is the slow part of a test run, and tests queue up for it.
        configuration.leaseTimeout = .seconds(600)
        admin = PostgresClient(configuration: configuration, logger: TestDatabase.quietLogger)
        templates = TestTemplates(admin: admin) { [adminURI] database in
            TestServer.replacingDatabase(in: adminURI, by: database)
        }
    }

    func uri(database: String) -> String { Self.replacingDatabase(in: adminURI, by: database) }

    /// `scheme://authority/database?query` with another database.
    private static func replacingDatabase(in uri: String, by database: String) -> String {
        guard let scheme = uri.firstRange(of: "://") else { return "\(uri) dbname=\(database)" }
        let rest = uri[scheme.upperBound...]
        let end = rest.firstIndex(of: "?") ?? rest.endIndex
        let authority = rest[..<end].prefix { $0 != "/" }
        return uri[..<scheme.upperBound] + authority + "/" + database + rest[end...]
    }
}
