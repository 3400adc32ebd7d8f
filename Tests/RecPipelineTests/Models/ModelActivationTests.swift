import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@Suite("Model activation", .serialized)
struct ModelActivationTests {
    private func activation(_ shop: ShopFixture, blobs: (any BlobStore)? = nil) -> (ModelActivation, ModelManager) {
        let services = shop.batchServices(owner: "activation", blobs: blobs)
        let activation = ModelActivation(
            generations: shop.generations,
            models: shop.modelRows,
            manager: services.models,
            store: services.store,
            logger: shop.logger
        )
        return (activation, services.models)
    }

    /// Two generations, each with a model of its own, made of different events; the second is live.
    private func withGenerations(_ body: (ShopFixture, [LivePointer]) async throws -> Void) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            var pointers: [LivePointer] = []
            for round in 0..<2 {
                for user in stride(from: 0, to: 60, by: 4) where round > 0 {
                    let item = (user * 7 + 3) % 30
                    _ = try await shop.record("r\(user)", user: "U-\(user)", product: ShopFixture.productID(item))
                }
                guard case .completed(_, let generation, let version, _) = try await shop.runner().run(.manual) else {
                    throw ConditionNotMet(what: "batch", limit: .zero)
                }
                pointers.append(LivePointer(variant: .default, generation: generation, modelVersion: version))
            }
            try await body(shop, pointers)
        }
    }

    /// What customers without later events are answered, and by which model.
    private func lists(_ shop: ShopFixture) async throws -> [String] {
        let server = shop.server()
        var lists: [String] = []
        for user in [1, 2, 3, 5, 6, 7, 9] {
            let answer = try #require(try await server.recommend(.init(userID: "U-\(user)", limit: 8)))
            let items = answer.items.map { "\(answer.catalogue.products[$0.position].productID)=\($0.score)" }
            lists.append("\(user) \(answer.source) \(answer.modelVersion ?? "none") \(items)")
        }
        return lists
    }

    private func states(_ shop: ShopFixture) async throws -> [String] {
        try await shop.client.query(
            """
            SELECT 'g' || generation || ' ' || status FROM generations
            UNION ALL SELECT 'm ' || status FROM models ORDER BY 1
            """
        ).map { try $0.decode(String.self, at: 0) }
    }

    @Test("back to the older model and forward again gives the very lists that each gave before")
    func backAndForward() async throws {
        try await withGenerations { shop, pointers in
            let (activation, manager) = activation(shop)
            let newer = try await lists(shop)
            let back = try await activation.activate(.model(version: pointers[0].modelVersion))
            #expect(back == Activation(live: pointers[0], previous: pointers[1]))
            #expect(try await shop.modelRows.live() == pointers[0])
            #expect(manager.status.serving == pointers[0].modelVersion)
            #expect(try await states(shop) == ["g1 live", "g2 retired", "m live", "m retired"])
            let older = try await lists(shop)
            #expect(older != newer)
            #expect(older.allSatisfy { $0.contains(pointers[0].modelVersion) })
            let forward = try await activation.activate(.generation(pointers[1].generation))
            #expect(forward == Activation(live: pointers[1], previous: pointers[0]))
            #expect(try await lists(shop) == newer)
            #expect(try await states(shop) == ["g1 retired", "g2 live", "m live", "m retired"])
        }
    }

    @Test("a list computed under one model is not served under the other, and is served again when its model is back")
    func overlay() async throws {
        try await withGenerations { shop, pointers in
            let (activation, _) = activation(shop)
            _ = try await shop.record("late", user: "U-1", product: "P-00")
            let server = shop.server()
            let computed = try #require(try await server.recommend(.init(userID: "U-1", limit: 5)))
            #expect(computed.source == .computed)
            _ = try await activation.activate(.generation(pointers[0].generation))
            let lookup = try #require(try await shop.cache.lookup(userID: "U-1", list: .discover))
            #expect(lookup.entry?.stamp.generation == pointers[0].generation)
            #expect(lookup.entry?.stamp.modelVersion == pointers[0].modelVersion)
            _ = try await activation.activate(.generation(pointers[1].generation))
            let again = try #require(try await server.recommend(.init(userID: "U-1", limit: 5)))
            #expect(again.source == .cache)
            #expect(!again.stale)
            #expect(again.items == computed.items)
        }
    }

    @Test("what is live already stays, whatever state its files are in; current.json follows a change")
    func unchanged() async throws {
        try await withGenerations { shop, pointers in
            let blobs = FaultyBlobStore(shop.blobs)
            blobs.failGets(true)
            let (activation, _) = activation(shop, blobs: blobs)
            for target in [
                ActivationTarget.model(version: pointers[1].modelVersion), .generation(pointers[1].generation),
            ] {
                let done = try await activation.activate(target)
                #expect(!done.isChange)
                #expect(done.live == pointers[1])
            }
            blobs.failGets(false)
            _ = try await activation.activate(.generation(pointers[0].generation))
            let current = String(decoding: try await shop.blobs.get("models/current.json"), as: UTF8.self)
            #expect(current.contains(pointers[0].modelVersion))
            // An export that fails undoes nothing.
            blobs.failPuts(true)
            #expect(try await activation.activate(.generation(pointers[1].generation)).isChange)
            #expect(try await shop.modelRows.live() == pointers[1])
        }
    }

    @Test("a model that cannot be read does not go live: a damaged file, a missing one, a store that is down")
    func unreadable() async throws {
        try await withGenerations { shop, pointers in
            let blobs = FaultyBlobStore(shop.blobs)
            let (activation, manager) = activation(shop, blobs: blobs)
            _ = try await manager.bundle(for: pointers[1].modelVersion)
            let path = "models/\(pointers[0].modelVersion)/model.npz"
            blobs.failGets(true)
            var error = await #expect(throws: ModelLoadError.self) {
                _ = try await activation.activate(.generation(pointers[0].generation))
            }
            #expect(error?.kind == .store)
            blobs.failGets(false)
            try await shop.blobs.put(path, Array("not a model".utf8))
            error = await #expect(throws: ModelLoadError.self) {
                _ = try await activation.activate(.model(version: pointers[0].modelVersion))
            }
            #expect(error?.kind == .artifact)
            try await shop.blobs.delete(path)
            error = await #expect(throws: ModelLoadError.self) {
                _ = try await activation.activate(.model(version: pointers[0].modelVersion))
            }
            #expect(error?.kind == .artifact)
            #expect(try await shop.modelRows.live() == pointers[1])
            #expect(manager.status.serving == pointers[1].modelVersion)
            #expect(manager.status.failure == nil)
            #expect(!manager.status.isLoading)
        }
    }

    @Test("what was dropped, is unknown or unfinished is refused with what helps")
    func refused() async throws {
        try await withGenerations { shop, pointers in
            let (activation, _) = activation(shop)
            func refusal(_ target: ActivationTarget) async -> ActivationRefusal? {
                await #expect(throws: ActivationRefusal.self) { _ = try await activation.activate(target) }
            }
            #expect(await refusal(.generation(99)) == .unknown(.generation(99)))
            #expect(await refusal(.model(version: "none")) == .unknown(.model(version: "none")))
            _ = try await shop.client.execute(
                "UPDATE generations SET retired_at = now() - interval '1 hour' WHERE status = 'retired'"
            )
            #expect(try await shop.generations.dropExpired(retaining: 0).dropped == [pointers[0].generation])
            #expect(
                await refusal(.generation(pointers[0].generation))
                    == .incomplete(generation: pointers[0].generation, .dropped)
            )
            let version = pointers[0].modelVersion
            let refused = await refusal(.model(version: version))
            #expect(refused == .noCompleteGeneration(model: version))
            #expect(refused?.description.contains("MODEL_VERSION=\(version)") == true)
            #expect(try await shop.modelRows.live() == pointers[1])
        }
    }

    @Test("a generation that is being dropped does not go live, one that went live is not dropped")
    func droppedOrLive() async throws {
        try await withGenerations { shop, pointers in
            let (activation, _) = activation(shop)
            for _ in 0..<10 {
                _ = try await shop.client.execute(
                    "UPDATE generations SET retired_at = now() - interval '1 hour' WHERE status = 'retired'"
                )
                async let dropping = shop.generations.dropExpired(retaining: 0).dropped
                async let activating = try? activation.activate(.generation(pointers[0].generation))
                let (dropped, activated) = try await (dropping, activating)
                #expect(dropped.isEmpty == (activated != nil))
                let live = try #require(try await shop.modelRows.live())
                let table = try await shop.client.query(
                    "SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass(\("recommendation_cache_g\(live.generation)")::text)"
                )
                #expect(table.count == 1)
                guard dropped.isEmpty else { return }
                _ = try await activation.activate(.generation(pointers[1].generation))
            }
        }
    }

    @Test(
        "activations and a batch's flip at once: none fails, one generation and one model are live, and the batch's lists stand"
    )
    func concurrentFlips() async throws {
        try await withGenerations { shop, pointers in
            let processes = (0..<3).map { _ in activation(shop).0 }
            let report = try await withThrowingTaskGroup(of: BatchReport?.self) { group in
                group.addTask { try await shop.runner().run(.manual) }
                for (index, process) in processes.enumerated() {
                    group.addTask {
                        for round in 0..<12 {
                            _ = try await process.activate(.generation(pointers[(index + round) % 2].generation))
                        }
                        return nil
                    }
                }
                var report: BatchReport?
                for try await each in group { report = each ?? report }
                return report
            }
            guard case .completed(_, let generation, let version, _) = report else {
                Issue.record("\(String(describing: report))")
                return
            }
            let live = try #require(try await shop.modelRows.live())
            let states = try await states(shop)
            #expect(states.count { $0.hasPrefix("g") && $0.hasSuffix("live") } == 1)
            #expect(states.contains("g\(live.generation) live"))
            #expect(states.filter { $0.hasPrefix("m") } == ["m live", "m retired", "m retired"])
            let done = try await processes[0].activate(.generation(generation))
            #expect(done.live == LivePointer(variant: .default, generation: generation, modelVersion: version))
        }
    }
}
