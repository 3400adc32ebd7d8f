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

    /// What to run.
    struct Specification: Sendable {
        var command: HandlerCommand
        var environment: [String: String]
    }

    init(startedWith processID: pid_t) { self.processID = processID }

    /// Starts the child. `onLine` and `onExit` are called on threads of the child's own; `onExit` comes last and once.
    ///
    /// - Throws: `HostFailure` when the system refuses to start it.
    static func start(
        _ specification: Specification,
        onLine: @escaping @Sendable (HandlerOutput.Stream, String) -> Void,
        onExit: @escaping @Sendable (HandlerExit) -> Void
    ) async throws -> ChildProcess {
        try await withCheckedThrowingContinuation { continuation in
            // The death signal of `setpriv --pdeathsig` follows the *thread* that started the child, so that thread
            // stays for as long as the child lives: it waits for the exit.
            let thread = Thread {
                do {
                    let (child, output, error) = try spawn(specification)
                    continuation.resume(returning: child)
                    let readers = DispatchGroup()
                    read(output, .standardOutput, in: readers, onLine)
                    read(error, .standardError, in: readers, onLine)
                    let status = child.waitForExit()
                    // The last lines come before the exit is told. A grandchild may hold the pipes open: not for ever.
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
