import AzureBlob
import BlobTestSupport
import Foundation
import Synchronization

/// Gives out a token and counts.
final class CountingTokens: TokenCredential {
    private let counts = Mutex((given: 0, refused: 0))
    static let token = "secret-token"

    var given: Int { counts.withLock { $0.given } }
    var refused: Int { counts.withLock { $0.refused } }

    var serverOptions: BlobServer.Options {
        var options = BlobServer.Options()
        options.tokens = [Self.token: .distantFuture]
        return options
    }

    func token(scope: String) async throws -> AccessToken {
        counts.withLock { $0.given += 1 }
        return AccessToken(token: Self.token, expiresOn: .distantFuture)
    }

    func refuse(_ token: String, scope: String) async { counts.withLock { $0.refused += 1 } }
}
