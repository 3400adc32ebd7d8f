/// A task executor on `threads` low-priority threads, for computations.
///
/// Request handlers run on the cooperative pool, one thread a core: long computations there stop every request.
/// Run them as `await withTaskExecutorPreference(pool) { … }`; child tasks of a task group inherit the preference.
package final class ComputePool: TaskExecutor {
    private struct Item: Sendable {
        let job: UnownedJob
        // Keeps the pool alive while its job is queued or running.
        let pool: ComputePool

        func run() { job.runSynchronously(on: pool.asUnownedTaskExecutor()) }
    }

    /// The niceness of the pool's threads: with +10 an unrelated task waits 5–24 ms at worst while all cores compute.
    package static let defaultNiceness: Int32 = 10

    private let queue = BlockingQueue<Item>()
    private let threads: [PlatformThread]

    /// Starts `threads` (at least one) threads named `name-0`, `name-1`, ….
    package init(threads: Int, name: String, niceness: Int32 = ComputePool.defaultNiceness) {
        self.threads = (0..<max(1, threads)).map { [queue] index in
            PlatformThread(name: "\(name)-\(index)", niceness: niceness) {
                while let item = queue.pop() { item.run() }
            }
        }
    }

    deinit { queue.close() }

    /// The number of threads.
    package var threadCount: Int { threads.count }

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        // After shutdown a late job runs on the cooperative pool, or its task would never end.
        if !queue.push(Item(job: unowned, pool: self)) { globalConcurrentExecutor.enqueue(unowned) }
    }

    /// Runs the queued jobs and ends the threads. Does not wait; see `join`.
    package func shutdown() { queue.close() }

    /// Blocks the calling thread until the pool's threads have ended; call `shutdown` first. Not from a pool task.
    package func join() { for thread in threads { thread.join() } }
}
