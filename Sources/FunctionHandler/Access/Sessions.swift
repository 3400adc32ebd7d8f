import FoundationEssentials
import Shop
import Synchronization
import TextFormats

/// Sessions of demo mode: short-lived tokens (JSON Web Tokens, HS256) under a key that all processes of the shop share.
final class Sessions: Sendable {
    private let keys: @Sendable () async throws -> [UInt8]
    private let known = Mutex<[UInt8]?>(nil)
    private let now: @Sendable () -> Date
    /// How long a session is good, in seconds.
    let lifetime: Int64

    /// - Parameter keys: the shared key; asked until it answers once.
    init(
        lifetime: Int64 = 8 * 3_600,
        now: @escaping @Sendable () -> Date = { Date() },
        keys: @escaping @Sendable () async throws -> [UInt8]
    ) {
        (self.lifetime, self.now, self.keys) = (lifetime, now, keys)
    }

    private func key() async throws -> [UInt8] {
        if let key = known.withLock({ $0 }) { return key }
        let key = try await keys()
        known.withLock { $0 = key }
        return key
    }

    private static let header = Base64URL.text(#"{"alg":"HS256","typ":"JWT"}"#.utf8)

    /// - Returns: the token, and when it ends in seconds since 1970.
    func issue(for userID: String) async throws -> (token: String, expires: Int64) {
        let issued = Int64(now().timeIntervalSince1970)
        let expires = issued + lifetime
        let payload = JSONValue.object([
            "sub": .string(userID), "iat": .integer(issued), "exp": .integer(expires),
        ])
        let signed = Self.header + "." + Base64URL.text(payload.text.utf8)
        let code = SHA256.authenticationCode(of: Array(signed.utf8), key: try await key())
        return (signed + "." + Base64URL.text(code), expires)
    }

    /// - Returns: nil for a token that is not one of ours or has ended.
    func caller(_ token: String) async throws -> Caller? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= 1_024, parts.count == 3, parts[0] == Self.header,
            let code = Base64URL.bytes(parts[2]), let payload = Base64URL.bytes(parts[1])
        else { return nil }
        let expected = SHA256.authenticationCode(
            of: Array((parts[0] + "." + parts[1]).utf8),
            key: try await key()
        )
        // In time that does not depend on where the two differ.
        guard code.count == expected.count, zip(code, expected).reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0,
            let claims = try? JSONParser.parse(payload), let userID = claims["sub"]?.string,
            let expires = claims["exp"]?.integer, Double(expires) > now().timeIntervalSince1970
        else { return nil }
        return Caller(userID: userID, expires: expires)
    }
}
