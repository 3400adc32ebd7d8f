import AzureBlob
import Foundation
import TestSupport
import Testing

private let scope = "https://storage.azure.com/.default"

/// A folder with an `az` of the test's making.
private struct FakeProgram {
    let folder: String

    init(_ script: String) throws {
        folder = NSTemporaryDirectory() + "fake-az-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/az"
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    func token(tenant: String? = nil, scope: String = scope, limit: Duration = .testDeadline) async throws
        -> AccessToken
    {
        var options = EntraOptions()
        options.sources = [.azureCLI]
        options.searchPath = folder
        options.tenantID = tenant
        options.commandLimit = limit
        return try await EntraCredential(options: options, transport: CurlTransport()).token(scope: scope)
    }
}

@Suite("Tokens of the az program", .slot)
struct AzureCommandLineTests {
    @Test("an az that hangs is killed at its limit, with what it started, and the error says so")
    func hanging() async throws {
        // The program that matters is a child of the script, as it is with the real one.
        let program = try FakeProgram("sleep 600 &\necho $! > \"$0.child\"\nwait")
        defer { program.remove() }
        let error = await #expect(throws: EntraError.self) { try await program.token(limit: .seconds(4)) }
        #expect(error?.description.contains("AzureCliCredential: az was killed; it has 4 s to answer") == true)
        let text = try String(contentsOfFile: program.folder + "/az.child", encoding: .utf8)
        let child = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        try await eventually { !isRunning(child) }
    }

    @Test("what az prints, on either stream, is not repeated in the error")
    func output() async throws {
        let program = try FakeProgram("echo leaked-token; echo leaked-detail >&2; printf '\\377' >&2; exit 3")
        defer { program.remove() }
        let error = await #expect(throws: EntraError.self) { try await program.token() }
        #expect(error?.description.contains("az ended with status 3") == true)
        #expect(error?.description.contains("leaked") == false)
        let silent = try FakeProgram("printf '\\377not json leaked-token'")
        defer { silent.remove() }
        let other = await #expect(throws: EntraError.self) { try await silent.token() }
        #expect(other?.description.contains("az printed no token") == true)
        #expect(other?.description.contains("leaked") == false)
    }

    @Test("the tenant is passed on, and a scope or tenant with characters of a shell never reaches the program")
    func arguments() async throws {
        let program = try FakeProgram(
            #"echo "$@" >> "$0.arguments"; echo '{"accessToken":"t","expires_on":4000000000}'"#
        )
        defer { program.remove() }
        _ = try await program.token(tenant: "shop.example")
        for (tenant, scope) in [("a;b", scope), ("shop.example", "https://x/$(id)"), ("shop.example", "")] {
            await #expect(throws: EntraError.self) { try await program.token(tenant: tenant, scope: scope) }
        }
        let lines = try String(contentsOfFile: program.folder + "/az.arguments", encoding: .utf8)
        #expect(
            lines
                == "account get-access-token --output json --resource https://storage.azure.com --tenant shop.example\n"
        )
    }

    @Test("an az that is not a program says so")
    func broken() async throws {
        let program = try FakeProgram("")
        defer { program.remove() }
        try Data([0x7F, 0x45, 0x4C, 0x46, 0, 0]).write(to: URL(fileURLWithPath: program.folder + "/az"))
        let error = await #expect(throws: EntraError.self) { try await program.token() }
        #expect(error?.description.contains("AzureCliCredential: az ") == true)
    }

    /// A process that has ended but that nobody has waited for counts as ended.
    private func isRunning(_ identifier: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8) else {
            return false
        }
        return status.split(separator: ")").last?.split(separator: " ").first != "Z"
    }
}
