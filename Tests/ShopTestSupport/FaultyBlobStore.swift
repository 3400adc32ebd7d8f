package import RecPipeline
import Synchronization

/// A blob store that fails on purpose, in front of one that works.
package final class FaultyBlobStore: BlobStore {
    private let store: any BlobStore
    private let failsPuts = Mutex(false)
    private let failsGets = Mutex(false)
    private let beforePut = Mutex<(@Sendable (String) async -> Void)?>(nil)

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

    package func put(_ path: String, _ bytes: [UInt8]) async throws(BlobStoreError) {
        await beforePut.withLock({ $0 })?(path)
        if failsPuts.withLock({ $0 }) { throw BlobStoreError(.unavailable, path: path, "the store is down") }
        try await store.put(path, bytes)
    }

    package func get(_ path: String) async throws(BlobStoreError) -> [UInt8] {
        if failsGets.withLock({ $0 }) { throw BlobStoreError(.unavailable, path: path, "the store is down") }
        return try await store.get(path)
    }

    package func check() async throws(BlobStoreError) { try await store.check() }

    package func list(prefix: String) async throws(BlobStoreError) -> [String] { try await store.list(prefix: prefix) }

    package func delete(_ path: String) async throws(BlobStoreError) { try await store.delete(path) }
}
