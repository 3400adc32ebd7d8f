import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing
import TextFormats

@Suite("Data sets in the store", .serialized)
struct SnapshotTests {
    private func writer(_ shop: ShopFixture) -> SnapshotWriter {
        SnapshotWriter(
            products: shop.products,
            users: UserRepository(database: shop.client),
            interactions: shop.interactions,
            blobs: shop.blobs
        )
    }

    private func write(_ shop: ShopFixture, at seconds: Double = 1_767_323_045) async throws -> String? {
        try await writer(shop).write(
            at: Date(timeIntervalSince1970: seconds),
            dataCut: try await shop.interactions.lastID(),
            codeVersion: "test"
        )
    }

    private func summary(_ shop: ShopFixture, _ folder: String) async throws -> SnapshotSummary {
        try ManifestJSON.decode(SnapshotSummary.self, from: try await shop.blobs.get("\(folder)/summary.json"))
    }

    @Test("a data set that is imported into an empty shop gives the same shop")
    func importedAgain() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await shop.record("v-1", user: "U-1", product: "P-05", type: .view)
            _ = try await shop.client.execute(
                "UPDATE products SET name = 'Quoted \"lamp\", red', description = 'two\nlines' WHERE product_id = 'P-07'"
            )
            let folder = try #require(try await write(shop))
            #expect(folder == "datasets/20260102T030405Z")
            let names = try await shop.blobs.list(prefix: folder).map(\.path).map { $0.dropFirst(folder.count + 1) }
            #expect(names == ["interactions.csv.gz", "products.csv.gz", "summary.json", "users.csv.gz"])
            let path = "\(shop.blobDirectory)/recommendations/\(folder)"
            try await ShopFixture.with { other in
                let loader = ImportLoader(
                    bulk: BulkLoadRepository(database: other.client),
                    products: other.products
                )
                _ = try await loader.importShop(
                    products: GzipReader(try FileSource(path: "\(path)/products.csv.gz")),
                    interactions: GzipReader(try FileSource(path: "\(path)/interactions.csv.gz")),
                    stock: 10,
                    strict: true,
                    listener: .init(progress: { _ in }, malformed: { _, line in Issue.record("\(line)") })
                )
                let query: SQLQuery = """
                    SELECT u.user_id || ' ' || p.product_id || ' ' || i.interaction_type || ' ' || coalesce(i.value::text, '')
                        || ' ' || extract(epoch FROM i.timestamp) || ' ' || coalesce(i.order_id, '')
                    FROM interactions i JOIN users u ON u.id = i.user_key JOIN products p ON p.id = i.product_key ORDER BY 1
                    """
                let before = try await shop.client.query(query).map { try $0.decode(String.self, at: 0) }
                let after = try await other.client.query(query).map { try $0.decode(String.self, at: 0) }
                #expect(before == after && before.count > 300)
                let products: SQLQuery =
                    "SELECT product_id || name || description || category || price_minor FROM products ORDER BY product_id"
                let catalogue = try await shop.client.query(products).map { try $0.decode(String.self, at: 0) }
                #expect(try await other.client.query(products).map { try $0.decode(String.self, at: 0) } == catalogue)
            }
        }
    }

    @Test("the summary counts, and names its files by size and checksum")
    func figures() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 4, itemsPerGroup: 5, groups: 2)
            let folder = try #require(try await write(shop))
            let summary = try await summary(shop, folder)
            let events = try await shop.interactions.lastID()
            #expect(summary.counts.products == 10 && summary.counts.users == 4)
            #expect(summary.counts.interactions == Int(events) && summary.counts.byType == ["purchase": Int(events)])
            #expect(summary.dataCut == events)
            // Everybody bought each product at most once.
            #expect(abs(summary.sparsity - (1 - Double(events) / 40)) < 1e-12)
            #expect(summary.categories.list.map(\.products) == [5, 5] && abs(summary.categories.balance - 1) < 1e-12)
            #expect(summary.categories.list.map(\.interactions).reduce(0, +) == Int(events))
            #expect(summary.firstEvent.map { $0.timeIntervalSince1970 >= 1_700_000_000 } == true)
            #expect(summary.eventsPerUser.maximum <= 5 && summary.eventsPerUser.p50 > 0)
            for file in summary.files {
                let bytes = try await shop.blobs.get("\(folder)/\(file.name)")
                #expect(bytes.count == file.size && SHA256.hex(of: bytes) == file.sha256, "\(file.name)")
            }
        }
    }

    @Test("percentiles are the nearest ranks")
    func percentiles() {
        let ten = SnapshotSummary.Percentiles(Array(1...10).shuffled())
        #expect(ten.p10 == 1 && ten.p25 == 3 && ten.p50 == 5 && ten.p75 == 8 && ten.p90 == 9 && ten.p99 == 10)
        #expect(ten.maximum == 10)
        let one = SnapshotSummary.Percentiles([7])
        #expect(one.p10 == 7 && one.p99 == 7)
    }

    @Test("unchanged data is not written twice; another catalogue or event is")
    func unchanged() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let first = try #require(try await write(shop))
            #expect(try await write(shop) == nil)
            _ = try await shop.record("new-1", user: "U-1", product: "P-05", type: .view)
            let second = try #require(try await write(shop))
            #expect(second == first + "-2")
            _ = try await shop.client.execute("UPDATE products SET price_minor = 1 WHERE product_id = 'P-01'")
            #expect(try await write(shop, at: 1_767_323_046) == "datasets/20260102T030406Z")
        }
    }

    @Test("the newest of several data sets of one second is the last that was written, whatever else is gone")
    func oneSecond() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            var folders: [String] = []
            for round in 1...10 {
                _ = try await shop.record("s-\(round)", user: "U-1", product: "P-05", type: .view)
                folders.append(try #require(try await write(shop)))
                #expect(try await write(shop) == nil, "\(folders)")
            }
            let base = folders[0]
            #expect(folders == [base] + (2...10).map { "\(base)-\($0)" })
            for folder in folders.dropLast() {
                for object in try await shop.blobs.list(prefix: folder + "/") {
                    try await shop.blobs.delete(object.path)
                }
            }
            #expect(try await write(shop) == nil)
            _ = try await shop.record("s-11", user: "U-1", product: "P-05", type: .view)
            #expect(try await write(shop) == "\(base)-11")
        }
    }

    @Test("a batch writes the data set after its lists are live, and its failure costs the batch nothing")
    func batch() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let faulty = FaultyBlobStore(shop.blobs)
            faulty.beforePuts { path in faulty.failPuts(path.hasPrefix("datasets/")) }
            let report = try await shop.runner(blobs: faulty).run(.manual)
            guard case .completed = report else {
                Issue.record("\(report)")
                return
            }
            #expect(try await shop.blobs.list(prefix: "datasets/").isEmpty)
            _ = try await shop.runner { $0.keptSnapshots = 0 }.run(.manual)
            #expect(try await shop.blobs.list(prefix: "datasets/").isEmpty)
            _ = try await shop.runner().run(.manual)
            #expect(try await shop.blobs.list(prefix: "datasets/").count == 4)
        }
    }
}
