import Foundation

/// Sees to it that a program does not outlive the process that started it.
///
/// A small shell waits for the end of a pipe that only the owner holds: it ends with the owner however that ends, and the
/// shell then ends the program and removes its folder.
final class HostGuardian: Sendable {
    private let shell: SpawnedProcess
    private let pipe: Int32

    /// - Parameter folder: what the program's command line names and nobody else's does: a process id may belong to
    ///   another by the time it is needed.
    init(of process: pid_t, folder: String) throws {
        let ends = try makePipe()
        defer { close(ends.reading) }
        pipe = ends.writing
        shell = try SpawnedProcess(
            ["/bin/sh", "-c", Self.script, "host-guardian", String(process), folder],
            input: ends.reading
        )
    }

    /// Has the program ended, if it is there, and its folder removed, and waits for it.
    func release() {
        close(pipe)
        shell.wait()
    }

    /// Signals to the terminal's process group (Ctrl-C) must not end the guardian before its work.
    private static let script = """
        trap '' HUP INT TERM
        cat >/dev/null
        there() { tr '\\000' '\\n' <"/proc/$1/cmdline" | grep -qF -- "$2"; }
        if there "$1" "$2"; then
            kill -TERM "$1"
            i=0
            while there "$1" "$2" && [ $i -lt 200 ]; do sleep 0.05; i=$((i + 1)); done
            there "$1" "$2" && kill -KILL "$1"
        fi
        rm -rf -- "$2"
        """
}
