import Synchronization
import Testing
import Threading

@Suite("Deadline")
struct DeadlineTests {
    private struct WorkFailed: Error {}

    /// Waits until the task is cancelled.
    private static func untilCancelled() async throws { try await Task.sleep(for: .seconds(3600)) }

    @Test("work that ends in time gives its value, also when the value is nil, or its error")
    func inTime() async throws {
        #expect(try await withDeadline(.seconds(3600)) { 7 } == 7)
        #expect(try await withDeadline(until: .now + .seconds(3600)) { Int?.none } == nil)
        await #expect(throws: WorkFailed.self) { try await withDeadline(.seconds(3600)) { throw WorkFailed() } }
    }

    @Test("without a limit the work runs as it is")
    func unlimited() async throws {
        #expect(try await withDeadline(nil) { 7 } == 7)
        #expect(try await withDeadline(until: nil) { 7 } == 7)
    }

    @Test("work that is not done in time is cancelled, and the error says the limit")
    func tooLate() async throws {
        let wasCancelled = Mutex(false)
        let error = await #expect(throws: DeadlineExceeded.self) {
            try await withDeadline(.milliseconds(20)) {
                do {
                    try await Self.untilCancelled()
                } catch {
                    wasCancelled.withLock { $0 = true }
                    throw error
                }
            }
        }
        #expect(wasCancelled.withLock { $0 })
        #expect(error?.limit == .milliseconds(20))
        #expect(error?.description == "not finished within 0.02 seconds")
    }

    @Test("an instant that has passed already cancels the work at once")
    func passedInstant() async {
        await #expect(throws: DeadlineExceeded.self) {
            try await withDeadline(until: .now - .seconds(1)) { try await Self.untilCancelled() }
        }
    }

    @Test("work that ignores cancellation is waited for, and its late value is dropped")
    func stubbornWork() async {
        let isDone = Mutex(false)
        await #expect(throws: DeadlineExceeded.self) {
            try await withDeadline(.milliseconds(20)) {
                while !Task.isCancelled { await Task.yield() }
                isDone.withLock { $0 = true }
                return 7
            }
        }
        #expect(isDone.withLock { $0 })
    }

    @Test("when the caller is cancelled the work decides what comes out")
    func cancelledCaller() async throws {
        let task = Task {
            try await withDeadline(.seconds(3600)) {
                try? await Self.untilCancelled()
                return "what was done so far"
            }
        }
        task.cancel()
        #expect(try await task.value == "what was done so far")
    }

    @Test("the work runs where the caller prefers its tasks to run")
    func executorPreference() async throws {
        let pool = ComputePool(threads: 1, name: "deadline-test")
        try await withTaskExecutorPreference(pool) {
            try await withDeadline(.seconds(3600)) {
                withUnsafeCurrentTask { #expect($0?.unownedTaskExecutor == pool.asUnownedTaskExecutor()) }
            }
        }
        pool.shutdown()
    }
}
