import Foundation
import Postgres
import RecEngine
import Shop
import ShopTestSupport
import Synchronization
import TestSupport
import Testing
import TextFormats

@testable import RecPipeline

@Suite("Model manager", .serialized)
struct ModelManagerTests {
    /// A shop with models `old` and `new`, of which the second is live, and a store whose faults a test sets.
    private final class TwoModels: Sendable {
        let shop: ShopFixture
        let blobs: FaultyBlobStore
        let old: String
        let new: String
        let clock = Mutex(ContinuousClock.now)

        init(shop: ShopFixture, old: String, new: String) {
            self.shop = shop
            self.blobs = FaultyBlobStore(shop.blobs)
            self.old = old
            self.new = new
        }

        func manager(_ configure: (inout ModelManagerOptions) -> Void = { _ in }) -> ModelManager {
            var options = ModelManagerOptions()
            configure(&options)
            return ModelManager(
                store: ModelStore(blobs: blobs),
                models: shop.modelRows,
                compute: shop.compute,
                logger: shop.logger,
                options: options
            )
        }
    }

    private func withModels(_ body: (TwoModels) async throws -> Void) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            let old = try #require(try await shop.modelRows.live()).modelVersion
            guard case .completed(_, _, let new, _) = try await shop.runner().run(.manual) else {
                throw ConditionNotMet(what: "second batch", limit: .zero)
            }
            try await body(TwoModels(shop: shop, old: old, new: new))
        }
    }

    /// Ends when a load that was started has ended.
    private func settled(_ manager: ModelManager) async throws {
        try await eventually("no load in flight") { !manager.status.isLoading }
    }

    @Test("many callers share one load, and its files are read once")
    func oneLoad() async throws {
        try await withModels { models in
            let reads = Mutex<[String]>([])
            models.blobs.beforeGets { path in reads.withLock { $0.append(path) } }
            let manager = models.manager()
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<50 { group.addTask { try await manager.bundle(for: models.new).version } }
                for try await version in group { #expect(version == models.new) }
            }
            let paths = reads.withLock { $0 }
            #expect(paths.count == Set(paths).count)
            // The manifest, the products, and seven models: there are too few customers for segments.
            #expect(paths.count == 10)
        }
    }

    @Test("readers get the old bundle at once while the new one is being read, and the new one when it is complete")
    func slowLoad() async throws {
        try await withModels { models in
            let manager = models.manager()
            let earlier = try await manager.bundle(for: models.old)
            #expect(earlier.version == models.old)
            let (gate, open) = AsyncStream.makeStream(of: Never.self)
            models.blobs.beforeGets { _ in for await _ in gate {} }
            for _ in 0..<20 {
                let answering = try await manager.bundle(for: models.new)
                #expect(answering.version == models.old)
            }
            #expect(manager.status.isLoading)
            #expect(manager.status.serving == models.old)
            #expect(manager.status.live == models.new)
            open.finish()
            try await eventually("the new one answers") {
                try await manager.bundle(for: models.new).version == models.new
            }
        }
    }

    @Test("who waits for the first load and is cancelled stops waiting; the load goes on for the others")
    func cancelledWait() async throws {
        try await withModels { models in
            let manager = models.manager()
            let (gate, open) = AsyncStream.makeStream(of: Never.self)
            let (begun, begin) = AsyncStream.makeStream(of: Never.self)
            models.blobs.beforeGets { _ in
                begin.finish()
                for await _ in gate {}
            }
            let waiting = Task { try await manager.bundle(for: models.new).version }
            for await _ in begun {}
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            #expect(manager.status.isLoading)
            open.finish()
            let answering = try await manager.bundle(for: models.new)
            #expect(answering.version == models.new)
        }
    }

    @Test("a late bundle does not replace one that went live while it was read")
    func late() async throws {
        try await withModels { models in
            let other = models.manager()
            let newest = try await other.bundle(for: models.new)
            let manager = models.manager()
            let answering = try await manager.bundle(for: models.new)
            #expect(answering.version == models.new)
            let (gate, open) = AsyncStream.makeStream(of: Never.self)
            models.blobs.beforeGets { _ in for await _ in gate {} }
            manager.setLive(version: models.old)
            manager.setLive(newest)
            open.finish()
            try await settled(manager)
            #expect(manager.status.serving == models.new)
        }
    }

    /// What is done to a model's files.
    enum Damage: String, CaseIterable, Sendable {
        case flippedByte, truncated, foreignArchive, notAnArchive, missing
    }

    @Test(
        "a damaged file is refused with its name, whichever it is and whatever was done to it; the old model answers on",
        arguments: ["manifest.json", "model.npz", "popularity.npz", "items.npz"],
        Damage.allCases
    )
    func damaged(file: String, damage: Damage) async throws {
        try await withModels { models in
            let path = "models/\(models.new)/\(file)"
            var bytes = try await models.shop.blobs.get(path)
            switch damage {
            case .flippedByte: bytes[bytes.count / 2] ^= 1
            case .truncated: bytes.removeLast(bytes.count / 3)
            case .foreignArchive: bytes = try NPZArchive([NPYArray(name: "weights", number: 1)]).serialized()
            case .notAnArchive: bytes = Array("not a model".utf8)
            case .missing: break
            }
            if damage == .missing {
                try await models.shop.blobs.delete(path)
            } else {
                try await models.shop.blobs.put(path, bytes)
            }
            let manager = models.manager()
            let earlier = try await manager.bundle(for: models.old)
            #expect(earlier.version == models.old)
            let answering = try await manager.bundle(for: models.new)
            #expect(answering.version == models.old)
            try await eventually("the failure is known") { manager.status.failure != nil }
            let failure = try #require(manager.status.failure)
            #expect(failure.reason.contains(path), "\(failure.reason)")
            #expect(manager.status.serving == models.old)
            let unchanged = try await manager.bundle(for: models.new)
            #expect(unchanged.version == models.old)
            // A process that has nothing else says the same instead of answering.
            let empty = models.manager()
            let error = await #expect(throws: ModelLoadError.self) { _ = try await empty.bundle(for: models.new) }
            #expect(error?.kind == .artifact)
            #expect(error?.reason == failure.reason)
        }
    }

    /// Arrays that every checksum vouches for and that are no model all the same.
    enum Nonsense: String, CaseIterable, Sendable {
        case unknownAlgorithm, negativeKey, repeatedKey, fewerItems, notANumber, otherFormat
    }

    @Test(
        "a complete file that makes no sense is refused although its checksums hold",
        arguments: Nonsense.allCases
    )
    func nonsense(kind: Nonsense) async throws {
        try await withModels { models in
            var record = try #require(try await models.shop.modelRows.find(models.new))
            let folder = "models/\(models.new)"
            var manifest = try JSONDecoder().decode(
                ModelManifest.self,
                from: Data(try await models.shop.blobs.get(record.artifactPath))
            )
            let (file, array): (String, NPYArray?) =
                switch kind {
                case .unknownAlgorithm: ("model.npz", NPYArray(name: "algorithm", string: "oracle"))
                case .negativeKey: ("items.npz", NPYArray(name: "product_key", (0..<30).map { Int64($0) - 1 }))
                case .repeatedKey: ("items.npz", NPYArray(name: "product_key", [Int64](repeating: 7, count: 30)))
                case .fewerItems: ("items.npz", NPYArray(name: "product_key", (1...29).map(Int64.init)))
                case .notANumber:
                    ("popularity.npz", NPYArray(name: "scores", [Float](repeating: .nan, count: 30)))
                case .otherFormat: ("items.npz", nil)
                }
            if let array {
                var archive = try NPZArchive(bytes: try await models.shop.blobs.get("\(folder)/\(file)"))
                archive.arrays.removeAll { $0.name == array.name }
                archive.arrays.append(array)
                let bytes = try archive.serialized()
                try await models.shop.blobs.put("\(folder)/\(file)", bytes)
                let index = try #require(manifest.files.firstIndex { $0.name == file })
                manifest.files[index].size = bytes.count
                manifest.files[index].sha256 = SHA256.hex(of: bytes)
            } else {
                manifest.format = 99
            }
            let bytes = try [UInt8](JSONEncoder().encode(manifest))
            try await models.shop.blobs.put(record.artifactPath, bytes)
            record.sha256 = SHA256.hex(of: bytes)
            _ = try await models.shop.client.execute(
                "UPDATE models SET sha256 = \(record.sha256) WHERE version = \(models.new)"
            )
            let manager = models.manager()
            let error = await #expect(throws: ModelLoadError.self) { _ = try await manager.bundle(for: models.new) }
            #expect(error?.kind == .artifact)
            #expect(error?.reason.contains("checksum") == false, "\(error?.reason ?? "")")
        }
    }

    @Test("a store that is down at the first load is no model and a reason; when it is back the model is read")
    func downAtFirst() async throws {
        try await withModels { models in
            let manager = models.manager { $0.now = { models.clock.withLock { $0 } } }
            models.blobs.failGets(true)
            let error = await #expect(throws: ModelLoadError.self) { _ = try await manager.bundle(for: models.new) }
            #expect(error?.kind == .store)
            #expect(manager.status.failure?.reason == "the blob store does not answer")
            #expect(manager.status.serving == nil)
            models.blobs.failGets(false)
            models.clock.withLock { $0 += .seconds(2) }
            let answering = try await manager.bundle(for: models.new)
            #expect(answering.version == models.new)
            #expect(manager.status.failure == nil)
        }
    }

    @Test(
        "a store that is down at a reload leaves the old model; attempts follow the pauses, which double, not the requests"
    )
    func downAtReload() async throws {
        try await withModels { models in
            let manager = models.manager { $0.now = { models.clock.withLock { $0 } } }
            let earlier = try await manager.bundle(for: models.old)
            #expect(earlier.version == models.old)
            models.blobs.failGets(true)
            let attempts = Mutex(0)
            models.blobs.beforeGets { _ in attempts.withLock { $0 += 1 } }
            for (attempt, pause) in [2, 4, 8, 16, 32, 60, 60].enumerated() {
                for _ in 0..<20 {
                    let answering = try await manager.bundle(for: models.new)
                    #expect(answering.version == models.old)
                    try await settled(manager)
                }
                #expect(attempts.withLock { $0 } == attempt + 1)
                #expect(manager.status.failure?.attempts == attempt + 1)
                // A moment less than the pause is too early.
                models.clock.withLock { $0 += .seconds(pause) - .milliseconds(1) }
                let answering = try await manager.bundle(for: models.new)
                #expect(answering.version == models.old)
                try await settled(manager)
                #expect(attempts.withLock { $0 } == attempt + 1)
                models.clock.withLock { $0 += .milliseconds(1) }
            }
            models.blobs.failGets(false)
            manager.setLive(version: models.new)
            try await settled(manager)
            #expect(manager.status.serving == models.new)
        }
    }

    @Test("one version is read at a time: a load for an activation keeps others from starting until it was used")
    func oneAtATime() async throws {
        try await withModels { models in
            let manager = models.manager()
            let earlier = try await manager.bundle(for: models.old)
            #expect(earlier.version == models.old)
            try await manager.withLoaded(models.new) { bundle in
                #expect(bundle.version == models.new)
                manager.setLive(version: models.new)
                #expect(manager.status.serving == models.old)
                manager.setLive(bundle)
            }
            #expect(manager.status.serving == models.new)
            #expect(!manager.status.isLoading)
        }
    }

    @Test("a list that the previous model scored says so, and is not kept for the new one")
    func scoredByPrevious() async throws {
        try await withModels { models in
            let manager = models.manager()
            let server = models.shop.server(models: manager)
            _ = try await manager.bundle(for: models.old)
            models.blobs.failGets(true)
            _ = try await models.shop.record("buy", user: "U-1", product: "P-00")
            let answer = try #require(try await server.recommend(.init(userID: "U-1", limit: 5)))
            #expect(answer.source == .computed)
            #expect(answer.modelVersion == models.old)
            let kept = try await models.shop.client.query("SELECT 1 FROM recommendation_cache_overlay")
            #expect(kept.isEmpty)
        }
    }
}
