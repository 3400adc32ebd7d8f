import Foundation
import Threading

/// Tokens of the person who is signed in with `az login`, from the program itself. For laptops.
actor AzureCommandLine {
    private let searchPath: String
    private let executor = ThreadExecutor(name: "az")
    /// After this the program is killed.
    private static let limit: Duration = .seconds(10)

    /// The program's run blocks its thread.
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(searchPath: String) {
        self.searchPath = searchPath
    }

    deinit { executor.shutdown() }

    func token(_ scope: String, tenant: String?, now: Date) throws -> AccessToken {
        guard let program = program() else { throw SourceFailure.unavailable("az is not installed") }
        let resource = scope.hasSuffix("/.default") ? String(scope.dropLast("/.default".count)) : scope
        var arguments = ["account", "get-access-token", "--output", "json", "--resource", resource]
        if let tenant, EntraCredential.isScope(tenant) { arguments += ["--tenant", tenant] }
        let (status, output, errors) = try run(program, arguments)
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

    private func run(_ program: String, _ arguments: [String]) throws -> (Int32, String, String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        // Files and not pipes: a child that outlives a killed program would hold a pipe open.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("az-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        let (output, errors) = (folder.appendingPathComponent("out"), folder.appendingPathComponent("err"))
        for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch { throw SourceFailure.unavailable("az does not start: \(error)") }
        let identifier = process.processIdentifier
        let killer = Task {
            try await Task.sleep(for: Self.limit)
            kill(identifier, SIGKILL)
        }
        process.waitUntilExit()
        killer.cancel()
        guard process.terminationReason == .exit else {
            throw SourceFailure.unavailable("az gave no answer within \(Self.limit.components.seconds) s")
        }
        return (
            process.terminationStatus, try String(contentsOf: output, encoding: .utf8),
            try String(contentsOf: errors, encoding: .utf8)
        )
    }
}

/// Files of some kilobytes, read where that may block.
enum SmallFile {
    private actor Reader {
        private let executor = ThreadExecutor(name: "small-file")
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        deinit { executor.shutdown() }

        func text(_ path: String) throws -> String {
            try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
        }
    }

    /// The text without the blanks around it.
    static func text(_ path: String) async throws -> String {
        try await Reader().text(path).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
