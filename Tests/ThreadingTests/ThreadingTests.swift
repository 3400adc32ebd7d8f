import Glibc
import Synchronization
import Testing

@testable import Threading

@Suite("BlockingQueue and PlatformThread")
struct ThreadTests {
    @Test("a closed queue is drained and then ends its workers")
    func closing() {
        let queue = BlockingQueue<Int>()
        #expect(queue.push(1))
        queue.close()
        #expect(!queue.push(2))
        #expect(queue.pop() == 1)
        #expect(queue.pop() == nil)
    }

    @Test("joining twice, or from the thread itself, returns")
    func joining() {
        let thread = PlatformThread(name: "join-test") {}
        thread.join()
        thread.join()
    }
}

@Suite("ThreadExecutor")
struct ThreadExecutorTests {
    private actor Counter {
        private let executor: ThreadExecutor
        private(set) var value = 0
        private(set) var threads: Set<pthread_t> = []

        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        init(_ executor: ThreadExecutor) { self.executor = executor }

        func increment() {
            value += 1
            threads.insert(pthread_self())
        }
    }

    @Test("an actor on it runs on its one thread and stays serial under load")
    func oneThread() async {
        let executor = ThreadExecutor(name: "executor-test")
        let counter = Counter(executor)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 { group.addTask { await counter.increment() } }
        }
        #expect(await counter.value == 1000)
        #expect(await counter.threads.count == 1)
        executor.shutdown()
        executor.join()
    }

    @Test("calls after shutdown still run, one at a time, so nobody waits for ever")
    func lateCalls() async {
        let executor = ThreadExecutor(name: "late-test")
        let counter = Counter(executor)
        executor.shutdown()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { await counter.increment() } }
        }
        #expect(await counter.value == 100)
    }
}

@Suite("ComputePool")
struct ComputePoolTests {
    private final class Flag: Sendable {
        private let value = Atomic<Bool>(false)
        var isRaised: Bool { value.load(ordering: .acquiring) }
        func raise() { value.store(true, ordering: .releasing) }
    }

    private static func niceness() -> Int32 { getpriority(.init(PRIO_PROCESS.rawValue), 0) }

    @Test("child tasks inherit the pool, and its threads have low priority")
    func lowPriority() async {
        let pool = ComputePool(threads: 2, name: "compute-test")
        let mine = Self.niceness()
        let values = await withTaskExecutorPreference(pool) {
            await withTaskGroup(of: Int32.self) { group in
                for _ in 0..<16 { group.addTask { Self.niceness() } }
                var values: Set<Int32> = []
                for await value in group { values.insert(value) }
                return values
            }
        }
        #expect(values == [min(19, ComputePool.defaultNiceness)])
        #expect(Self.niceness() == mine, "the caller's thread keeps its priority")
        pool.shutdown()
        pool.join()
    }

    @Test("the pool never uses more threads than it was given")
    func threadCount() async {
        let pool = ComputePool(threads: 3, name: "count-test")
        let threads = await withTaskExecutorPreference(pool) {
            await withTaskGroup(of: pthread_t.self) { group in
                for _ in 0..<200 { group.addTask { pthread_self() } }
                var threads: Set<pthread_t> = []
                for await thread in group { threads.insert(thread) }
                return threads
            }
        }
        #expect(pool.threadCount == 3)
        #expect((1...3).contains(threads.count))
        pool.shutdown()
        pool.join()
    }

    @Test("tasks after shutdown run on the cooperative pool instead of hanging")
    func lateTasks() async {
        let pool = ComputePool(threads: 1, name: "late-test")
        pool.shutdown()
        pool.join()
        let value = await withTaskExecutorPreference(pool) { 6 * 7 }
        #expect(value == 42)
    }

    @Test("computing on the pool leaves the cooperative pool free")
    func noStarvation() async {
        // More busy tasks than the machine has cores. They end only after the unrelated task has run, so this test
        // hangs (and is cut by its time limit) should they occupy the threads that it needs.
        let pool = ComputePool(threads: 4, name: "busy-test")
        let flag = Flag()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    await withTaskExecutorPreference(pool) {
                        while !flag.isRaised { sched_yield() }
                    }
                }
            }
            group.addTask { flag.raise() }
        }
        #expect(flag.isRaised)
        pool.shutdown()
        pool.join()
    }
}
