import Composition
import FoundationEssentials
import Synchronization
import TextFormats

/// Verifies tokens of an identity provider: signature (RS256 or ES256) by one of the issuer's keys, issuer, audience and time.
/// https://www.rfc-editor.org/rfc/rfc7519
final class TokenVerifier: Sendable {
    /// How far the clocks of issuer and shop may differ, in seconds.
    static let leeway: Double = 60

    private let settings: AuthSettings
    private let keys: IssuerKeys
    private let now: @Sendable () -> Date

    init(_ settings: AuthSettings, keys: IssuerKeys, now: @escaping @Sendable () -> Date = { Date() }) {
        (self.settings, self.keys, self.now) = (settings, keys, now)
    }

    /// - Returns: nil for a token that proves nothing; which of its parts is wrong is nobody's business.
    /// - Throws: when the issuer's keys cannot be read.
    func caller(_ token: String) async throws -> Caller? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= 16_384, parts.count == 3, let header = Self.object(parts[0]),
            let claims = Self.object(parts[1]), let signature = Base64URL.bytes(parts[2]),
            let algorithm = header["alg"]?.string, ["RS256", "ES256"].contains(algorithm), header["crit"] == nil
        else { return nil }
        let message = Array(token.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
        let candidates = try await keys.keys(named: header["kid"]?.string, algorithm: algorithm)
        guard candidates.contains(where: { $0.verifies(signature, of: message) }) else { return nil }
        return caller(claims)
    }

    private func caller(_ claims: JSONValue) -> Caller? {
        let seconds = now().timeIntervalSince1970
        guard claims["iss"]?.string == settings.issuer, isForUs(claims["aud"]),
            let expires = claims["exp"]?.double, expires + Self.leeway > seconds,
            (claims["nbf"]?.double ?? 0) - Self.leeway <= seconds,
            let userID = claims[settings.userClaim]?.string, ExternalID.isValid(userID)
        else { return nil }
        return Caller(
            userID: userID,
            isAdmin: roles(claims).contains(settings.adminRole),
            expires: Int64(min(expires, 253_402_300_799))
        )
    }

    private func isForUs(_ audience: JSONValue?) -> Bool {
        audience?.string == settings.audience || audience?.array?.contains(.string(settings.audience)) == true
    }

    /// A list of texts, or one text of words.
    private func roles(_ claims: JSONValue) -> [String] {
        var value = claims[settings.rolesClaim]
        if value == nil {
            value = settings.rolesClaim.split(separator: ".").reduce(claims) { $0?[String($1)] }
        }
        if let text = value?.string { return text.split(separator: " ").map(String.init) }
        return value?.array?.compactMap(\.string) ?? []
    }

    private static func object(_ part: Substring) -> JSONValue? {
        guard let bytes = Base64URL.bytes(part), let value = try? JSONParser.parse(bytes), value.object != nil else {
            return nil
        }
        return value
    }
}

/// The issuer's public keys: read when they are first needed, read again for a key that is not among them, at most once a
/// minute, and kept while the issuer does not answer.
actor IssuerKeys {
    /// Reads the document of keys (RFC 7517).
    typealias Fetch = @Sendable () async throws -> [UInt8]

    private struct Key {
        let name: String?
        let algorithm: String
        let key: PublicKey
    }

    private let fetch: Fetch
    private let pause: Duration
    private var keys: [Key] = []
    private var lastTry: ContinuousClock.Instant?
    private var loading: Task<Void, any Error>?

    /// - Parameter pause: the least time between two reads.
    init(pause: Duration = .seconds(60), fetch: @escaping Fetch) {
        (self.pause, self.fetch) = (pause, fetch)
    }

    /// The keys that a token may be signed with: of its name, or all of its algorithm when it names none.
    /// - Throws: ``Problem`` 503 when no keys were ever read.
    func keys(named name: String?, algorithm: String) async throws -> [PublicKey] {
        func matching() -> [PublicKey] {
            keys.filter { $0.algorithm == algorithm && (name == nil || $0.name == name) }.map(\.key)
        }
        let known = matching()
        guard known.isEmpty else { return known }
        try await refresh()
        guard !keys.isEmpty else {
            throw Problem.unavailable("the issuer's keys cannot be read", kind: "issuer-unavailable", retryAfter: 60)
        }
        return matching()
    }

    private func refresh() async throws {
        if let loading {
            _ = try? await loading.value
            return
        }
        if let lastTry, .now - lastTry < pause { return }
        lastTry = .now
        let task = Task { [fetch] in
            let document = try JSONParser.parse(try await fetch())
            let read = (document["keys"]?.array ?? []).compactMap(Self.key)
            // A document without a key that can be used changes nothing.
            if !read.isEmpty { keys = read }
        }
        loading = task
        _ = try? await task.value
        loading = nil
    }

    private static func key(_ value: JSONValue) -> Key? {
        func bytes(_ name: String) -> [UInt8] { value[name]?.string.flatMap { Base64URL.bytes($0) } ?? [] }
        guard value["use"]?.string ?? "sig" == "sig" else { return nil }
        let name = value["kid"]?.string
        switch value["kty"]?.string {
        case "RSA":
            return PublicKey(modulus: bytes("n"), exponent: bytes("e")).map {
                Key(name: name, algorithm: "RS256", key: $0)
            }
        case "EC" where value["crv"]?.string == "P-256":
            return PublicKey(x: bytes("x"), y: bytes("y")).map { Key(name: name, algorithm: "ES256", key: $0) }
        default:
            return nil
        }
    }
}
