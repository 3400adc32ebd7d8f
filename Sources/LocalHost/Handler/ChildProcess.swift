import Foundation
import Synchronization

/// A running child with its output read by line.
///
/// `posix_spawn` rather than Foundation's Process because three things must hold: the child dies with LocalHost even
/// when LocalHost is killed outright, it leads a process group of its own (Ctrl-C in the terminal must not reach it
/// behind our back), and it inherits no socket of ours, no blocked and no ignored signal.
final class ChildProcess: Sendable {
    let processID: pid_t
    private let isRunning = Mutex(true)

    private init(startedWith processID: pid_t) { self.processID = processID }

    /// Starts the child. `onLine` and `onExit` are called on threads of the child's own; `onExit` comes last and once.
    ///
    /// - Throws: `HostFailure` when the system refuses to start it.
    static func start(
        _ command: HandlerCommand,
        environment: [String: String],
        onLine: @escaping @Sendable (HandlerOutput.Stream, String) -> Void,
        onExit: @escaping @Sendable (HandlerExit) -> Void
    ) async throws -> ChildProcess {
        try await withCheckedThrowingContinuation { continuation in
            // The death signal of `setpriv --pdeathsig` follows the *thread* that started the child, so that thread
            // stays for as long as the child lives: it waits for the exit.
            let thread = Thread {
                do {
                    let (child, output, error) = try spawn(command, environment)
                    continuation.resume(returning: child)
                    let readers = DispatchGroup()
                    read(output, .standardOutput, in: readers, onLine)
                    read(error, .standardError, in: readers, onLine)
                    let status = child.waitForExit()
                    // The last lines are reported before the exit. A grandchild may hold the pipes open, so the wait is bounded.
                    _ = readers.wait(timeout: .now() + 3)
                    onExit(status)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
            thread.name = "handler-wait"
            thread.start()
        }
    }

    /// Sends a signal to the child's process group; false when the child has ended.
    @discardableResult
    func send(signal: Int32) -> Bool {
        // The lock keeps the process id from being reaped, and given away, between the check and the call.
        isRunning.withLock { running in
            guard running else { return false }
            return kill(-processID, signal) == 0 || kill(processID, signal) == 0
        }
    }

    private func waitForExit() -> HandlerExit {
        var information = siginfo_t()
        while waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
        isRunning.withLock { $0 = false }
        var status: Int32 = 0
        while waitpid(processID, &status, 0) == -1, errno == EINTR {}
        return HandlerExit(waitStatus: status)
    }

    private static func read(
        _ descriptor: Int32,
        _ stream: HandlerOutput.Stream,
        in group: DispatchGroup,
        _ onLine: @escaping @Sendable (HandlerOutput.Stream, String) -> Void
    ) {
        group.enter()
        let thread = Thread {
            var splitter = LineSplitter()
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                let count = Foundation.read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                for line in splitter.append(buffer[..<count]) { onLine(stream, line) }
            }
            if let line = splitter.finish() { onLine(stream, line) }
            close(descriptor)
            group.leave()
        }
        thread.name = "handler-\(stream.rawValue)"
        thread.start()
    }
}

// MARK: - Spawning

extension ChildProcess {
    /// util-linux's wrapper that asks the kernel for a death signal and then becomes the command. Every Debian has it;
    /// without it the child outlives a LocalHost that was killed with SIGKILL.
    static let deathSignalWrapper: String? = ["/usr/bin/setpriv", "/bin/setpriv"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Starts the process; returns it with the reading ends of its stdout and stderr.
    private static func spawn(
        _ command: HandlerCommand,
        _ environment: [String: String]
    ) throws -> (ChildProcess, output: Int32, error: Int32) {
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

        let arguments = commandLine(command)
        let environment = environment.map { "\($0.key)=\($0.value)" }

        var processID: pid_t = 0
        let result = withCStrings(arguments) { argv in
            withCStrings(environment) { variables in
                posix_spawn(&processID, arguments[0], &actions, &attributes, argv, variables)
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
    private static func commandLine(_ command: HandlerCommand) -> [String] {
        var line = ["/bin/sh", "-c", "cd -- \"$1\" && shift && exec \"$@\"", "sh", command.directory]
        if let wrapper = deathSignalWrapper { line += [wrapper, "--pdeathsig", "KILL", "--"] }
        return line + [command.executable] + command.arguments
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

/// Cuts a byte stream into lines.
struct LineSplitter {
    private var pending: [UInt8] = []
    /// Longer lines are cut here, so that a handler without line ends cannot fill the memory.
    let limit: Int

    init(limit: Int = 256 * 1024) { self.limit = limit }

    /// The lines that `bytes` completes. A carriage return before the line end is dropped.
    mutating func append(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                lines.append(take())
            } else {
                pending.append(byte)
                if pending.count == limit { lines.append(take()) }
            }
        }
        return lines
    }

    /// The unfinished last line, if any.
    mutating func finish() -> String? { pending.isEmpty ? nil : take() }

    private mutating func take() -> String {
        if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
        defer { pending.removeAll(keepingCapacity: true) }
        return String(decoding: pending, as: UTF8.self)
    }
}
