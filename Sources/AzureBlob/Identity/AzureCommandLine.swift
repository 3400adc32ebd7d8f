import Foundation
import TextFormats
import Threading

/// Tokens of the user who is signed in with `az login`, for development machines.
actor AzureCommandLine {
    private let searchPath: String
    private let limit: Duration
    private let executor = ThreadExecutor(name: "az")

    /// The program's run blocks its thread.
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(searchPath: String, limit: Duration) {
        self.searchPath = searchPath
        self.limit = limit
    }

    func token(_ scope: String, tenant: String?, now: Date) async throws -> AccessToken {
        guard let program = program() else { throw SourceFailure.unavailable("az is not installed") }
        let resource = scope.hasSuffix("/.default") ? String(scope.dropLast("/.default".count)) : scope
        var arguments = ["account", "get-access-token", "--output", "json", "--resource", resource]
        if let tenant {
            guard EntraCredential.isScope(tenant) else {
                throw SourceFailure.unavailable("AZURE_TENANT_ID must be a tenant's id or domain name")
            }
            arguments += ["--tenant", tenant]
        }
        let (status, output, errors): (Int32, String, String)
        do {
            (status, output, errors) = try await withDeadline(limit) { [arguments] in
                try await self.run(program, arguments)
            }
        } catch is DeadlineExceeded {
            throw SourceFailure.unavailable("az was killed; it has \(limit.components.seconds) s to answer")
        }
        guard status == 0 else {
            let isSignedOut = errors.contains("az login") || errors.contains("az account set")
            throw SourceFailure.unavailable(
                isSignedOut ? "nobody is signed in; run az login" : "az ended with status \(status)"
            )
        }
        guard let token = TokenAnswer.token(Array(output.utf8), now: now) else {
            throw SourceFailure.unavailable("az printed no token; a newer version may be needed")
        }
        return token
    }

    private func program() -> String? {
        searchPath.split(separator: ":").map { "\($0)/az" }
            .first { $0.hasPrefix("/") && FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// The exit status and what the program printed to its two streams. Blocks the actor's thread until the program
    /// ends, and kills it when the task is cancelled.
    private func run(_ program: String, _ arguments: [String]) async throws -> (Int32, String, String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        // Files and not pipes: a child that outlives a killed program would hold a pipe open.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("az-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (output, errors) = (folder.appendingPathComponent("out"), folder.appendingPathComponent("err"))
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = try FileHandle(forWritingTo: errors)
            process.standardInput = FileHandle.nullDevice
            try process.run()
        } catch {
            throw SourceFailure.unavailable("az does not start: \(error)")
        }
        let identifier = process.processIdentifier
        await withTaskCancellationHandler {
            process.waitUntilExit()
        } onCancel: {
            // `az` is a script around the real program: what it started is in its process group, if it leads one.
            if kill(-identifier, SIGKILL) != 0 { kill(identifier, SIGKILL) }
        }
        try Task.checkCancellation()
        guard process.terminationReason == .exit else { throw SourceFailure.unavailable("az was killed by a signal") }
        return (process.terminationStatus, try Self.text(output), try Self.text(errors))
    }

    private static func text(_ file: URL) throws -> String {
        String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}

/// Reads files of some kilobytes where that may block.
actor SmallFileReader {
    private let executor = ThreadExecutor(name: "small-file")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The text without the blanks around it.
    func text(_ path: String) throws -> String {
        try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8).trimmingBlanks
    }
}
