import AzureBlob
import Foundation
import Synchronization
import TestSupport
import Testing

private let scope = "https://storage.azure.com/.default"

/// Holds answers back until the test lets them go.
private final class Gate: Sendable {
    private let (opened, opening) = AsyncStream.makeStream(of: Void.self)
    func open() { opening.finish() }
    func pass() async { for await _ in opened {} }
}

@Suite("One token request for many callers")
struct SharedRequestTests {
    private static func credential(
        _ url: String,
        _ change: (inout EntraOptions) -> Void = { _ in }
    ) -> EntraCredential {
        var options = EntraOptions()
        options.tenantID = "tenant-1"
        options.clientID = "client-1"
        options.clientSecret = "s3cret/&+"
        options.authorityHost = url
        options.metadataEndpoint = url
        change(&options)
        return EntraCredential(options: options, transport: CurlTransport(), sleep: { _ in })
    }

    @Test("a caller that is cancelled leaves at once, and the others still get the token of the one request")
    func cancelled() async throws {
        let gate = Gate()
        try await TokenServer.with({ _, _ in
            await gate.pass()
            return TokenServer.token("t-1")
        }) { server in
            // Whatever fails below, the server must not be left waiting.
            defer { gate.open() }
            let credential = Self.credential(server.url)
            // The first one starts the request.
            let first = Task { try await credential.token(scope: scope).token }
            try await eventually { server.requests.count == 1 }
            let others = (0..<5).map { _ in Task { try await credential.token(scope: scope).token } }
            first.cancel()
            // Before the answer is there.
            await #expect(throws: CancellationError.self) { try await first.value }
            gate.open()
            for other in others { #expect(try await other.value == "t-1") }
            #expect(server.requests.count == 1)
        }
    }

    @Test("a request whose only caller left still fills the memory")
    func abandoned() async throws {
        let gate = Gate()
        try await TokenServer.with({ _, _ in
            await gate.pass()
            return TokenServer.token("t-1")
        }) { server in
            defer { gate.open() }
            let credential = Self.credential(server.url)
            let only = Task { try await credential.token(scope: scope) }
            try await eventually { server.requests.count == 1 }
            only.cancel()
            await #expect(throws: CancellationError.self) { try await only.value }
            gate.open()
            #expect(try await credential.token(scope: scope).token == "t-1")
            #expect(server.requests.count == 1)
        }
    }

    @Test("callers of one failing request share its error, and the next caller asks anew")
    func failing() async throws {
        let gate = Gate()
        try await TokenServer.with({ _, number in
            await gate.pass()
            return number == 1 ? .init(status: 400, body: #"{"error":"invalid_scope"}"#) : TokenServer.token("t-2")
        }) { server in
            defer { gate.open() }
            let credential = Self.credential(server.url)
            let callers = (0..<5).map { _ in Task { try await credential.token(scope: scope).token } }
            try await eventually { server.requests.count == 1 }
            gate.open()
            // One that came after the failure began the second request and has its token.
            for caller in callers {
                switch await caller.result {
                case .success(let token): #expect(token == "t-2")
                case .failure(let error): #expect("\(error)".contains("invalid_scope"))
                }
            }
            #expect(try await credential.token(scope: scope).token == "t-2")
            #expect(server.requests.count == 2)
        }
    }

    @Test("a token service that repeats what it was sent does not bring the secret into the error")
    func echo() async throws {
        try await TokenServer.with({ asked, _ in
            .init(
                status: 400,
                body:
                    #"{"error":"bad s3cret/&+","error_description":"\#(asked.body) \#(String(repeating: "x", count: 5_000))"}"#
            )
        }) { server in
            let error = await #expect(throws: EntraError.self) {
                try await Self.credential(server.url).token(scope: scope)
            }
            let text = try #require(error?.description)
            #expect(text.contains("bad REDACTED") && text.contains("client_secret=REDACTED"))
            #expect(!text.contains("s3cret") && text.utf8.count < 1_000)
        }
    }

    @Test(
        "what answers at the metadata address without being that service is passed over for the next source",
        arguments: [
            (200, "<html>sign in</html>"), (400, #"{"error":"invalid_request"}"#),
            (403, "A socket operation was attempted to an unreachable network"),
        ]
    )
    func notTheService(status: Int, body: String) async throws {
        try await TokenServer.with({ _, _ in .init(status: status, body: body) }) { server in
            let credential = Self.credential(server.url) { options in
                options.clientSecret = nil
                options.sources = [.managedIdentity, .azureCLI]
            }
            let error = await #expect(throws: EntraError.self) { try await credential.token(scope: scope) }
            #expect(error?.description.contains("az is not installed") == true)
            #expect(server.requests.count == 1)
        }
    }

    @Test("a machine's service that refuses for another reason ends the search")
    func refusing() async throws {
        try await TokenServer.with({ _, _ in .init(status: 403, body: #"{"error":"forbidden"}"#) }) { server in
            let credential = Self.credential(server.url) { options in
                options.clientSecret = nil
                options.sources = [.managedIdentity, .azureCLI]
            }
            let error = await #expect(throws: EntraError.self) { try await credential.token(scope: scope) }
            #expect(error?.description.contains("forbidden") == true)
            #expect(error?.description.contains("az is not installed") == false)
        }
    }
}
