import AzureBlob
import BlobTestSupport
import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing
import Threading

@Suite("What jobs use", .serialized)
struct JobUsageTests {
    private func kinds(_ shop: ShopFixture, _ jobID: String) async throws -> [String: Int64] {
        let rows = try await shop.client.query(
            "SELECT kind, count(*) FROM job_usage WHERE job_id = \(jobID) GROUP BY kind"
        )
        return try Dictionary(
            uniqueKeysWithValues: rows.map { (try $0.decode(String.self, at: 0), try $0.decode(Int64.self, at: 1)) }
        )
    }

    @Test(
        "a run and its housekeeping leave what they used: time, memory, the database's time and the store's operations"
    )
    func run() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let report = try await shop.runner { $0.configuredMemoryMB = 512 }.run(.timer)
            guard case .completed(let jobID, _, _, _) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(try await kinds(shop, jobID) == ["run": 1, "housekeeping": 1])
            let usage = try #require(try await shop.usage.usage(of: [jobID, "job-999999"])[jobID])
            #expect(usage.executions == 1)
            #expect(usage.seconds >= 1)
            #expect(usage.unsizedSeconds == 0)
            #expect(abs(usage.gbSeconds - usage.seconds / 2) < 1e-6)
            #expect(usage.databaseSeconds > 0)
            // At least each file that is there was written, and the bundle was not read back.
            let files = try await shop.blobs.list(prefix: "").count
            #expect(usage.blobWrites >= Int64(files))
            #expect(usage.blobReads > 0)
            let total = try await shop.usage.total(since: Date(timeIntervalSince1970: 0))
            #expect(total == usage)
            #expect(try await shop.usage.total(since: Date().addingTimeInterval(3_600)) == JobUsage())
        }
    }

    @Test(
        "each process that scores a job's chunks adds what it used, and the price of an instance of unknown memory is assumed"
    )
    func distributed() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let planner = shop.runner(owner: "planner") { $0.distributedAbove = 0 }
            guard
                case .scoring(let jobID, _, _, _) = try await planner.tick(.generateRecommendations, canHandOver: true)
            else {
                Issue.record("nothing was handed over")
                return
            }
            let before = try #require(try await shop.usage.usage(of: [jobID])[jobID])
            #expect(before.executions == 1 && before.unsizedSeconds >= 1 && before.gbSeconds == 0)
            let scorer = shop.runner(owner: "scorer") { $0.distributedAbove = 0 }
            guard case .completed = try await scorer.score(jobID: jobID) else {
                Issue.record("not completed")
                return
            }
            // The scorer that stored the last chunk completes the run in the same invocation.
            #expect(
                try await kinds(shop, jobID) == ["run": 1, "chunks": 1, "completion": 1, "housekeeping": 1]
            )
            let after = try #require(try await shop.usage.usage(of: [jobID])[jobID])
            #expect(after.executions == 2)
            #expect(after.databaseSeconds > before.databaseSeconds)
        }
    }

    @Test("a run that was stopped half-way leaves what it used, and the one that goes on adds its own")
    func interrupted() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let stopping = shop.runner(owner: "first").hooked { if $0 == .chunkLoaded { throw CancellationError() } }
            guard case .interrupted(let jobID, _, _) = try await stopping.run(.timer) else {
                Issue.record("not interrupted")
                return
            }
            #expect(try await kinds(shop, jobID) == ["run": 1])
            guard case .completed = try await shop.runner(owner: "second").run(.timer) else {
                Issue.record("not completed")
                return
            }
            #expect(try await kinds(shop, jobID) == ["run": 2, "housekeeping": 1])
        }
    }

    @Test("a table that cannot be written stops no run")
    func notStored() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await shop.client.execute("ALTER TABLE job_usage ADD CONSTRAINT nothing CHECK (seconds < 0)")
            guard case .completed(let jobID, _, _, _) = try await shop.runner().run(.timer) else {
                Issue.record("not completed")
                return
            }
            #expect(try await shop.usage.usage(of: [jobID]).isEmpty)
            #expect(try await shop.usage.first() == nil)
        }
    }

    @Test(
        "requests to Blob Storage are counted as it bills them, those that are sent again too; without a meter nothing is"
    )
    func blobs() async throws {
        try await BlobServer.with { server in
            let transport = CurlTransport()
            defer { transport.shutdown() }
            let connection = try StorageConnection(connectionString: server.connectionString)
            let service = BlobServiceClient(
                endpoint: connection.endpoint,
                credential: connection.credential,
                transport: transport,
                options: BlobClientOptions()
            )
            let store = AzureBlobStore(container: service.container("counted"), location: server.endpoint)
            // Makes the container.
            try await store.put("first", [1])
            let meter = WorkMeter()
            try await WorkMeter.$current.withValue(meter) {
                try await store.put("a/b", [1, 2, 3])
                _ = try await store.find("a/b")
                _ = try await store.get("a/b")
                _ = try await store.list(prefix: "a/")
                try await store.delete("a/b")
            }
            #expect(meter.usage.blobWrites == 2)
            #expect(meter.usage.blobReads == 2)
            _ = try await store.list(prefix: "a/")
            #expect(meter.usage.blobWrites == 2)
            #expect(meter.usage.databaseSeconds == 0)
        }
    }
}
