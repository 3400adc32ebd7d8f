import Foundation
import Synchronization
import Testing

@testable import LocalHost

@Suite("The queues on disk")
struct QueueStoreTests {
    private let folder: TemporaryFolder
    private let clock = SteppedClock(start: Date(timeIntervalSince1970: 1_800_000_000), ticks: 0)
    private let jobs: QueueName

    init() throws {
        folder = try TemporaryFolder()
        jobs = try QueueName("jobs")
    }

    private func open(_ onDamage: @Sendable (String) -> Void = { Issue.record("damaged: \($0)") }) throws -> QueueStore
    {
        try QueueStore(directory: folder.url, encoding: .base64, clock: clock.clock, onDamage: onDamage)
    }

    private func texts(_ messages: [QueueMessage]) -> [String] {
        messages.map { String(decoding: QueueEncoding.base64.content($0.text) ?? [], as: UTF8.self) }
    }

    @Test("messages are taken in the order in which they were put, each once while it is leased")
    func order() async throws {
        let store = try open()
        for number in 1...5 { try await store.put(Array("m\(number)".utf8), to: jobs) }
        let first = try await store.take(2, from: jobs, for: .seconds(60))
        let second = try await store.take(9, from: jobs, for: .seconds(60))
        #expect(texts(first) == ["m1", "m2"] && texts(second) == ["m3", "m4", "m5"])
        #expect(first.allSatisfy { $0.dequeueCount == 1 && $0.nextVisible == clock.now + 60 })
        #expect(try await store.take(9, from: jobs, for: .seconds(60)).isEmpty)
        #expect(await store.statistics()[jobs] == .init(length: 5, invisible: 5, oldest: clock.now))
        clock.advance(by: 60)
        let again = try await store.take(9, from: jobs, for: .seconds(60))
        #expect(texts(again) == ["m1", "m2", "m3", "m4", "m5"] && again.allSatisfy { $0.dequeueCount == 2 })
    }

    @Test("dequeue count, visibility and receipts survive: whoever holds the receipt may go on after a restart")
    func restart() async throws {
        let store = try open()
        for text in ["waiting", "leased", "deleted"] { try await store.put(Array(text.utf8), to: jobs) }
        let taken = try await store.take(3, from: jobs, for: .seconds(60))
        _ = try await store.hide(taken[0], in: jobs, for: .zero)
        #expect(try await store.delete(taken[2], from: jobs))
        await store.close()

        let reopened = try open()
        let statistics = await reopened.statistics()[jobs]
        #expect(statistics?.length == 2 && statistics?.invisible == 1)
        let next = try await reopened.take(9, from: jobs, for: .seconds(60))
        #expect(texts(next) == ["waiting"] && next[0].dequeueCount == 2 && next[0].id == taken[0].id)
        #expect(try await reopened.delete(taken[1], from: jobs))
        try await reopened.put(Array("late".utf8), to: jobs)
        clock.advance(by: 61)
        #expect(texts(try await reopened.take(9, from: jobs, for: .seconds(60))) == ["waiting", "late"])
    }

    @Test("an old receipt changes nothing")
    func receipts() async throws {
        let store = try open()
        try await store.put(Array("m".utf8), to: jobs)
        let first = try #require(try await store.take(1, from: jobs, for: .seconds(10)).first)
        clock.advance(by: 10)
        let second = try #require(try await store.take(1, from: jobs, for: .seconds(10)).first)
        #expect(try await store.hide(first, in: jobs, for: .zero) == nil)
        #expect(try await !store.delete(first, from: jobs))
        let renewed = try #require(try await store.hide(second, in: jobs, for: .seconds(20)))
        #expect(try await !store.delete(second, from: jobs), "renewing gives a new receipt")
        #expect(try await store.delete(renewed, from: jobs))
        #expect(try await !store.delete(renewed, from: jobs))
    }

    @Test("a message is gone after seven days")
    func expiry() async throws {
        let store = try open()
        try await store.put(Array("old".utf8), to: jobs)
        clock.advance(by: 7 * 24 * 3_600)
        #expect(await store.statistics()[jobs]?.length == 0)
        #expect(await store.peek(9, at: jobs) == [])
        #expect(try await store.take(1, from: jobs, for: .seconds(1)).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/jobs").isEmpty)
    }

    @Test(
        "what a killed process left half-written is removed, a damaged file is set aside and named, the rest is there"
    )
    func damage() async throws {
        let store = try open()
        for text in ["one", "two"] { try await store.put(Array(text.utf8), to: jobs) }
        await store.close()
        try folder.write("jobs/3.json.new", "{\"id\":")
        try folder.write("jobs/2.json", "{\"id\":")
        let damaged = Mutex<[String]>([])
        let reopened = try open { path in damaged.withLock { $0.append(path) } }
        #expect(damaged.withLock { $0 } == [folder.url.path + "/jobs/2.json.damaged"])
        #expect(texts(await reopened.peek(9, at: jobs) ?? []) == ["one"])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/jobs")
        #expect(names.sorted() == ["1.json", "2.json.damaged"])
    }

    @Test("a second LocalHost on the same queues is refused until the first one has ended")
    func exclusion() async throws {
        let store = try open()
        let failure = #expect(throws: HostFailure.self) { try open() }
        #expect(failure?.message.contains("another LocalHost uses the queues") == true)
        await store.close()
        _ = try open()
    }

    @Test("a write that fails leaves the message as it was")
    func readOnly() async throws {
        let store = try open()
        try await store.put(Array("m".utf8), to: jobs)
        // A folder in the way of the new file: it fails for root, too.
        try folder.write("jobs/1.json.new/x", "")
        await #expect(throws: (any Error).self) { try await store.take(1, from: jobs, for: .seconds(60)) }
        try FileManager.default.removeItem(atPath: folder.url.path + "/jobs/1.json.new")
        #expect(try await store.take(1, from: jobs, for: .seconds(60)).first?.dequeueCount == 1)
    }
}
