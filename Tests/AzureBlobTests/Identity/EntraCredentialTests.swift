import AzureBlob
import Foundation
import HTTPTypes
import Synchronization
import TestSupport
import Testing

private let scope = "https://storage.azure.com/.default"

/// A clock that tests move.
private final class TestClock: Sendable {
    private let moment = Mutex(Date(timeIntervalSince1970: 1_700_000_000))
    var now: Date { moment.withLock { $0 } }
    func advance(_ seconds: Double) { moment.withLock { $0 += seconds } }
}

@Suite("Tokens of Entra ID", .slot)
struct EntraCredentialTests {
    private static func credential(
        _ options: EntraOptions,
        _ transport: CurlTransport,
        _ clock: TestClock = TestClock()
    )
        -> EntraCredential
    {
        EntraCredential(options: options, transport: transport, now: { clock.now }, sleep: { _ in })
    }

    private static func secretOptions(_ url: String) -> EntraOptions {
        var options = EntraOptions()
        options.tenantID = "tenant-1"
        options.clientID = "client-1"
        options.clientSecret = "s3cret/&+"
        options.authorityHost = url
        options.metadataEndpoint = "http://127.0.0.1:9"
        return options
    }

    @Test("a client's secret is sent as a form to the tenant's endpoint")
    func clientSecret() async throws {
        try await TokenServer.with({ _, _ in TokenServer.token("t-1") }) { server in
            let transport = CurlTransport()
            let token = try await Self.credential(Self.secretOptions(server.url), transport).token(scope: scope)
            #expect(token.token == "t-1")
            let asked = try #require(server.requests.first)
            #expect(asked.method == "POST" && asked.target == "/tenant-1/oauth2/v2.0/token")
            #expect(asked.headers[.contentType] == "application/x-www-form-urlencoded")
            #expect(
                asked.body
                    == "client_id=client-1&client_secret=s3cret%2F%26%2B&grant_type=client_credentials&scope=https%3A%2F%2Fstorage.azure.com%2F.default"
            )
        }
    }

    @Test("a federated token takes the secret's place")
    func workloadIdentity() async throws {
        let path = NSTemporaryDirectory() + "federated-\(UUID().uuidString)"
        try "assertion-1\n".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await TokenServer.with({ _, _ in TokenServer.token("t-2") }) { server in
            var options = Self.secretOptions(server.url)
            options.clientSecret = nil
            options.federatedTokenFile = path
            let token = try await Self.credential(options, CurlTransport()).token(scope: scope)
            #expect(token.token == "t-2")
            let body = try #require(server.requests.first?.body)
            #expect(body.contains("client_assertion=assertion-1&") && body.contains("jwt-bearer"))
        }
    }

    @Test("an app's identity is asked at the platform's endpoint, with its header and without /.default")
    func appIdentity() async throws {
        let answer = TokenServer.Answer(body: #"{"access_token":"t-3","expires_on":"1700086400","resource":"r"}"#)
        try await TokenServer.with({ _, _ in answer }) { server in
            var options = EntraOptions()
            options.identityEndpoint = server.url + "/msi/token"
            options.identityHeader = "header-secret"
            options.clientID = "client 2"
            let token = try await Self.credential(options, CurlTransport()).token(scope: scope)
            #expect(token.token == "t-3" && token.expiresOn == Date(timeIntervalSince1970: 1_700_086_400))
            // A day's token is replaced at half its life.
            #expect(token.refreshOn == Date(timeIntervalSince1970: 1_700_043_200))
            let asked = try #require(server.requests.first)
            #expect(
                asked.target
                    == "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com&client_id=client%202"
            )
            #expect(asked.headers[HTTPField.Name("X-IDENTITY-HEADER")!] == "header-secret")
        }
    }

    @Test("a machine's identity is asked of its metadata service, again while that starts")
    func machineIdentity() async throws {
        try await TokenServer.with({ _, number in
            number < 3
                ? .init(status: number == 1 ? 404 : 410, body: "{}")
                : .init(body: #"{"access_token":"t-4","expires_on":1700003600}"#)
        }) { server in
            var options = EntraOptions()
            options.metadataEndpoint = server.url
            let token = try await Self.credential(options, CurlTransport()).token(scope: scope)
            #expect(token.token == "t-4" && server.requests.count == 3)
            let asked = try #require(server.requests.last)
            #expect(asked.headers[HTTPField.Name("Metadata")!] == "true")
            #expect(asked.target.hasPrefix("/metadata/identity/oauth2/token?api-version=2018-02-01&resource="))
        }
    }

    @Test("the signed-in person's token comes from az; signed out and missing say so")
    func commandLine() async throws {
        let folder = NSTemporaryDirectory() + "az-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func install(_ script: String) throws {
            let path = folder + "/az"
            try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        var options = EntraOptions()
        options.sources = [.azureCLI]
        options.searchPath = "/not-there:\(folder)"
        let missing = await #expect(throws: EntraError.self) {
            try await Self.credential(options, CurlTransport()).token(scope: scope)
        }
        #expect(missing?.description.contains("az is not installed") == true)
        try install(#"echo "$@" > "$0.arguments"; echo '{"accessToken":"t-5","expires_on":1700003600}'"#)
        let token = try await Self.credential(options, CurlTransport()).token(scope: scope)
        #expect(token.token == "t-5")
        let arguments = try String(contentsOfFile: folder + "/az.arguments", encoding: .utf8)
        #expect(arguments == "account get-access-token --output json --resource https://storage.azure.com\n")
        try install("echo 'Please run az login to setup account.' >&2; exit 1")
        let out = await #expect(throws: EntraError.self) {
            try await Self.credential(options, CurlTransport()).token(scope: scope)
        }
        #expect(out?.description.contains("run az login") == true)
    }

    @Test("sources that are not set up are passed over; one that is refused ends the search")
    func chain() async throws {
        try await TokenServer.with({ asked, _ in
            asked.method == "POST"
                ? .init(
                    status: 401,
                    body: #"{"error":"invalid_client","error_description":"AADSTS7000215: no.\nTrace"}"#
                )
                : TokenServer.token("machine")
        }) { server in
            var options = EntraOptions()
            options.metadataEndpoint = server.url
            let token = try await Self.credential(options, CurlTransport()).token(scope: scope)
            #expect(token.token == "machine")
            var refused = Self.secretOptions(server.url)
            refused.metadataEndpoint = server.url
            let error = await #expect(throws: EntraError.self) {
                try await Self.credential(refused, CurlTransport()).token(scope: scope)
            }
            #expect(error?.description.contains("invalid_client, AADSTS7000215: no.") == true)
            #expect(error?.description.contains("s3cret") == false)
        }
    }

    @Test("with nothing set up the error names every source and what to do")
    func nothing() async throws {
        var options = EntraOptions()
        options.metadataEndpoint = "http://127.0.0.1:9"
        let error = await #expect(throws: EntraError.self) {
            try await Self.credential(options, CurlTransport()).token(scope: scope)
        }
        for source in EntraSource.allCases { #expect(error?.description.contains(source.rawValue) == true) }
        #expect(error?.description.contains("az login") == true)
    }

    @Test(
        "AZURE_TOKEN_CREDENTIALS chooses the sources",
        arguments: [
            ("prod", [EntraSource.environment, .workloadIdentity, .managedIdentity]), ("DEV", [.azureCLI]),
            ("managedidentitycredential", [.managedIdentity]), ("nonsense", nil),
        ] as [(String, [EntraSource]?)]
    )
    func choice(text: String, sources: [EntraSource]?) {
        #expect(EntraSource.named(text) == sources)
    }

    @Test("fifty callers share one request, and the token is kept")
    func sharing() async throws {
        try await TokenServer.with({ _, number in TokenServer.token("t-\(number)") }) { server in
            let credential = Self.credential(Self.secretOptions(server.url), CurlTransport())
            let tokens = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<50 { group.addTask { try await credential.token(scope: scope).token } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(tokens == ["t-1"] && server.requests.count == 1)
            _ = try await credential.token(scope: "https://other.example/.default")
            #expect(server.requests.count == 2)
        }
    }

    @Test("a token is replaced before it ends, and stays while its replacement cannot be had")
    func refreshing() async throws {
        let isDown = Mutex(false)
        try await TokenServer.with({ _, number in
            isDown.withLock { $0 } ? .init(status: 400, body: "{}") : TokenServer.token("t-\(number)")
        }) { server in
            let clock = TestClock()
            let credential = Self.credential(Self.secretOptions(server.url), CurlTransport(), clock)
            #expect(try await credential.token(scope: scope).token == "t-1")
            clock.advance(3_200)
            #expect(try await credential.token(scope: scope).token == "t-1")
            #expect(server.requests.count == 1)
            // 300 s before its end it is given out once more while the next one is fetched.
            clock.advance(150)
            isDown.withLock { $0 = true }
            #expect(try await credential.token(scope: scope).token == "t-1")
            try await eventually { server.requests.count == 2 }
            // Not asked again for 30 s.
            #expect(try await credential.token(scope: scope).token == "t-1")
            #expect(server.requests.count == 2)
            isDown.withLock { $0 = false }
            clock.advance(31)
            _ = try await credential.token(scope: scope)
            try await eventually { try await credential.token(scope: scope).token == "t-3" }
            // Past its end nothing but a new one will do.
            clock.advance(10_000)
            #expect(try await credential.token(scope: scope).token == "t-4")
        }
    }

    @Test("a token that was refused is not given out again")
    func refused() async throws {
        try await TokenServer.with({ _, number in TokenServer.token("t-\(number)") }) { server in
            let credential = Self.credential(Self.secretOptions(server.url), CurlTransport())
            let first = try await credential.token(scope: scope)
            await credential.refuse(first.token, scope: scope)
            #expect(try await credential.token(scope: scope).token == "t-2")
            await credential.refuse(first.token, scope: scope)
            #expect(try await credential.token(scope: scope).token == "t-2")
        }
    }

    @Test("a token service that is busy is asked again, one that is gone is an error within its tries")
    func busy() async throws {
        try await TokenServer.with({ _, number in
            number < 4 ? .init(status: number == 1 ? 429 : 503, body: "busy") : TokenServer.token("t-4")
        }) { server in
            let token = try await Self.credential(Self.secretOptions(server.url), CurlTransport()).token(scope: scope)
            #expect(token.token == "t-4")
        }
        let error = await #expect(throws: EntraError.self) {
            try await Self.credential(Self.secretOptions("http://127.0.0.1:9"), CurlTransport()).token(scope: scope)
        }
        #expect(error?.description.contains("5 tries") == true)
    }
}
