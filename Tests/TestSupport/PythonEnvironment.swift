import Foundation

/// A Python environment with packages from PyPI, for tests in which other programs read and write our formats.
package struct PythonEnvironment: Sendable {
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    private let interpreter: String

    /// Created under `.local/` by the first call; later calls reuse it.
    /// - Parameter packages: `name==version`.
    package init(_ name: String, _ packages: [String]) async throws {
        let output = try await Self.run(PackageFolder.path + "/scripts/python-venv.sh", [name] + packages)
        interpreter = output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs one of the scripts under `scripts/tests/`.
    /// - Returns: its output.
    /// - Throws: ``Failed`` with its output when its status is not 0.
    package func run(_ script: String, _ arguments: [String]) async throws -> String {
        try await Self.run(interpreter, [PackageFolder.path + "/scripts/tests/" + script] + arguments)
    }

    private static func run(_ program: String, _ arguments: [String]) async throws -> String {
        try await offPool { try runAndWait(program, arguments) }
    }

    private static func runAndWait(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = NSTemporaryDirectory() + "python-\(UUID().uuidString)"
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        defer { try? FileManager.default.removeItem(atPath: output) }
        let handle = FileHandle(forWritingAtPath: output)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        let text = try String(contentsOfFile: output, encoding: .utf8)
        guard process.terminationStatus == 0 else {
            throw Failed(
                description: "\(program) \(arguments.first ?? ""): status \(process.terminationStatus)\n\(text)"
            )
        }
        return text
    }
}
