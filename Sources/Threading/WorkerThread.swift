/// One named thread with an inbox of closures, run one after the other in the order they came.
///
/// For C libraries that block: the cooperative pool has one thread a core and must never wait in them.
package final class WorkerThread: Sendable {
    private let inbox = BlockingQueue<@Sendable () -> Void>()
    private let thread: PlatformThread

    /// Starts the thread; see `PlatformThread` for `name` and `niceness`.
    package init(name: String, niceness: Int32 = 0) {
        thread = PlatformThread(name: name, niceness: niceness) { [inbox] in
            while let work = inbox.pop() { work() }
        }
    }

    deinit { inbox.close() }

    /// Queues work. Returns false, and drops it, after `stop`.
    @discardableResult
    package func enqueue(_ work: @escaping @Sendable () -> Void) -> Bool { inbox.push(work) }

    /// Refuses new work, runs what is queued, and ends the thread. Does not wait; see `join`.
    package func stop() { inbox.close() }

    /// Blocks the calling thread until the worker has ended; call `stop` first. Not from a task.
    package func join() { thread.join() }
}
