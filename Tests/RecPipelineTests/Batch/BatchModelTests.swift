import Foundation
import Postgres
import RecEngine
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@Suite("Model of a batch", .serialized)
struct BatchModelTests {
    private func addProduct(_ shop: ShopFixture) async throws {
        _ = try await shop.client.execute(
            """
            INSERT INTO products (product_id, name, category, price_minor, stock)
            VALUES ('P-000-new', 'New', 'Group 0', 100, 1)
            """
        )
    }

    private func completed(_ report: BatchReport) throws -> (generation: Int64, version: String, BatchMetrics) {
        guard case .completed(_, let generation, let version, let metrics) = report else {
            Issue.record("\(report)")
            throw ConditionNotMet(what: "completed", limit: .zero)
        }
        return (generation, version, metrics)
    }

    @Test("a pinned model makes the lists of later batches, although the shop has newer products and customers")
    func pin() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let pinned = try completed(try await shop.runner().run(.timer)).version
            try await addProduct(shop)
            _ = try await UserRepository(database: shop.client).create(User(userID: "late"))
            _ = try await shop.record("late-1", user: "late", product: "P-000-new")
            let (generation, version, metrics) = try completed(
                try await shop.runner { $0.modelVersion = pinned }.run(.manual)
            )
            #expect(version == pinned)
            #expect(generation == 2)
            #expect(metrics.items == 30)
            // Who bought nothing that the model knows has no list in the batch.
            #expect(metrics.lists == 120)
            #expect(
                try await shop.modelRows.live() == LivePointer(variant: .default, generation: 2, modelVersion: pinned)
            )
        }
    }

    @Test("a pin that names nothing fails the batch and leaves what is live")
    func unknownPin() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await shop.runner().run(.timer)
            let live = try await shop.modelRows.live()
            let report = try await shop.runner { $0.modelVersion = "no-such-model" }.run(.manual)
            guard case .failed(_, let reason, _) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(reason.contains("MODEL_VERSION names no-such-model"))
            #expect(try await shop.modelRows.live() == live)
        }
    }

    @Test("the manifest says what it takes to repeat the fit, and current.json what is live")
    func manifest() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let (generation, version, _) = try completed(
                try await shop.runner { $0.codeVersion = "1.2.3" }.run(.timer)
            )
            let job = try #require(try await shop.jobs.state().lastCompleted)
            let bytes = try await shop.blobs.get("models/\(version)/manifest.json")
            let manifest = try JSONDecoder().decode(ModelManifest.self, from: Data(bytes))
            #expect(manifest.version == version)
            #expect(manifest.catalogueVersion == job.catalogueVersion)
            #expect(manifest.catalogueVersion > 0)
            #expect(manifest.dataCut == job.dataCut)
            #expect(manifest.codeVersion == "1.2.3")
            #expect(manifest.algorithm == "item_knn" && manifest.configuration.discover == .itemKNN(.init()))
            #expect(manifest.memoryBytes > 0)
            #expect(version.hasSuffix("-\(job.jobID)-t\(try #require(job.fencingToken))"))

            struct Current: Decodable {
                var version: String
                var manifest: String
                var generation: Int64
            }
            let current = try JSONDecoder().decode(
                Current.self,
                from: Data(try await shop.blobs.get("models/current.json"))
            )
            #expect(current.version == version)
            #expect(current.generation == generation)
            #expect(try await shop.blobs.get(current.manifest) == bytes)
        }
    }

    @Test("where EASE would not fit the memory RP3beta stands in, and the job's log says so")
    func stepsDown() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.configure { $0.candidates = [.init("ease_demand")] }
            let (_, version, _) = try completed(try await shop.runner { $0.denseModelLimit = 5_000 }.run(.timer))
            let log = try await shop.logs.list(jobID: "job-000001").map(\.message)
            #expect(log.contains { $0.contains("RP3beta stands in for it") })
            let record = try #require(try await shop.modelRows.find(version))
            #expect(record.algorithm == "ease_demand")
            let bundle = try await ModelStore(blobs: shop.blobs).load(record)
            #expect(bundle.manifest.notes.count == 1)
            // A bundle that is larger than an instance's memory is not read, and the reason says by how much.
            let error = await #expect(throws: ModelArtifactError.self) {
                try await ModelStore(blobs: shop.blobs, memoryLimit: 1_000).load(record)
            }
            #expect(error?.reason.contains("in memory, this instance has") == true)
        }
    }

    @Test(
        "an instance with less memory than a run needs refuses it before it reads anything, and says how much is needed"
    )
    func refusesToStart() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            guard case .failed(_, let reason, _) = try await shop.runner({ $0.memoryLimit = 100 << 20 }).run(.timer)
            else {
                Issue.record("not refused")
                return
            }
            #expect(reason.contains("60 customers and 30 products needs about 140 MB, this instance has 100 MB"))
            #expect(try await shop.modelRows.live() == nil)
        }
    }

    @Test("a store that fails after the flip does not fail the job")
    func exportFails() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let blobs = FaultyBlobStore(shop.blobs)
            blobs.beforePuts { path in if path == "models/current.json" { blobs.failPuts(true) } }
            _ = try completed(try await shop.runner(blobs: blobs).run(.timer))
            #expect(try await shop.jobs.state().lastCompleted != nil)
        }
    }
}
