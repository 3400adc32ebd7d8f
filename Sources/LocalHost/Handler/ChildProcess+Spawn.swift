import Foundation

extension ChildProcess {
    /// util-linux's wrapper that asks the kernel for a death signal and then becomes the command. Every Debian has it;
    /// without it the child outlives a LocalHost that was killed with SIGKILL.
    static let deathSignalWrapper: String? = ["/usr/bin/setpriv", "/bin/setpriv"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Starts the process; returns it with the reading ends of its stdout and stderr.
    static func spawn(_ specification: Specification) throws -> (ChildProcess, output: Int32, error: Int32) {
        let output = try Pipe()
        let error: Pipe
        do { error = try Pipe() } catch {
            output.closeBoth()
            throw error
        }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
        posix_spawn_file_actions_adddup2(&actions, error.writing, 2)
        for descriptor in openDescriptors() where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setSignals(&attributes)
        posix_spawnattr_setpgroup(&attributes, 0)

        let command = specification.command
        let words = words(for: command)
        let environment = specification.environment.map { "\($0.key)=\($0.value)" }

        var processID: pid_t = 0
        let result = withCStrings(words) { arguments in
            withCStrings(environment) { variables in
                posix_spawn(&processID, words[0], &actions, &attributes, arguments, variables)
            }
        }
        close(output.writing)
        close(error.writing)
        guard result == 0 else {
            close(output.reading)
            close(error.reading)
            throw HostFailure("cannot start \(command.executable): \(String(cString: strerror(result)))")
        }
        return (ChildProcess(startedWith: processID), output.reading, error.reading)
    }

    /// The shell changes the directory (posix_spawn's own way is no part of POSIX here) and setpriv asks for the death
    /// signal; each becomes the next by `exec`, so the process id is the handler's.
    private static func words(for command: HandlerCommand) -> [String] {
        var words = ["/bin/sh", "-c", "cd -- \"$1\" && shift && exec \"$@\"", "sh", command.directory]
        if let wrapper = deathSignalWrapper { words += [wrapper, "--pdeathsig", "KILL", "--"] }
        return words + [command.executable] + command.arguments
    }

    /// What this process has open now: the child must hold none of it, above all no listening socket.
    private static func openDescriptors() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }
    }

    /// Nothing blocked, and the signals that servers ignore back to their defaults: ignoring is inherited.
    private static func setSignals(_ attributes: inout posix_spawnattr_t) {
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGUSR1, SIGUSR2] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    /// A pipe whose ends no other child inherits.
    private struct Pipe {
        let reading: Int32
        let writing: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else {
                throw HostFailure("cannot make a pipe: \(String(cString: strerror(errno)))")
            }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (reading, writing) = (ends[0], ends[1])
        }

        func closeBoth() {
            close(reading)
            close(writing)
        }
    }
}

/// Calls `body` with a NULL-terminated vector of C strings, freed afterwards.
private func withCStrings<Result>(
    _ strings: [String],
    _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
