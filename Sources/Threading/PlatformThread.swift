import Glibc
import Synchronization

/// One named pthread that runs a body once.
///
/// It is joined exactly once (`join`), or detached when the last reference goes away first.
package final class PlatformThread: Sendable {
    /// Nil once joined.
    private let handle: Mutex<pthread_t?>

    /// Starts the thread. The kernel shows the first 15 bytes of `name`; `niceness` above 0 makes it yield to
    /// other threads of the process. Traps when the system cannot make a thread: nothing useful is left to do.
    package init(name: String, niceness: Int32 = 0, _ body: @escaping @Sendable () -> Void) {
        let start = Start {
            Self.nameCurrentThread(String(name.utf8.prefix(15)) ?? "")
            // Linux keeps a nice value for each thread: who = 0 means the calling thread, not the process.
            if niceness != 0 { _ = setpriority(.init(PRIO_PROCESS.rawValue), 0, niceness) }
            body()
        }
        var thread = pthread_t()
        let status = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            Unmanaged.passRetained(start).toOpaque()
        )
        precondition(status == 0, "pthread_create failed with \(status)")
        handle = Mutex(thread)
    }

    deinit {
        if let thread = handle.withLock({ $0 }) { pthread_detach(thread) }
    }

    /// Blocks until the thread has ended. A second call, or a call from the thread itself, returns at once.
    package func join() {
        let thread: pthread_t? = handle.withLock { handle in
            guard let thread = handle, pthread_equal(thread, pthread_self()) == 0 else { return nil }
            handle = nil
            return thread
        }
        if let thread { pthread_join(thread, nil) }
    }

    private final class Start: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// `pthread_setname_np` is a GNU extension that the Glibc module hides; this file is what it writes to.
    private static func nameCurrentThread(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = write(file, name, name.utf8.count)
        close(file)
    }
}
