import Foundation
import Synchronization
package import Testing

/// Bounds how many tests of this process use a server at the same time.
///
/// Swift Testing starts every test of a process at once. Where hundreds of them wait for the same database, the deadlines of
/// the product (5 s for a connection) measure the other tests.
package enum TestSlots {
    private static let total = min(16, 2 * ProcessInfo.processInfo.activeProcessorCount)

    private struct State {
        var free = TestSlots.total
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private static let state = Mutex(State())
    @TaskLocal private static var isHeld = false

    /// Waits for a slot and runs the body in it. A body inside another one uses the slot of the outer one.
    package static func withSlot<T>(_ body: () async throws -> T) async throws -> T {
        guard !isHeld else { return try await body() }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
        defer {
            let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard !state.waiting.isEmpty else {
                    state.free += 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
            next?.resume()
        }
        return try await $isHeld.withValue(true) { try await body() }
    }
}

/// Runs each test in a slot of its own; see ``TestSlots``.
package struct SlotTrait: TestTrait, SuiteTrait, TestScoping {
    package let isRecursive = true

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        // A suite's own scope holds no test code; each of its tests comes here too.
        guard testCase != nil else { return try await function() }
        try await TestSlots.withSlot { try await function() }
    }
}

extension Trait where Self == SlotTrait {
    /// For tests that start servers or programs and wait for them.
    package static var slot: Self { SlotTrait() }
}
