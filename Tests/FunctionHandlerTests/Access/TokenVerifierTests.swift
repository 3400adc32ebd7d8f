import Foundation
import HTTPTypes
import Synchronization
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct TokenVerifierTests {
    private static var settings: AuthSettings {
        var settings = AuthSettings()
        settings.mode = .jwt
        settings.issuer = SignedTokens.issuer
        settings.audience = "shop"
        return settings
    }

    static func verifier(at seconds: Double = SignedTokens.end - 100, _ settings: AuthSettings = settings)
        -> TokenVerifier
    {
        TokenVerifier(
            settings,
            keys: IssuerKeys { Array(SignedTokens.keys.utf8) },
            now: { Date(timeIntervalSince1970: seconds) }
        )
    }

    @Test(
        "a token of the issuer names its user, whichever algorithm signed it",
        arguments: [
            SignedTokens.user, SignedTokens.userEC, SignedTokens.noKid, SignedTokens.list,
        ]
    )
    func good(token: String) async throws {
        let caller = try #require(try await Self.verifier().caller(token))
        #expect(caller.userID == "U-1")
        #expect(!caller.isAdmin)
        #expect(!caller.mayAct(as: "U-2"))
    }

    @Test("the role of administrators is read from the claim that the settings name")
    func roles() async throws {
        #expect(try await Self.verifier().caller(SignedTokens.admin)?.isAdmin == true)
        var other = Self.settings
        other.adminRole = "owner"
        #expect(try await Self.verifier(other).caller(SignedTokens.admin)?.isAdmin == false)
        other = Self.settings
        other.rolesClaim = "groups"
        #expect(try await Self.verifier(other).caller(SignedTokens.admin)?.isAdmin == false)
    }

    @Test(
        "a token that is not the issuer's, not for this shop or not of this time proves nothing",
        arguments: [
            SignedTokens.wrongIssuer, SignedTokens.wrongAudience, SignedTokens.early, SignedTokens.unknownKey,
            SignedTokens.confused, SignedTokens.noExpiry, SignedTokens.badSubject, "", "a.b.c", "..",
        ]
    )
    func bad(token: String) async throws {
        #expect(try await Self.verifier(at: 1_940_000_000).caller(token) == nil)
    }

    @Test("any change of a token makes it nobody's")
    func changed() async throws {
        let parts = SignedTokens.user.split(separator: ".").map(String.init)
        let admin = Base64URL.text(#"{"iss":"https://id.example","aud":"shop","sub":"U-2","exp":2000000000}"#.utf8)
        for header in [#"{"alg":"none"}"#, #"{"alg":"HS256","kid":"r1"}"#, #"{"alg":"RS256","kid":"r1","crit":["x"]}"#]
        {
            let token = "\(Base64URL.text(header.utf8)).\(parts[1]).\(parts[2])"
            #expect(try await Self.verifier().caller(token) == nil, "\(header)")
        }
        for token in [
            "\(parts[0]).\(admin).\(parts[2])", "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])",
            SignedTokens.user + "A", String(SignedTokens.userEC.dropLast(2)),
        ] {
            #expect(try await Self.verifier().caller(token) == nil)
        }
    }

    @Test("clocks may differ by a minute and no more")
    func leeway() async throws {
        #expect(try await Self.verifier(at: SignedTokens.end + 59).caller(SignedTokens.user) != nil)
        #expect(try await Self.verifier(at: SignedTokens.end + 61).caller(SignedTokens.user) == nil)
        #expect(try await Self.verifier(at: 1_950_000_000 - 59).caller(SignedTokens.early) != nil)
        #expect(try await Self.verifier(at: 1_950_000_000 - 61).caller(SignedTokens.early) == nil)
    }

    @Test("keys are read once, again for an unknown one at most once in the pause, and kept while the issuer is down")
    func keys() async throws {
        struct Down: Error {}
        let state = Mutex((reads: 0, isDown: false))
        func keys(pause: Duration) -> IssuerKeys {
            IssuerKeys(pause: pause) {
                let isDown = state.withLock {
                    $0.reads += 1
                    return $0.isDown
                }
                if isDown { throw Down() }
                return Array(SignedTokens.keys.utf8)
            }
        }
        let patient = keys(pause: .seconds(60))
        for _ in 1...3 { #expect(try await patient.keys(named: "r1", algorithm: "RS256").count == 1) }
        #expect(state.withLock { $0.reads } == 1)
        for _ in 1...3 { #expect(try await patient.keys(named: "r2", algorithm: "RS256").isEmpty) }
        #expect(state.withLock { $0.reads } == 1)
        let eager = keys(pause: .zero)
        _ = try await eager.keys(named: "r1", algorithm: "RS256")
        state.withLock { $0.isDown = true }
        #expect(try await eager.keys(named: "r2", algorithm: "RS256").isEmpty)
        #expect(try await eager.keys(named: "r1", algorithm: "RS256").count == 1)
        let never = keys(pause: .zero)
        let problem = await #expect(throws: Problem.self) { try await never.keys(named: "r1", algorithm: "RS256") }
        #expect(problem?.status == .serviceUnavailable)
    }

    @Test("keys that are none are left out")
    func badKeys() {
        #expect(PublicKey(modulus: [1, 2, 3], exponent: [1, 0, 1]) == nil)
        #expect(PublicKey(modulus: [], exponent: []) == nil)
        #expect(PublicKey(x: [UInt8](repeating: 1, count: 32), y: [UInt8](repeating: 1, count: 32)) == nil)
        #expect(PublicKey(x: [], y: []) == nil)
    }
}

@Suite struct RateLimiterTests {
    @Test("a burst up to the limit passes, then one request an interval, for each caller by itself")
    func bucket() {
        let limiter = RateLimiter(perMinute: 60)
        let start = ContinuousClock.now
        for left in (0..<60).reversed() {
            let standing = limiter.take("a", now: start)
            #expect(standing.isAllowed && standing.remaining == left)
        }
        let refused = limiter.take("a", now: start)
        #expect(!refused.isAllowed && refused.reset == 1)
        #expect(limiter.take("b", now: start).isAllowed)
        #expect(limiter.take("a", now: start + .seconds(1)).isAllowed)
        #expect(!limiter.take("a", now: start + .seconds(1)).isAllowed)
        #expect(limiter.take("a", now: start + .seconds(3_600)).remaining == 59)
    }

    @Test("callers who have not asked for a while are forgotten when there are too many")
    func bounded() {
        let limiter = RateLimiter(perMinute: 1, limit: 10)
        let start = ContinuousClock.now
        for number in 0..<10 { _ = limiter.take("c\(number)", now: start) }
        #expect(!limiter.take("c1", now: start + .seconds(1)).isAllowed)
        #expect(limiter.take("new", now: start + .seconds(120)).isAllowed)
    }
}
