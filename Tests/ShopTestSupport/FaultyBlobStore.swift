package import RecPipeline
import Synchronization

/// A blob store that fails on purpose, in front of one that works.
package final class FaultyBlobStore: BlobStore {
    private let store: any BlobStore
    private let failsPuts = Mutex(false)
    private let failsGets = Mutex(false)
    private let beforePut = Mutex<(@Sendable (String) async -> Void)?>(nil)
    private let beforeGet = Mutex<(@Sendable (String) async -> Void)?>(nil)

    package init(_ store: any BlobStore) {
        self.store = store
    }

    package var location: String { "faulty \(store.location)" }

    /// From now on writes fail, or work again.
    package func failPuts(_ fail: Bool) { failsPuts.withLock { $0 = fail } }

    /// From now on reads fail, or work again.
    package func failGets(_ fail: Bool) { failsGets.withLock { $0 = fail } }

    /// Runs before each write from now on, with its path: the place to stop a batch in, or to let others act.
    package func beforePuts(_ hook: (@Sendable (String) async -> Void)?) { beforePut.withLock { $0 = hook } }

    /// Runs before each read from now on, with its path: the place to make a reader wait.
    package func beforeGets(_ hook: (@Sendable (String) async -> Void)?) { beforeGet.withLock { $0 = hook } }

    package func put(_ path: String, _ bytes: [UInt8], if condition: BlobCondition) async throws(BlobStoreError)
        -> String
    {
        try await admitPut(path)
        return try await store.put(path, bytes, if: condition)
    }

    package func put(
        _ path: String,
        file: String,
        if condition: BlobCondition,
        progress: (@Sendable (Int) -> Void)?
    ) async throws(BlobStoreError) -> String {
        try await admitPut(path)
        return try await store.put(path, file: file, if: condition, progress: progress)
    }

    package func get(_ path: String) async throws(BlobStoreError) -> [UInt8] {
        try await admitGet(path)
        return try await store.get(path)
    }

    package func read(_ path: String, _ consume: ([UInt8], _ total: Int) async throws -> Void) async throws {
        try await admitGet(path)
        try await store.read(path, consume)
    }

    package func find(_ path: String) async throws(BlobStoreError) -> BlobObject? {
        try await admitGet(path)
        return try await store.find(path)
    }

    package func list(prefix: String) async throws(BlobStoreError) -> [BlobObject] {
        try await admitGet(prefix)
        return try await store.list(prefix: prefix)
    }

    package func delete(_ path: String, if condition: BlobCondition) async throws(BlobStoreError) {
        try await store.delete(path, if: condition)
    }

    package func check() async throws(BlobStoreError) { try await store.check() }

    private func admitPut(_ path: String) async throws(BlobStoreError) {
        await beforePut.withLock({ $0 })?(path)
        if failsPuts.withLock({ $0 }) { throw BlobStoreError(.unavailable, path: path, "the store is down") }
    }

    private func admitGet(_ path: String) async throws(BlobStoreError) {
        await beforeGet.withLock({ $0 })?(path)
        if failsGets.withLock({ $0 }) { throw BlobStoreError(.unavailable, path: path, "the store is down") }
    }
}
