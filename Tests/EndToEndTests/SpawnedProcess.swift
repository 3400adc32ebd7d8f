import Foundation

/// A child that holds nothing of this process but what it is given.
///
/// Not Foundation's Process: its wait for the end lasts until every other child that was started at the same moment, and
/// inherited its socket, has ended, too.
struct SpawnedProcess: Sendable {
    let id: pid_t

    /// Closes what was inherited and becomes the program; in the child, because what this process opens between a look
    /// and the start would be missed.
    private static let closing = [
        "/bin/bash", "-c",
        #"for fd in /proc/self/fd/*; do fd=${fd##*/}; [ "$fd" -le 2 ] || eval "exec $fd>&-"; done; exec "$@""#, "bash",
    ]

    /// - Parameters:
    ///   - words: the path of the program, and its arguments.
    ///   - input: its stdin; nil is /dev/null.
    ///   - output: its stdout; nil is /dev/null. stderr is ours.
    init(_ words: [String], input: Int32? = nil, output: Int32? = nil) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, given, flags) in [(Int32(0), input, O_RDONLY), (1, output, O_WRONLY)] {
            if let given {
                posix_spawn_file_actions_adddup2(&actions, given, descriptor)
            } else {
                posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", flags, 0)
            }
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads that run tests block signals, and a child would inherit that it never hears of SIGTERM.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let arguments: [UnsafeMutablePointer<CChar>?] = (Self.closing + words).map { strdup($0) } + [nil]
        let environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=\(path)"), nil]
        defer { for text in arguments + environment { free(text) } }
        var id: pid_t = 0
        let status = posix_spawn(&id, Self.closing[0], &actions, &attributes, arguments, environment)
        guard status == 0 else {
            throw RunningShop.Failed("cannot run \(words[0]): \(String(cString: strerror(status)))")
        }
        self.id = id
    }

    /// Waits for the end, once; returns the signal that ended it, 0 if it ended by itself.
    @discardableResult
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7f
    }
}

/// A pipe whose ends no child inherits unless it is given one.
func makePipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw RunningShop.Failed("cannot make a pipe: error \(errno)") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}
