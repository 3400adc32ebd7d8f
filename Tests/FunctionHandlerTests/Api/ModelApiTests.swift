import HTTPTypes
import Logging
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct ModelApiTests {
    /// A shop after two batches, the second of which is live.
    private func withModels(_ body: (ApiShop, [LivePointer]) async throws -> Void) async throws {
        try await ApiShop.with { shop in
            var pointers: [LivePointer] = []
            for _ in 0..<2 {
                guard case .completed(_, let generation, let version, _) = try await shop.services.batch.run(.manual)
                else {
                    throw ConditionNotMet(what: "batch", limit: .zero)
                }
                pointers.append(LivePointer(variant: .default, generation: generation, modelVersion: version))
            }
            try await body(shop, pointers)
        }
    }

    private func activate(_ path: String, _ shop: ApiShop) async throws -> Calls.Answer {
        try await shop.calls(.post, path + "/activate", headers: ApiShop.admin)
    }

    private func json(_ pointer: LivePointer) -> JSONValue {
        .object(["generation": .integer(pointer.generation), "model_version": .string(pointer.modelVersion)])
    }

    @Test("the list has the newest model first, with its generations, and says which can be activated and why not")
    func list() async throws {
        try await withModels { shop, pointers in
            let body = try await shop.calls(.get, "/models", headers: ApiShop.admin).json()
            #expect(body["total"] == .integer(2))
            let items = body.items
            #expect(items.map { $0["version"]?.string } == pointers.reversed().map(\.modelVersion))
            #expect(items.map { $0["status"]?.string } == ["live", "retired"])
            #expect(items[0]["activation"]?["possible"] == .bool(false))
            #expect(items[0]["activation"]?["reason"] == .string("it is live"))
            #expect(items[1]["activation"]?["possible"] == .bool(true))
            #expect(items[1]["activation"]?["generation"] == .integer(pointers[0].generation))
            #expect(items[1]["generations"]?.array?.first?["generation"] == .integer(pointers[0].generation))
            #expect(items[1]["generations"]?.array?.first?["list_count"] == .integer(24))
            #expect(items[0]["parameters"]?.object?.isEmpty == false)
            for member in ["algorithm", "metrics", "data_cut", "created_at"] {
                #expect(items[0][member] != nil && items[0][member] != .null, "\(member)")
            }
            let retired = try await shop.calls(.get, "/models?status=retired&page_size=1", headers: ApiShop.admin)
                .json()
            #expect(retired.items.map { $0["version"]?.string } == [pointers[0].modelVersion])
            #expect(retired["total"] == .integer(1))
            #expect(try await shop.calls(.get, "/models?status=no", headers: ApiShop.admin).status == 400)
            #expect(try await shop.calls(.get, "/models?page=0", headers: ApiShop.admin).status == 400)
        }
    }

    @Test("one model shows its manifest, or why that cannot be read; an unknown one is 404")
    func detail() async throws {
        try await withModels { shop, pointers in
            let path = "/models/\(pointers[0].modelVersion)"
            let body = try await shop.calls(.get, path, headers: ApiShop.admin).json()
            let manifest = try #require(body["artifact"]?["manifest"])
            #expect(manifest["version"] == .string(pointers[0].modelVersion))
            let files = try #require(manifest["files"]?.array)
            let names = files.compactMap { $0["name"]?.string }.sorted()
            #expect(
                names == [
                    "activity.npz", "baskets.npz", "buy_again.npz", "content.npz", "items.npz", "model.npz",
                    "popularity.npz",
                    "session.npz", "similar.npz",
                ]
            )
            #expect(files.allSatisfy { $0["sha256"]?.string?.count == 64 })
            #expect(body["artifact"]?["reason"] == .null)

            let stored = "models/\(pointers[0].modelVersion)/manifest.json"
            try await shop.fixture.blobs.put(stored, Array("{}".utf8))
            let damaged = try await shop.calls(.get, path, headers: ApiShop.admin)
            #expect(damaged.status == 200)
            #expect(try damaged.json()["artifact"]?["manifest"] == .null)
            #expect(try damaged.json()["artifact"]?["reason"]?.string?.contains("checksum") == true)
            try await shop.fixture.blobs.delete(stored)
            let missing = try await shop.calls(.get, path, headers: ApiShop.admin).json()
            #expect(missing["artifact"]?["reason"]?.string?.contains("is not in the blob store") == true)

            let unknown = try await shop.calls(.get, "/models/none", headers: ApiShop.admin)
            #expect(unknown.status == 404)
            _ = try unknown.problem()
        }
    }

    @Test("rollback in one call, by model or by generation: what is live now and what was; again changes nothing")
    func rollback() async throws {
        try await withModels { shop, pointers in
            let back = try await activate("/models/\(pointers[0].modelVersion)", shop)
            #expect(back.status == 200)
            #expect(try back.json()["changed"] == .bool(true))
            #expect(try back.json()["live"] == json(pointers[0]))
            #expect(try back.json()["previous"] == json(pointers[1]))
            let list = try await shop.calls(.get, "/recommendations/U-1").json()
            #expect(list["model_version"] == .string(pointers[0].modelVersion))
            let again = try await activate("/models/\(pointers[0].modelVersion)", shop)
            #expect(again.status == 200)
            #expect(try again.json()["changed"] == .bool(false))
            let generations = try await shop.calls(.get, "/generations", headers: ApiShop.admin).json()
            #expect(generations.items.map { $0["status"]?.string } == ["retired", "live"])
            #expect(generations.items.map { $0["model_version"]?.string } == pointers.reversed().map(\.modelVersion))
            #expect(generations.items[0]["activation"]?["possible"] == .bool(true))
            let forward = try await activate("/generations/\(pointers[1].generation)", shop)
            #expect(try forward.json()["live"] == json(pointers[1]))
            #expect(try await shop.fixture.modelRows.live() == pointers[1])
        }
    }

    @Test("what cannot go live is 409 with what helps, what is not known 404; the live one stays")
    func refusals() async throws {
        try await withModels { shop, pointers in
            for path in ["/models/none", "/generations/99", "/generations/x", "/generations/-1"] {
                let answer = try await activate(path, shop)
                #expect(answer.status == 404, "\(path)")
                _ = try answer.problem()
            }
            let path = "/models/\(pointers[0].modelVersion)"
            let file = "models/\(pointers[0].modelVersion)/model.npz"
            let bytes = try await shop.fixture.blobs.get(file)
            try await shop.fixture.blobs.put(file, Array(bytes.dropLast()))
            for path in [path, "/generations/\(pointers[0].generation)"] {
                let damaged = try await activate(path, shop)
                #expect(damaged.status == 409)
                let problem = try damaged.problem()
                #expect(problem["type"] == .string("urn:recommender-shop:problem:model-unreadable"))
                #expect(problem["detail"]?.string?.contains(file) == true)
            }
            try await shop.fixture.blobs.put(file, bytes)

            _ = try await shop.fixture.client.execute(
                "UPDATE generations SET retired_at = now() - interval '1 hour' WHERE status = 'retired'"
            )
            _ = try await shop.fixture.generations.dropExpired(retaining: 0)
            let gone = try await activate(path, shop)
            #expect(gone.status == 409)
            let problem = try gone.problem()
            #expect(problem["type"] == .string("urn:recommender-shop:problem:not-activatable"))
            #expect(problem["detail"]?.string?.contains("MODEL_VERSION=\(pointers[0].modelVersion)") == true)
            let list = try await shop.calls(.get, "/models", headers: ApiShop.admin).json()
            #expect(list.items[1]["activation"]?["possible"] == .bool(false))
            #expect(list.items[1]["activation"]?["reason"] == problem["detail"])
            #expect(try await activate("/generations/\(pointers[0].generation)", shop).status == 409)
            #expect(try await shop.fixture.modelRows.live() == pointers[1])
        }
    }

    @Test("a model whose files were deleted says so and is not activated")
    func deleted() async throws {
        try await withModels { shop, pointers in
            _ = try await shop.fixture.client.execute(
                "ALTER TABLE models ADD COLUMN IF NOT EXISTS artifacts_deleted_at timestamptz"
            )
            _ = try await shop.fixture.client.execute(
                "UPDATE models SET artifacts_deleted_at = now() WHERE version = \(pointers[0].modelVersion)"
            )
            let path = "/models/\(pointers[0].modelVersion)"
            let body = try await shop.calls(.get, path, headers: ApiShop.admin).json()
            #expect(body["artifacts_deleted_at"]?.string?.hasSuffix("Z") == true)
            #expect(body["activation"]?["possible"] == .bool(false))
            #expect(body["artifact"]?["reason"] == .string("its files were deleted"))
            for path in [path, "/generations/\(pointers[0].generation)"] {
                let answer = try await activate(path, shop)
                #expect(answer.status == 409)
                #expect(try answer.problem()["detail"]?.string?.contains("were deleted") == true)
            }
        }
    }

    @Test("readiness says which model answers, which is live, since when and why they differ")
    func readiness() async throws {
        try await withModels { shop, pointers in
            let file = "models/\(pointers[0].modelVersion)/model.npz"
            try await shop.fixture.blobs.put(file, Array("not a model".utf8))
            // Another process, or an older build that did not look, made it live.
            _ = try await shop.fixture.generations.activate(pointers[0].generation)
            try await eventually("readiness knows") {
                let body = try await shop.calls(.get, "/health/ready").json()
                return body["model"]?["status"] == .string("degraded")
            }
            let model = try #require(try await shop.calls(.get, "/health/ready").json()["model"])
            #expect(model["version"] == .string(pointers[0].modelVersion))
            #expect(model["serving"] == .string(pointers[1].modelVersion))
            #expect(model["loaded"] == .bool(false))
            #expect(model["wanted_since"]?.string?.hasSuffix("Z") == true)
            #expect(model["failing_since"]?.string?.hasSuffix("Z") == true)
            #expect(model["reason"]?.string?.contains(file) == true)
            #expect(model["reason"]?.string?.contains("\(pointers[1].modelVersion) answers meanwhile") == true)
        }
    }

    @Test("a process without traffic follows what goes live elsewhere")
    func follows() async throws {
        try await withModels { shop, pointers in
            let warmUp = WarmUp(services: shop.services, logger: Calls.quiet, interval: .milliseconds(5))
            let running = Task { try await warmUp.run() }
            for pointer in [pointers[0], pointers[1]] {
                _ = try await shop.fixture.generations.activate(pointer.generation)
                try await eventually("the process follows") {
                    shop.services.models.status.serving == pointer.modelVersion
                }
            }
            running.cancel()
            try await running.value
        }
    }
}
