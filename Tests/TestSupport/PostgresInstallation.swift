import Foundation

/// Where PostgreSQL's programs are and as whom to run them.
struct PostgresInstallation: Sendable {
    /// The directory of initdb, pg_ctl and postgres.
    let binaries: String
    /// Words before a command: initdb and postgres refuse to run as root.
    let runAs: [String]

    /// Finds the newest server of Debian's layout, else the one on PATH. Throws with what to install.
    static func find() throws -> PostgresInstallation {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let debian = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let complete = (debian + path).first { directory in
            ["initdb", "pg_ctl", "postgres"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: "\(directory)/\($0)")
            }
        }
        guard let complete else {
            throw PostgresClusterError(
                "these tests need a PostgreSQL server (initdb, pg_ctl, postgres): apt-get install postgresql"
            )
        }
        return PostgresInstallation(binaries: complete, runAs: try runAs())
    }

    private static func runAs() throws -> [String] {
        guard geteuid() == 0 else { return [] }
        guard getpwnam("postgres") != nil else {
            throw PostgresClusterError("initdb refuses root and there is no user postgres: apt-get install postgresql")
        }
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
    }

    /// Runs one of the server's programs and waits for it; throws with its output when it fails.
    func run(_ program: String, _ arguments: [String], output: String) throws {
        try Self.shell(runAs + ["\(binaries)/\(program)"] + arguments, output: output)
    }

    /// Runs a command, output into a file, and waits for it.
    static func shell(_ command: [String], output: String) throws {
        let process = try spawn(command, input: nil, output: output)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else {
            let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            throw PostgresClusterError("\(command.joined(separator: " ")) failed: \(text)")
        }
    }

    /// Starts a command. Not Foundation's Process: it waits until every descendant has closed a socket that all of
    /// them inherit, and pg_ctl leaves a server behind. For the same reason the output is a file and no pipe.
    static func spawn(_ command: [String], input: Int32?, output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The caller's locale must not decide messages or sort order, nor its PG* variables the server.
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let variables: [String] = ["PATH=\(path)", "LC_ALL=C"]
        let words: [String] = ["/usr/bin/env", "-C", "/"] + command
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        let environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var process: pid_t = 0
        let status = posix_spawn(&process, "/usr/bin/env", &actions, nil, arguments, environment)
        guard status == 0 else {
            throw PostgresClusterError("cannot run \(command.joined(separator: " ")): error \(status)")
        }
        return process
    }
}

/// Why there is no database to test with.
package struct PostgresClusterError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
