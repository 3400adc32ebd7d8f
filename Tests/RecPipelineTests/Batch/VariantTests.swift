import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@Suite("Variants", .serialized)
struct VariantTests {
    /// Two generations with a model each; the first belongs to the variant `trial` and is live there, the second to everybody.
    private func withTrial(_ body: (ShopFixture, Variant, [LivePointer]) async throws -> Void) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let trial = try #require(Variant("trial"))
            try await shop.generateLists()
            _ = try await shop.record("more", user: "U-2", product: "P-00")
            try await shop.generateLists()
            let newer = try #require(try await shop.modelRows.live())
            _ = try await shop.client.execute("UPDATE generations SET variant = 'trial' WHERE generation = 1")
            let done = try await shop.generations.activate(1)
            #expect(done.previous == nil)
            #expect(done.live.variant == trial)
            try await body(shop, trial, [done.live, newer])
        }
    }

    @Test("a generation goes live for the variant that it was made for and changes no other")
    func activation() async throws {
        try await withTrial { shop, trial, pointers in
            #expect(try await shop.modelRows.live() == pointers[1])
            #expect(try await shop.modelRows.live(trial) == pointers[0])
            #expect(try await shop.modelRows.allLive() == [pointers[1], pointers[0]])
            let states = try await shop.client.query(
                "SELECT status FROM models UNION ALL SELECT status FROM generations"
            )
            #expect(try states.map { try $0.decode(String.self, at: 0) } == ["live", "live", "live", "live"])
            for _ in 0..<2 {
                let everybodys = try #require(try await shop.cache.lookup(userID: "U-1", list: .discover))
                #expect(everybodys.live == pointers[1])
                #expect(everybodys.entry?.stamp.generation == pointers[1].generation)
                let trials = try #require(
                    try await shop.cache.lookup(userID: "U-1", list: .discover, variant: trial)
                )
                #expect(trials.live == pointers[0])
                #expect(trials.entry?.stamp.generation == pointers[0].generation)
            }
        }
    }

    @Test("a full run replaces everybody's generation and leaves the trial's live, with its overlay")
    func flip() async throws {
        try await withTrial { shop, trial, pointers in
            var list = StoredList()
            list.append(1, score: 1)
            for (user, pointer) in zip([Int64(1), 2], pointers) {
                let stamp = CacheStamp(
                    generation: 0,
                    dataCut: 1_000_000,
                    modelVersion: pointer.modelVersion,
                    generatedAt: Date()
                )
                try await shop.cache.storeOverlay(userKey: user, list: .discover, list, stamp)
            }
            try await shop.generateLists()
            #expect(try await shop.modelRows.live(trial) == pointers[0])
            let newest = try #require(try await shop.modelRows.live())
            #expect(newest.generation == 3)
            let states = try await shop.client.query("SELECT status FROM generations ORDER BY generation")
            #expect(try states.map { try $0.decode(String.self, at: 0) } == ["live", "retired", "live"])
            let kept = try await shop.client.query("SELECT model_version FROM recommendation_cache_overlay")
            #expect(try kept.map { try $0.decode(String.self, at: 0) } == [pointers[0].modelVersion])
        }
    }

    @Test("a model is activated with a generation of everybody's, never with a trial's")
    func modelOfTrial() async throws {
        try await withTrial { shop, _, pointers in
            let target = ActivationTarget.model(version: pointers[0].modelVersion)
            guard case .refused(.noCompleteGeneration) = try await shop.generations.examine(target) else {
                Issue.record("a trial's generation would have gone live for everybody")
                return
            }
        }
    }

    @Test(
        "the models of both variants stay in memory; what is live no more leaves; a third one drives out the least used"
    )
    func memory() async throws {
        try await withTrial { shop, _, pointers in
            let services = shop.batchServices()
            let store = ModelStore(blobs: shop.blobs)
            let reads = FaultyBlobStore(shop.blobs)
            var options = ModelManagerOptions()
            options.capacity = 2
            let manager = ModelManager(
                store: ModelStore(blobs: reads),
                models: shop.modelRows,
                compute: shop.compute,
                logger: shop.logger,
                options: options
            )
            for pointer in pointers { _ = try await manager.exactBundle(for: pointer.modelVersion) }
            manager.setLive(pointers)
            reads.failGets(true)
            for _ in 0..<3 {
                for pointer in pointers {
                    let bundle = try await manager.bundle(for: pointer.modelVersion)
                    #expect(bundle.version == pointer.modelVersion)
                }
            }
            _ = try await manager.bundle(for: pointers[0].modelVersion)
            let third = try #require(try await shop.modelRows.find(pointers[1].modelVersion))
            var other = try await store.load(third).manifest
            other.version = "third"
            let held = try await services.models.exactBundle(for: pointers[1].modelVersion)
            manager.setLive(
                ModelBundle(manifest: other, items: held.items, models: held.models),
                for: try #require(Variant("third"))
            )
            #expect(manager.status(of: pointers[0].modelVersion).serving == pointers[0].modelVersion)
            #expect(manager.status(of: pointers[1].modelVersion).serving == "third")
            manager.setLive([pointers[0]])
            #expect(manager.status(of: "third").serving == pointers[0].modelVersion)
        }
    }

    @Test("room for a bundle is made before its files are read")
    func room() async throws {
        try await withTrial { shop, _, pointers in
            let record = try #require(try await shop.modelRows.find(pointers[0].modelVersion))
            let bytes = try await ModelStore(blobs: shop.blobs).manifest(record).memoryBytes
            var options = ModelManagerOptions()
            options.memoryLimit = bytes * 3 / 2
            let manager = ModelManager(
                store: ModelStore(blobs: shop.blobs),
                models: shop.modelRows,
                compute: shop.compute,
                logger: shop.logger,
                options: options
            )
            let versions = pointers.map(\.modelVersion)
            for version in versions { _ = try await manager.exactBundle(for: version) }
            // The one that was used last stays while another is read beside it; the third finds two, and one has to go.
            _ = try await shop.runner().run(.manual)
            let newest = try #require(try await shop.modelRows.live()).modelVersion
            _ = try await manager.exactBundle(for: newest)
            #expect(manager.status(of: versions[0]).serving == newest)
            #expect(manager.status(of: versions[1]).serving == versions[1])
        }
    }

    @Test(
        "names are short and plain",
        arguments: [
            ("default", true), ("a", true), ("ranker-2_b", true), (String(repeating: "x", count: 32), true),
            ("", false),
            ("A", false), ("a b", false), ("ä", false), ("a'", false), (String(repeating: "x", count: 33), false),
        ]
    )
    func names(name: String, isAllowed: Bool) {
        #expect((Variant(name) != nil) == isAllowed)
    }
}
