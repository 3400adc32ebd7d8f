import Foundation

/// Sees to it that a test server does not outlive the process that started it.
///
/// A small shell waits for the end of a pipe that only the owner holds: it ends with the owner however that ends, and
/// the shell then stops the server and removes its directory. Should the shell be killed too, the owner's lock on a
/// file is gone, and the next start removes what is left.
final class ClusterGuardian: Sendable {
    private static let prefix = "/var/tmp/recshop-pg-"

    /// Short enough for a socket's path (107 bytes).
    let directory: String
    private let lock: Int32
    private let pipe: Int32
    private let process: pid_t

    /// Makes the directory and starts to guard it.
    init() throws {
        var template = Array("\(Self.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw PostgresClusterError("cannot make a directory in /var/tmp") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Locked before it has its name: whoever looks for servers without an owner would find one between the two.
        lock = open("\(directory)/owner.new", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0,
            rename("\(directory)/owner.new", "\(directory)/owner") == 0
        else {
            throw PostgresClusterError("cannot lock \(directory)/owner")
        }
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { throw PostgresClusterError("cannot make a pipe") }
        pipe = ends[1]
        // A child of this process that held the pipe would keep the server alive after us.
        _ = fcntl(pipe, F_SETFD, FD_CLOEXEC)
        defer { close(ends[0]) }
        let words = ["/bin/sh", "-c", Self.script, "recshop-pg-guardian", directory]
        process = try PostgresInstallation.spawn(words, input: ends[0], output: "/dev/null")
    }

    /// Has the server stopped and the directory removed, and waits for it.
    func release() {
        close(pipe)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        close(lock)
    }

    /// Removes the servers whose owner and guardian are both gone.
    static func removeStaleClusters() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/var/tmp")) ?? []
        for name in names where "/var/tmp/\(name)".hasPrefix(prefix) {
            let path = "/var/tmp/\(name)"
            let lock = open("\(path)/owner", O_RDWR | O_CLOEXEC)
            guard lock >= 0 else { continue }
            defer { close(lock) }
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { continue }
            try? PostgresInstallation.shell(["sh", "-c", "\(stop)", "sh", path], output: "/dev/null")
        }
    }

    /// SIGQUIT is the server's immediate shutdown: the data is thrown away anyway. The server removes its pid file when it
    /// ends; its process may stay as a zombie for ever where nobody collects the dead.
    private static let stop = """
        file="$1/data/postmaster.pid"
        pid=$(head -n 1 "$file" 2>/dev/null)
        # The number may belong to somebody else by now.
        if [ -n "$pid" ] && grep -q "$1" "/proc/$pid/cmdline" 2>/dev/null; then
            kill -QUIT "$pid" 2>/dev/null
            i=0
            while [ -e "$file" ] && kill -0 "$pid" 2>/dev/null && [ $i -lt 200 ]; do sleep 0.05; i=$((i + 1)); done
            kill -KILL "$pid" 2>/dev/null
        fi
        rm -rf "$1"
        """

    /// Signals to the terminal's process group (Ctrl-C) must not end the guardian before its work.
    private static let script = """
        trap '' HUP INT TERM
        cat >/dev/null
        \(stop)
        """
}
