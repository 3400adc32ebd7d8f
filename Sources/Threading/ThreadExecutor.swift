import Synchronization

/// A serial executor on one dedicated thread: an actor that uses it may block without starving anyone else.
///
/// A hop onto it costs one mutex and, when the thread sleeps, one futex wake (about 5 µs there and back).
/// Its thread ends after `shutdown()`, or with the last actor that uses it.
package final class ThreadExecutor: SerialExecutor {
    private struct Item: Sendable {
        let job: UnownedJob
        // Keeps the executor alive while its job is queued or running.
        let executor: ThreadExecutor

        func run() { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
    }

    private let queue = BlockingQueue<Item>()
    private let thread: PlatformThread
    private let name: String
    private let lateJobs = Mutex<Void>(())

    /// Starts the thread; the kernel shows the first 15 bytes of `name`.
    package init(name: String) {
        self.name = name
        thread = PlatformThread(name: name) { [queue] in
            while let item = queue.pop() { item.run() }
        }
    }

    deinit { queue.close() }

    package func enqueue(_ job: consuming ExecutorJob) {
        let item = Item(job: UnownedJob(job), executor: self)
        if queue.push(item) { return }
        // After shutdown an awaiting task must still run, or it would never end. Such a job runs on a
        // thread of its own once the main one has ended, one at a time, so the executor stays serial.
        _ = PlatformThread(name: name) { [thread] in
            thread.join()
            item.executor.lateJobs.withLock { _ in item.run() }
        }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Runs the queued jobs and ends the thread. Does not wait; see `join`.
    package func shutdown() { queue.close() }

    /// Blocks the calling thread until the executor's thread has ended; call `shutdown` first. Not from a task.
    package func join() { thread.join() }
}
