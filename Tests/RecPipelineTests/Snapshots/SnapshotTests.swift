import Foundation
import Postgres
import RecEngine
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

    private static let files = ["interactions.csv.gz", "products.csv.gz", "users.csv.gz"]

    private func contents(_ shop: ShopFixture, _ folder: String) async throws -> [[UInt8]] {
        var all: [[UInt8]] = []
        for file in Self.files { all.append(try await shop.blobs.get("\(folder)/\(file)")) }
        return all
    }

    /// Imports a data set of one shop into another, every line of it.
    private func load(_ folder: String, of shop: ShopFixture, into other: ShopFixture) async throws -> ImportResult {
        let path = "\(shop.blobDirectory)/recommendations/\(folder)"
        var options = ImportLoader.Options()
        options.isStrict = true
        let bulk = BulkLoadRepository(database: other.client)
        return try await ImportLoader(bulk: bulk, products: other.products, options: options).importShop(
            products: FileSource.openText(path: "\(path)/products.csv.gz"),
            users: FileSource.openText(path: "\(path)/users.csv.gz"),
            interactions: FileSource.openText(path: "\(path)/interactions.csv.gz"),
            listener: .init(progress: { _ in }, malformed: { _, line in Issue.record("\(line)") })
        )
    }

    @Test("a data set that is imported into an empty shop gives the same data set, and into its own shop nothing")
    func importedAgain() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            _ = try await shop.record("v-1", user: "U-1", product: "P-05", type: .view)
            let folder = try #require(try await write(shop))
            #expect(folder == "datasets/20260102T030405Z")
            let names = try await shop.blobs.list(prefix: folder).map(\.path).map { $0.dropFirst(folder.count + 1) }
            #expect(names == ["interactions.csv.gz", "products.csv.gz", "summary.json", "users.csv.gz"])
            try await ShopFixture.with { other in
                let loaded = try await load(folder, of: shop, into: other)
                #expect(loaded.load.interactionsAdded > 300 && loaded.load.duplicates == 0)
                let again = try #require(try await write(other))
                #expect(try await contents(other, again) == (try await contents(shop, folder)))
            }
            // An import ends with the products' summaries, which an idle shop has already.
            try await shop.products.refreshSummaries()
            let version = try await shop.products.catalogueVersion()
            let own = try await load(folder, of: shop, into: shop)
            #expect(own.load.interactionsAdded == 0 && own.load.productsUpdated == 0 && own.load.usersAdded == 0)
            #expect(try await shop.products.catalogueVersion() == version)
        }
    }

    /// Texts that have broken somebody's CSV file, database or comparison before.
    private static let oddTexts = [
        "plain", "None", "nan", "-", "NULL", "a,b", "say \"hi\"", "\"", "\"\"", "'", "12\" wide", "=1+1", "#1001",
        "2026/0001",
        "Cafe\u{301}", "\u{212B}", "日本語", "👩‍👩‍👧 family", "\u{202E}right", "tab\there", " blanks ", ";", "\\", "\\N",
        "\u{FEFF}mark",
        "e\u{301}\u{323}", "\u{1100}\u{1161}", "0", "1e5", "true", "{}", "%s", "</script>",
    ]

    @Test("export, import into an empty shop, export: the same bytes, whatever texts and numbers are in it")
    func oddValues() async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed of the odd values: \(seed)")
        var random = SeededGenerator(seed: seed)
        func pick<Element>(_ values: [Element]) -> Element { values[Int(random.next() % UInt64(values.count))] }
        func text() -> String {
            (0...random.next() % 3).map { _ in pick(Self.oddTexts) }.joined(separator: pick([" ", "", ", "]))
        }
        let breaks = [
            "\n", "\r\n", "\n\n", "\r", "\nP-1,Rod,x,Home,1,GBP,1,true,{}\n", ",Home,1,GBP,1,true,{}\nP-2,Rod,",
        ]
        try await ShopFixture.with { shop in
            for number in 1...60 {
                let description = random.next() % 2 == 0 ? text() : text() + pick(breaks) + text()
                let metadata = pick([
                    "{}", #"{"brand": "B", "tags": ["x", "y"], "size": 1.50}"#,
                    #"{"a": "line\nbreak", "é": "e\u0301"}"#,
                    #"{"n": 12345678901234567890123.4500, "big": 1e300, "q": "say \"hi\", ok"}"#,
                    #"{"deep": {"er": [[], {}]}}"#,
                ])
                let (price, stock) = (Int64(random.next() % 1_000_000), Int32(random.next() % 1_000))
                let (name, category, currency) = (text(), text(), pick(["EUR", "GBP"]))
                try await shop.client.execute(
                    """
                    INSERT INTO products (product_id, name, description, category, price_minor, currency, stock, active, metadata)
                    VALUES (\("P-\(number)"), \(name), \(description), \(category), \(price), \(currency),
                        \(stock), \(number % 3 > 0), \(metadata)::text::jsonb)
                    """
                )
            }
            for user in ["NA", "None", "-", "u1", "U1", "a:b.c_d-e"] {
                let segment: String? = random.next() % 2 == 0 ? nil : TextRule.segment.accepted(text())
                try await shop.client.execute(
                    """
                    INSERT INTO users (user_id, segment, created_at)
                    VALUES (\(user), \(segment), '2020-01-01'::timestamptz + make_interval(secs => \(Double(random.next() % 1_000_000) / 7)))
                    """
                )
            }
            var events: [NewInteraction] = []
            for number in 0..<400 {
                let type = pick(InteractionType.allCases)
                let range = type.valueRule.range
                let share = Double(random.next() % 1_000_001) / 1_000_000
                let value = type.valueRule.accepted(
                    range.lowerBound + share * share * share * (range.upperBound - range.lowerBound)
                )
                events.append(
                    NewInteraction(
                        eventID: pick(["e", "None:", "-", "0x."]) + String(number),
                        userID: pick(["NA", "None", "-", "u1", "U1"]),
                        productID: "P-\(1 + random.next() % 60)",
                        type: type,
                        value: type.valueRule.isRequired || random.next() % 3 > 0 ? value : type.valueRule.absent,
                        timestamp: Date(
                            timeIntervalSince1970: Double(random.next() % 1_700_000_000_000_000) / 1_000_000
                        ),
                        sessionID: random.next() % 2 == 0 ? nil : TextRule.sessionID.accepted(text()),
                        orderID: random.next() % 2 == 0 ? nil : TextRule.orderID.accepted(text()),
                        requestID: random.next() % 2 == 0 ? nil : TextRule.requestID.accepted(text())
                    )
                )
            }
            guard case .recorded(let inserted, _) = try await shop.interactions.record(events), inserted == 400 else {
                Issue.record("seed \(seed): the events were not recorded")
                return
            }
            let folder = try #require(try await write(shop))
            try await ShopFixture.with { other in
                let loaded = try await load(folder, of: shop, into: other)
                #expect(loaded.interactions.kept == 400 && loaded.products?.kept == 60, "seed \(seed)")
                let again = try #require(try await write(other))
                for (file, (before, after)) in zip(
                    Self.files,
                    zip(try await contents(shop, folder), try await contents(other, again))
                ) {
                    #expect(before == after, "seed \(seed): \(file)")
                }
            }
            let own = try await load(folder, of: shop, into: shop)
            #expect(own.load.interactionsAdded == 0 && own.load.usersAdded == 0, "seed \(seed)")
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
