import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing

@Suite("What is kept in the store", .serialized)
struct RetentionTests {
    private func versions(_ shop: ShopFixture, _ area: String) async throws -> Set<String> {
        let paths = try await shop.blobs.list(prefix: area).map(\.path)
        return Set(paths.filter { $0.contains("-job-") }.map { String($0.split(separator: "/")[1]) })
    }

    /// A batch with little to keep.
    private func run(_ shop: ShopFixture, pinned: String? = nil) async throws -> String {
        let report = try await shop.runner { options in
            options.keptModels = 1
            options.keptGenerations = 1
            options.keptReports = 1
            options.keptSnapshots = 2
            options.modelVersion = pinned
        }.run(.manual)
        guard case .completed(_, _, let version, _) = report else {
            throw BatchNotCompleted(description: report.summary)
        }
        return version
    }

    /// Retired generations may be dropped ten minutes after they stopped being live.
    private func age(_ shop: ShopFixture) async throws {
        _ = try await shop.client.execute("UPDATE generations SET retired_at = retired_at - interval '1 hour'")
    }

    @Test("models of generations that stand stay with their features; the others go, and their rows say so")
    func models() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            var made: [String] = []
            for round in 0..<4 {
                made.append(try await run(shop))
                try await age(shop)
                _ = try await shop.record("round-\(round)", user: "U-\(round)", product: "P-29", type: .view)
            }
            // The live one, and the one generation that is kept for a rollback; what stood at the time stays one run longer.
            let left = try await versions(shop, "models/")
            #expect(left.isSuperset(of: [made[3], made[2]]) && !left.contains(made[0]))
            #expect(try await versions(shop, "features/") == left)
            let rows = try await shop.client.query(
                "SELECT version FROM models WHERE artifacts_deleted_at IS NOT NULL ORDER BY version"
            ).map { try $0.decode(String.self, at: 0) }
            #expect(Set(rows) == Set(made).subtracting(left))
            #expect(try await shop.blobs.find("models/current.json") != nil)
            let reports = Set(
                try await shop.blobs.list(prefix: "reports/").map { String($0.path.split(separator: "/")[1]) }
            )
            #expect(reports.contains("job-000004") && reports.contains("job-000003") && !reports.contains("job-000001"))
            let datasets = try await shop.blobs.list(prefix: "datasets/").filter { $0.path.hasSuffix("summary.json") }
            #expect(datasets.count == 2)
        }
    }

    @Test("a model that MODEL_VERSION pins stays however old it is")
    func pinned() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let first = try await run(shop)
            for round in 0..<3 {
                _ = try await shop.record("round-\(round)", user: "U-\(round)", product: "P-29", type: .view)
                _ = try await run(shop, pinned: first)
                try await age(shop)
            }
            #expect(try await versions(shop, "models/") == [first])
        }
    }

    @Test("what killed processes left goes after a day; what may be a fit at work stays")
    func leftovers() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            for version in ["20200101T000000-job-000900-t9", "20990101T000000-job-000901-t9"] {
                try await shop.blobs.put("models/\(version)/model.npz", [1])
                try await shop.blobs.put("features/\(version)/labels.npz", [1])
            }
            let old = "\(shop.blobDirectory)/recommendations/"
            for path in ["models", "features"] {
                let file = "\(old)\(path)/20200101T000000-job-000900-t9/\(path == "models" ? "model" : "labels").npz"
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -100_000)],
                    ofItemAtPath: file
                )
            }
            let version = try await run(shop)
            #expect(try await versions(shop, "models/") == [version, "20990101T000000-job-000901-t9"])
            #expect(try await versions(shop, "features/") == [version, "20990101T000000-job-000901-t9"])
        }
    }

    @Test("a data set without its summary goes after a day; one that may be at work stays")
    func halfDataSet() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let (old, young) = ("datasets/20200101T000000Z/users.csv.gz", "datasets/20200102T000000Z/users.csv.gz")
            for path in [old, young] { try await shop.blobs.put(path, [1]) }
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -100_000)],
                ofItemAtPath: "\(shop.blobDirectory)/recommendations/\(old)"
            )
            _ = try await run(shop)
            #expect(try await shop.blobs.find(old) == nil)
            #expect(try await shop.blobs.find(young) != nil)
        }
    }

    @Test("a model that a job at work names stays until the job ends")
    func running() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            var made: [String] = []
            for round in 0..<3 {
                try await shop.generateLists()
                made.append(try #require(try await shop.modelRows.live()).modelVersion)
                _ = try await shop.record("round-\(round)", user: "U-\(round)", product: "P-29", type: .view)
            }
            #expect(Set(made).count == 3)
            // The lists of the first two were dropped; a job that another process works at names the first.
            _ = try await shop.client.execute("UPDATE generations SET status = 'dropped' WHERE status = 'retired'")
            _ = try await shop.client.execute(
                """
                UPDATE batch_jobs SET status = 'running', model_version = \(made[0]),
                    lease_until = clock_timestamp() + interval '1 hour' WHERE job_id = 'job-000001'
                """
            )
            #expect(try await shop.modelRows.markUnused(retaining: 1, pinned: nil) == [made[1]])
            _ = try await shop.client.execute("UPDATE batch_jobs SET status = 'failed' WHERE job_id = 'job-000001'")
            #expect(try await shop.modelRows.markUnused(retaining: 1, pinned: nil) == [made[0]])
        }
    }

    @Test("a store that cannot delete costs the batch nothing, and the next one catches up")
    func laterOn() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            var made: [String] = []
            for _ in 0..<3 {
                made.append(try await run(shop))
                try await age(shop)
            }
            let removed = try #require(made.first)
            // As if a removal had been cut off: the row says that the files were deleted, one of them is still there.
            try await shop.blobs.put("models/\(removed)/model.npz", [1])
            _ = try await shop.client.execute(
                "UPDATE models SET artifacts_deleted_at = clock_timestamp() WHERE version = \(removed)"
            )
            _ = try await run(shop)
            #expect(try await !versions(shop, "models/").contains(removed))
        }
    }

    @Test("while the store does not answer nobody is erased, and the same request succeeds afterwards")
    func erasureWithoutStore() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await run(shop)
            let store = FaultyBlobStore(shop.blobs)
            let services = shop.batchServices(blobs: store)
            let eraser = UserEraser(
                users: services.users,
                retention: services.retention(BatchOptions()),
                housekeeping: services.housekeeping
            )
            store.failGets(true)
            await #expect(throws: BlobStoreError.self) { try await eraser.erase("U-1", isImmediate: true) }
            #expect(try await services.users.find("U-1") != nil)
            store.failGets(false)
            let erasure = try #require(try await eraser.erase("U-1", isImmediate: true))
            #expect(erasure.rows.users == 1 && erasure.rows.remaining == 0)
            #expect(erasure.removed.dataSets.count == 1)
            #expect(try await services.users.find("U-1") == nil)
        }
    }
}
