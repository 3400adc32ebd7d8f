import AzureBlob
import Foundation
import Logging
import Postgres
import ShopTestSupport
import Synchronization
import TestSupport
import Testing

@testable import Composition

/// Gives a wrong token first, as when the role's token was withdrawn before its time.
private final class Tokens: TokenCredential {
    private let state = Mutex((given: 0, refused: [String](), scopes: Set<String>()))
    private let answer: @Sendable (Int) throws -> String

    init(_ answer: @escaping @Sendable (Int) throws -> String) { self.answer = answer }

    var refused: [String] { state.withLock { $0.refused } }
    var scopes: Set<String> { state.withLock { $0.scopes } }

    func token(scope: String) async throws -> AccessToken {
        let number = state.withLock { state in
            state.scopes.insert(scope)
            state.given += 1
            // What was not refused is given again, as a cache does.
            return state.refused.count + 1
        }
        return AccessToken(token: try answer(number), expiresOn: .distantFuture)
    }

    func refuse(_ token: String, scope: String) async {
        state.withLock { state in
            // As a cache does: one that is not given out any more is refused already.
            if token == "token-\(state.refused.count + 1)" { state.refused.append(token) }
        }
    }
}

@Suite("Tokens as the database's password", .serialized, .slot)
struct DatabaseTokenTests {
    private func settings(_ cluster: PostgresCluster) -> DatabaseSettings {
        var settings = DatabaseSettings()
        settings.uri = cluster.uri(user: "secured")
        settings.authentication = .entra
        return settings
    }

    private static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    @Test("a connection is made with a token, and with another when the server refuses the first")
    func tokens() async throws {
        let cluster = try await PostgresCluster.running()
        let admin = PostgresClient(
            configuration: PostgresConfiguration(uri: cluster.uri()),
            logger: Self.logger
        )
        try await admin.execute("CREATE ROLE secured LOGIN PASSWORD 'token-2'")
        for isAPI in [true, false] {
            let tokens = Tokens { "token-\($0)" }
            let settings = settings(cluster)
            let client = PostgresClient(
                configuration: isAPI
                    ? settings.apiConfiguration(name: "api", identity: tokens)
                    : settings.batchConfiguration(name: "batch", identity: tokens),
                logger: Self.logger
            )
            let rows = try await isAPI ? client.read("SELECT current_user") : client.query("SELECT current_user")
            #expect(try rows[0].decode(String.self, at: 0) == "secured")
            #expect(tokens.refused == ["token-1"])
            #expect(tokens.scopes == ["https://ossrdbms-aad.database.windows.net/.default"])
            await client.shutdown()
        }
        await admin.shutdown()
    }

    @Test("a refusal that comes late takes away the token that was refused and not the newer one")
    func lateRefusal() async throws {
        let tokens = Tokens { "token-\($0)" }
        var settings = DatabaseSettings()
        settings.authentication = .entra
        let hook = try #require(settings.apiConfiguration(name: "api", identity: tokens).password)
        #expect(try await hook(nil) == "token-1")
        #expect(try await hook("token-1") == "token-2")
        #expect(try await hook("token-1") == "token-2")
        #expect(tokens.refused == ["token-1"])
    }

    @Test("without a token the error says so, at once and without a secret")
    func noToken() async throws {
        let cluster = try await PostgresCluster.running()
        struct Away: Error, CustomStringConvertible { var description: String { "no Entra ID token: run az login" } }
        let client = PostgresClient(
            configuration: settings(cluster).apiConfiguration(name: "api", identity: Tokens { _ in throw Away() }),
            logger: Self.logger
        )
        let error = await #expect(throws: PostgresError.self) { try await client.query("SELECT 1") }
        #expect(error?.code == .connection && error?.message.contains("run az login") == true)
        await client.shutdown()
    }
}
