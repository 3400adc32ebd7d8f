import CLibPQ
import Glibc

/// Wakes a thread that sleeps in poll(2): any thread signals, the sleeping thread watches `descriptor`.
final class WakeSignal: Sendable {
    /// Readable once signalled.
    let descriptor: Int32

    /// Throws `.connection` when the process has no file descriptor left: a connection could not be made either.
    init() throws(PostgresError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else { throw PostgresError(.connection, "this process has no file descriptor left") }
    }

    deinit { close(descriptor) }

    /// One system call; signalling twice before the thread wakes is the same as once.
    func signal() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Takes the signal back after waking.
    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}
