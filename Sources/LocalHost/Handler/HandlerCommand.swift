import Foundation

/// The handler's command line, resolved as the host resolves it.
struct HandlerCommand: Sendable, Equatable {
    var executable: String
    var arguments: [String]
    var directory: String

    /// A relative executable that exists under the worker directory (default: script root) becomes that full path;
    /// otherwise it is looked up on PATH.
    ///
    /// - Throws: `HostFailure` naming the file when there is nothing to execute.
    init(_ configuration: HostConfiguration, scriptRoot: URL, environment: [String: String]) throws(HostFailure) {
        let workerDirectory = Self.directory(configuration.workerDirectory, under: scriptRoot)
        arguments = configuration.arguments
        directory = Self.directory(configuration.workingDirectory, under: scriptRoot)

        let name = configuration.executable
        let candidate = name.hasPrefix("/") ? name : "\(workerDirectory)/\(name)"
        if FileManager.default.fileExists(atPath: candidate) {
            guard FileManager.default.isExecutableFile(atPath: candidate) else {
                throw HostFailure("the handler \(candidate) is not executable: chmod +x it")
            }
            executable = candidate
        } else if !name.contains("/"), let found = Self.onPath(name, environment) {
            executable = found
        } else {
            throw HostFailure(
                "there is no handler at \(candidate): build it first (customHandler.description.defaultExecutablePath)"
            )
        }
    }

    /// Replaces `%NAME%` by the variable's value; an unknown one stays, or goes if `deletingUnknown`.
    static func expand(_ text: String, _ environment: [String: String], deletingUnknown: Bool = false) -> String {
        text.replacing(/%([^%]*)%/) { match in
            environment[String(match.1)] ?? (deletingUnknown ? "" : String(match.0))
        }
    }

    /// Splits a command line at blanks; double quotes keep blanks together.
    static func split(_ line: String) -> [String] {
        var items: [String] = []
        var current = ""
        var quoted = false
        var started = false
        for character in line {
            if character == "\"" {
                quoted.toggle()
                started = true
            } else if character.isWhitespace && !quoted {
                if started { items.append(current) }
                current = ""
                started = false
            } else {
                current.append(character)
                started = true
            }
        }
        if started { items.append(current) }
        return items
    }

    private static func directory(_ path: String, under root: URL) -> String {
        if path.isEmpty { return root.path }
        return path.hasPrefix("/") ? path : root.appendingPathComponent(path).path
    }

    private static func onPath(_ name: String, _ environment: [String: String]) -> String? {
        (environment["PATH"] ?? "").split(separator: ":")
            .map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
