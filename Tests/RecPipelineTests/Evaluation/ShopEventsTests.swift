import Foundation
import RecEngine
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@Suite("Events from files")
struct ShopEventsTests {
    @Test("users and items are in byte order of their ids, orders are kept, and only users with an event are users")
    func numbers() throws {
        let files = try EventFiles()
        let products = try files.write("p.csv", EventFiles.products + "b,Bee,,X,1\na,A,,,2\nB,Big,d,Y,3\n")
        let interactions = try files.write(
            "i.csv",
            EventFiles.header + """
                u2,b,purchase,3,1600000000,o1
                u10,B,view,,1600000001,
                u2,a,rating,5,1600000002,
                shown,a,impression,,1600000003,
                stranger,zzz,purchase,1,1600000004,o1
                u2,B,rating,2,1600000005.5,o1

                """
        )
        let events = try ShopEvents.files(products: products, interactions: interactions)
        #expect(events.userIDs == ["u10", "u2"])
        #expect(events.productIDs == ["B", "a", "b"])
        #expect(events.log.users == [1, 0, 1, 1])
        #expect(events.log.items == [2, 0, 1, 0])
        #expect(events.log.weights == [1, 0.1, 1, 0.25])
        #expect(events.log.times == [1_600_000_000, 1_600_000_001, 1_600_000_002, 1_600_000_005.5])
        #expect(events.log.orders[0] == events.log.orders[3] && events.log.orders[0] >= 0)
        #expect(events.log.orders[1] == -1 && events.log.orders[2] == -1)
        #expect(events.types == [.purchase, .view, .rating, .rating])
        #expect((0..<3).map { events.name(of: $0) } == ["Big", "A", "Bee"])
        #expect(events.products[0].price == 3 && events.products[0].description == "d")
        let reading = try #require(events.reading)
        #expect(reading.rowsRead == 6 && reading.kept == 6 && reading.malformed == 0)
        #expect(reading.unknownProduct == 1)
    }

    @Test("lines that cannot be read are counted and the first five quoted, with the file where there are several")
    func malformed() throws {
        let files = try EventFiles()
        let products = try files.write("p.csv", EventFiles.products + "P1,Lamp,,,x\nP2,Mug,,,1\n")
        let good = "u,P2,purchase,1,1600000000,\nv,P2,purchase,1,1600000000,\n"
        let bad = (0..<4).map { "u,P2,purchase,\($0)x,1600000000,\n" }.joined()
        let interactions = try files.write("i.csv", EventFiles.header + bad + good)
        let reading = try #require(try ShopEvents.files(products: products, interactions: interactions).reading)
        #expect(reading.malformed == 5)
        #expect(reading.firstMalformed.count == 5)
        #expect(reading.firstMalformed[0].hasPrefix("\(products): line 2: price"))
        #expect(reading.firstMalformed[1].hasPrefix("line 2: value"))
        let test = try files.write("t.csv", EventFiles.header + "u,P2,nothing,,1600000000,\n" + good)
        let (_, isTest) = try ShopEvents.split(products: nil, train: interactions, test: test)
        #expect(isTest == [false, false, true, true])
        let both = try #require(try ShopEvents.split(products: nil, train: test, test: interactions).events.reading)
        #expect(both.malformed == 5 && both.rowsRead == 9 && both.kept == 4)
        #expect(both.firstMalformed[0].hasPrefix("\(test): line 2: interaction_type"))
        #expect(both.firstMalformed[1].hasPrefix("\(interactions): line 2: value"))
    }

    @Test("a split made elsewhere has the products that the events name, or those of the file alone")
    func given() throws {
        let files = try EventFiles()
        let train = try files.write(
            "a.csv",
            EventFiles.header + "u,P9,purchase,1,1600000005,\nu,P2,purchase,1,1600000006,\n"
        )
        let test = try files.write(
            "b.csv",
            EventFiles.header + "w,P3,purchase,1,1600000007,\nu,P9,purchase,1,1600000005,\n"
        )
        let (bare, isTest) = try ShopEvents.split(products: nil, train: train, test: test)
        #expect(bare.productIDs == ["P2", "P3", "P9"])
        #expect(bare.userIDs == ["u", "w"])
        // A line that is in both files is an event of both.
        #expect(isTest == [false, false, true, true])
        #expect(bare.features() == nil)
        #expect(bare.log.orders.isEmpty)
        let products = try files.write("p.csv", EventFiles.products + "P2,Lamp,,,1\nP3,Mug,,,1\n")
        let (known, parts) = try ShopEvents.split(products: products, train: train, test: test)
        #expect(known.productIDs == ["P2", "P3"])
        #expect(parts == [false, true])
        #expect(known.reading?.unknownProduct == 2)
        #expect(known.features() != nil)
    }

    @Test("ids of every allowed character come through")
    func everyCharacter() throws {
        let files = try EventFiles()
        let id = "Az09._:-"
        let long = String(repeating: "x", count: 64)
        let lines = "\(id),\(long),purchase,1,1600000000,\(id)\n\(long),\(id),purchase,1,1600000000,\(long)\n"
        let train = try files.write("a.csv", EventFiles.header + lines)
        let events = try ShopEvents.split(products: nil, train: train, test: train).events
        #expect(events.userIDs == [id, long])
        #expect(events.productIDs == [id, long])
    }

    @Test("files without a line, missing files and files of something else")
    func degenerate() throws {
        let files = try EventFiles()
        let products = try files.write("p.csv", EventFiles.products)
        let empty = try files.write("i.csv", EventFiles.header)
        let events = try ShopEvents.files(products: products, interactions: empty)
        #expect(events.log.count == 0 && events.userIDs.isEmpty && events.productIDs.isEmpty)
        #expect(events.features() == nil)
        for (first, second) in [
            (files.path("no"), empty), (products, files.path("no")), (empty, empty), (products, products),
        ] {
            let error = #expect(throws: ImportError.self) {
                try ShopEvents.files(products: first, interactions: second)
            }
            #expect(error?.message.isEmpty == false)
        }
    }

    @Test("a database gives the events, numbers and products that files with the same give", .database)
    func database() async throws {
        try await ShopFixture.with { fixture in
            try await fixture.seed()
            let stored = try await ShopEvents.database(
                products: fixture.products,
                users: UserRepository(database: fixture.client),
                interactions: fixture.interactions
            )
            let files = try EventFiles()
            let products = stored.productIDs.indices.map { item in
                let product = stored.products[item]
                return "\(stored.productIDs[item]),\(product.name),\(product.description),\(product.category),"
                    + "\(product.price ?? 0)\n"
            }
            // In another order than the database's.
            let lines = (0..<stored.log.count).reversed().map { row in
                "\(stored.userIDs[Int(stored.log.users[row])]),\(stored.productIDs[Int(stored.log.items[row])]),"
                    + "purchase,1,\(Int(stored.log.times[row])),o\(stored.log.orders[row])\n"
            }
            let read = try ShopEvents.files(
                products: files.write("p.csv", EventFiles.products + products.reversed().joined()),
                interactions: files.write("i.csv", EventFiles.header + lines.joined())
            )
            #expect(stored.log.count > 300)
            #expect(read.userIDs == stored.userIDs)
            #expect(read.productIDs == stored.productIDs)
            #expect(read.products == stored.products)
            #expect(ProfileTable(read.log) == ProfileTable(stored.log))
            #expect(read.features() == stored.features())
            let backwards = Array((0..<read.log.count).reversed())
            #expect(backwards.map { read.log.times[$0] } == stored.log.times)
            // Orders are the same sets of rows.
            let pairs = Set(backwards.indices.map { [read.log.orders[backwards[$0]], stored.log.orders[$0]] })
            #expect(pairs.count == Set(stored.log.orders).count)
            #expect(stored.reading == nil)
        }
    }

    // MARK: - Damage

    @Test("damaged files are refused or read, and the numbers reconcile", arguments: [UInt64(51), 52])
    func fuzz(seed: UInt64) throws {
        print("events fuzz seed \(seed)")
        let files = try EventFiles()
        var generator = SeededGenerator(seed: seed)
        let retail = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
        let orders = (0..<30).map {
            "5\($0),8\($0 % 7)A,\"LAMP, \($0)\",\($0 % 3),2010-12-01 08:26:00,2.5,1\($0 % 5)\n"
        }
        let sources = [
            Array((EventFiles.header + EventFiles.shop(rows: 30)).utf8), Array(EventFiles.catalogue().utf8),
            Array((retail + orders.joined()).utf8),
        ]
        try files.write("p.csv", sources[1])
        try files.write("i.csv", sources[0])
        var read = 0
        for round in 0..<42 {
            let kind = round % 3
            let name = ["fi.csv", "fp.csv", "fr.csv"][kind] + (round % 8 == 0 ? ".gz" : "")
            try files.write(name, damage(sources[kind], &generator))
            let path = files.path(name)
            do {
                let events =
                    switch kind {
                    case 0: try ShopEvents.split(products: nil, train: path, test: files.path("i.csv")).events
                    case 1: try ShopEvents.files(products: path, interactions: files.path("i.csv"))
                    default: try ShopEvents.onlineRetail(path: path)
                    }
                read += 1
                let reading = try #require(events.reading)
                // Lines of the products file are among the malformed and not among the rows.
                let parts = reading.kept + reading.leftOut + reading.malformed
                #expect(kind == 1 ? reading.rowsRead <= parts : reading.rowsRead == parts)
                #expect(events.log.count == reading.kept - reading.unknownProduct)
                #expect(events.log.times.allSatisfy(\.isFinite) && events.log.weights.allSatisfy(\.isFinite))
                for split in [SplitSpecification.temporal(0.8), .leaveLastOut, .random(0.5, seed: 1)] {
                    _ = events.split(split)
                }
            } catch let error as ImportError {
                #expect(!error.message.isEmpty)
            }
        }
        #expect(read > 5)
    }

    private func damage(_ source: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = source
        let pieces: [[UInt8]] = [
            [0], [0xFF, 0xFE], [0x22], [0x22, 0x22, 0x22], [0x0A], [0x0D], [0xC3], [0x2C, 0x2C], Array("1e999".utf8),
            [UInt8](repeating: 0x41, count: 70_000), Array("\u{FEFF}".utf8), [31, 139, 8, 0],
        ]
        for _ in 0...generator.below(4) {
            let place = generator.below(bytes.count)
            switch generator.below(5) {
            case 0: bytes[place] = UInt8(generator.below(256))
            case 1: bytes.removeLast(1 + generator.below(bytes.count / 2))
            case 2: bytes = (0..<200).map { _ in UInt8(generator.below(256)) }
            default: bytes.insert(contentsOf: pieces[generator.below(pieces.count)], at: place)
            }
        }
        return bytes
    }
}
