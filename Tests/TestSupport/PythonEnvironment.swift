import Foundation

/// Python with some packages from the index, for tests that let others judge our files and our double.
package struct PythonEnvironment: Sendable {
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    private let interpreter: String

    /// Made once and kept under `.local/`; later calls find it.
    /// - Parameter packages: `name==version`.
    package init(_ name: String, _ packages: [String]) throws {
        let made = try Self.run(PackageFolder.path + "/scripts/python-venv.sh", [name] + packages)
        interpreter = made.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs one of the scripts under `scripts/tests/`.
    /// - Returns: what it printed.
    /// - Throws: with its output when it does not end well.
    package func run(_ script: String, _ arguments: [String]) throws -> String {
        try Self.run(interpreter, [PackageFolder.path + "/scripts/tests/" + script] + arguments)
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> String {
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
