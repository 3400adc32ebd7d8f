import Foundation
import Postgres
import Shop
import ShopTestSupport
import TestSupport
import Testing

@testable import RecPipeline

@Suite("Imports into a database", .serialized)
struct ImportLoaderTests {
    private static let orderLines = """
        InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
        536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,UK
        536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,UK
        536366,71053,LANTERN,2,2010-12-01 08:28:00,3.39,17851,UK
        C536379,85123A,HEART,-1,2010-12-01 09:41:00,2.55,17850,UK
        536367,22139,MUG,six,2010-12-01 08:28:00,3.39,17851,UK
        536368,POST,POSTAGE,1,2010-12-01 08:45:00,18,17850,UK

        """
    private static let products = """
        product_id,name,description,category,price,stock
        p1,Lamp,Warm light,Home,12.99,3
        p2,Mug,,,4.50,
        p3,Rod,,Home,free,

        """
    private static let events = """
        user_id,product_id,interaction_type,value,timestamp
        u1,p1,purchase,2,2024-05-01T10:00:00Z
        u1,p2,view,,2024-05-01T10:01:00Z
        u2,p-unknown,view,,2024-05-01T10:01:00Z
        u2,p1,looked,,2024-05-01T10:01:00Z
        u1,p2,view,,2024-05-01T10:01:00Z

        """

    enum Format: CaseIterable { case onlineRetail, shop }

    private func load(
        _ format: Format,
        into shop: ShopFixture,
        strict: Bool = false,
        listener: ImportLoader.Listener = Self.silent
    ) async throws -> ImportResult {
        let loader = loader(shop, strict: strict, anyShare: true)
        switch format {
        case .onlineRetail:
            let source = MemorySource(Self.orderLines, name: "orders.csv")
            return try await loader.importOnlineRetail(source, listener: listener)
        case .shop:
            return try await loader.importShop(
                products: MemorySource(Self.products, name: "p.csv"),
                interactions: MemorySource(Self.events, name: "i.csv"),
                listener: listener
            )
        }
    }

    private func loader(_ shop: ShopFixture, strict: Bool = false, anyShare: Bool = false) -> ImportLoader {
        var options = ImportLoader.Options()
        (options.stock, options.isStrict, options.acceptsAnyShare) = (7, strict, anyShare)
        return ImportLoader(bulk: BulkLoadRepository(database: shop.client), products: shop.products, options: options)
    }

    private static var silent: ImportLoader.Listener { .init(progress: { _ in }, malformed: { _, _ in }) }

    /// Every row of the three tables as text, without what a clock wrote.
    private func contents(_ shop: ShopFixture) async throws -> [String] {
        let rows = try await shop.client.query(
            """
            SELECT (to_jsonb(p) - 'created_at' - 'updated_at')::text AS line FROM products p
            UNION ALL SELECT (to_jsonb(u) - 'created_at')::text FROM users u
            UNION ALL SELECT to_jsonb(i)::text FROM interactions i ORDER BY 1
            """
        )
        return try rows.map { try $0.decode(String.self, at: 0) }
    }

    @Test("the numbers reconcile, and the same file again adds and changes nothing", arguments: Format.allCases)
    func twice(format: Format) async throws {
        try await ShopFixture.with { shop in
            let first = try await load(format, into: shop)
            #expect(first.interactions.isReconciled)
            #expect(first.products?.isReconciled != false)
            #expect(first.interactions.kept == 2)
            #expect(first.interactions.malformed == 1)
            #expect(first.load.interactionsAdded == 2)
            #expect(first.interactions.kept == first.load.interactionsAdded + first.load.duplicates)
            #expect(first.load.productsAdded == 2)
            #expect(first.load.usersAdded == (format == .shop ? 1 : 2))
            #expect(first.interactions.leftOut[.unknownProduct] == (format == .shop ? 1 : nil))
            let before = try await contents(shop)
            let version = try await shop.products.catalogueVersion()

            let second = try await load(format, into: shop)
            #expect(second.interactions == first.interactions)
            #expect(second.load.interactionsAdded == 0)
            #expect(second.load.duplicates == 2)
            #expect(second.load.productsAdded == 0 && second.load.productsUpdated == 0 && second.load.usersAdded == 0)
            #expect(try await contents(shop) == before)
            #expect(try await shop.products.catalogueVersion() == version)
        }
    }

    @Test("what the shop changed since is kept when the same file comes again", arguments: Format.allCases)
    func keepsEdits(format: Format) async throws {
        try await ShopFixture.with { shop in
            _ = try await load(format, into: shop)
            let product = format == .shop ? "p2" : "71053"
            try await shop.client.execute(
                """
                UPDATE products SET stock = 1, category = 'Kitchen', description = 'Edited', metadata = '{"brand":"B"}'
                WHERE product_id = \(product)
                """
            )
            #expect(try await load(format, into: shop).load.productsUpdated == 0)
            let edited = try #require(try await shop.products.find(product))
            #expect(edited.stock == 1 && edited.category == "Kitchen" && edited.description == "Edited")
            #expect(edited.metadataJSON == #"{"brand": "B"}"#)
        }
    }

    @Test(
        "strict: the first malformed line ends the import, is named, and nothing is written",
        arguments: Format.allCases
    )
    func strict(format: Format) async throws {
        try await ShopFixture.with { shop in
            let error = await #expect(throws: ImportError.self) { try await load(format, into: shop, strict: true) }
            #expect(error?.code == .malformedLine)
            let expected =
                format == .shop
                ? "p.csv: line 4: price is not a price such as 12.99: \"free\"; nothing was written"
                : "orders.csv: line 6: Quantity is not a whole number: \"six\"; nothing was written"
            #expect(error?.description == expected)
            let left = try await contents(shop)
            #expect(left.isEmpty)
        }
    }

    @Test("a malformed line is told with its file, and each step of the work is heard of")
    func listening() async throws {
        try await ShopFixture.with { shop in
            var malformed: [String] = []
            var steps: [ImportProgress] = []
            let listener = ImportLoader.Listener(
                progress: { steps.append($0) },
                malformed: { malformed.append("\($0): \($1)") }
            )
            _ = try await load(.shop, into: shop, listener: listener)
            #expect(
                malformed == [
                    "p.csv: line 4: price is not a price such as 12.99: \"free\"",
                    "i.csv: line 5: interaction_type is none of view, add_to_cart, purchase, rating, feedback, "
                        + "impression, click: \"looked\"",
                ]
            )
            #expect(
                steps == [
                    .reading("p.csv", nil, rows: 3), .reading("i.csv", nil, rows: 5), .loading(.products),
                    .loading(.users), .loading(.interactions(0)), .summaries,
                ]
            )
        }
    }

    @Test("the longest texts that a file may have fit into the database", arguments: ["é", "word "])
    func longTexts(text: String) async throws {
        try await ShopFixture.with { shop in
            func filled(_ length: Int) -> String {
                String(String(repeating: text, count: length).prefix(length - 1)) + "."
            }
            let row = "p1,\(filled(500)),\(filled(20_000)),\(filled(200)),1"
            let header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID"
            let two = try await loader(shop, strict: true).importShop(
                products: MemorySource("product_id,name,description,category,price\n\(row)\n"),
                interactions: MemorySource("user_id,product_id,interaction_type,value,timestamp\n"),
                listener: Self.silent
            )
            #expect(two.load.productsAdded == 1)
            let orders = try await loader(shop).importOnlineRetail(
                MemorySource("\(header)\n1,A1,\(filled(500)),1,2010-12-01,1,1\n1,B1,\(filled(501)),1,2010-12-01,1,1\n"),
                listener: Self.silent
            )
            #expect(orders.interactions.malformed == 1)
            #expect(orders.load.productsAdded == 1)
        }
    }

    private static let productsHeader = "product_id,name,description,category,price\n"
    private static let eventsHeader = "user_id,product_id,interaction_type,value,timestamp\n"

    @Test("a product without a price keeps its events; a later file without one changes no price")
    func missingPrice() async throws {
        try await ShopFixture.with { shop in
            func load(_ price: String) async throws -> ImportResult {
                try await loader(shop, strict: true).importShop(
                    products: MemorySource(Self.productsHeader + "p1,,,Home,\(price)\n"),
                    interactions: MemorySource(Self.eventsHeader + "u1,p1,purchase,1,2024-05-01\n"),
                    listener: Self.silent
                )
            }
            let first = try await load("")
            #expect(first.load.productsWithoutPrice == 1 && first.load.interactionsAdded == 1)
            let stored = try #require(try await shop.products.find("p1"))
            #expect(stored.priceMinor == 0 && stored.name == "p1")
            _ = try await load("4.50")
            let again = try await load("nan")
            #expect(again.load.productsUpdated == 0 && again.load.productsWithoutPrice == 0)
            #expect(try await shop.products.find("p1")?.priceMinor == 450)
        }
    }

    @Test("a file of which less than half is kept ends the import with the reason and nothing written")
    func tooLittleKept() async throws {
        try await ShopFixture.with { shop in
            let products = Self.productsHeader + "p1,Lamp,,Home,1\n"
            let line = "u1,p1,view,,2024-05-01\n"
            let cases: [(products: String, events: String, reason: String)] = [
                (products, line + "u1,p1,view,,soon\nu2,p1,view,,soon\n", "i.csv: 1 of 3 lines can be kept"),
                (products, "u1,p2,view,,2024-05-01\nu1,p3,view,,2024-05-01\n" + line, "neither in the products file"),
                (
                    products, "u1,p1,viewed,,2024-05-01\n",
                    "i.csv: 0 of 1 lines can be kept, less than half: 1 malformed"
                ),
                (Self.productsHeader + "p1,Lamp,,Home,free\n", line, "p.csv: 0 of 1 lines can be kept"),
            ]
            for (products, events, reason) in cases {
                let error = await #expect(throws: TooLittleKept.self) {
                    try await loader(shop).importShop(
                        products: MemorySource(products, name: "p.csv"),
                        interactions: MemorySource(Self.eventsHeader + events, name: "i.csv"),
                        listener: Self.silent
                    )
                }
                #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
                #expect(error?.result.interactions.isReconciled == true)
                #expect(try await contents(shop).isEmpty)
            }
            // Repetitions are no loss, half is enough, and a shop without events is a shop.
            for events in [line + line + line, line + "u2,p1,view,,soon\n", ""] {
                _ = try await loader(shop).importShop(
                    products: MemorySource(products),
                    interactions: MemorySource(Self.eventsHeader + events),
                    listener: Self.silent
                )
            }
            let empty = await #expect(throws: TooLittleKept.self) {
                try await loader(shop).importOnlineRetail(
                    MemorySource("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n"),
                    listener: Self.silent
                )
            }
            #expect(empty?.description.contains("no line but its header") == true)
        }
    }

    @Test("what a file gives of users and of products in metadata is stored in one Unicode form")
    func storedForms() async throws {
        try await ShopFixture.with { shop in
            _ = try await loader(shop, strict: true).importShop(
                products: MemorySource(
                    "product_id,name,description,category,price,active,metadata\n"
                        + "p1,Cafe\u{301},e\u{301},Th\u{E9},1,false,\"{\"\"a\"\": \"\"e\\u0301\"\", \"\"b\"\": 1.50}\"\n"
                ),
                users: MemorySource("user_id,segment,created_at\nu9,vip,2020-01-02T03:04:05.000006Z\n"),
                interactions: MemorySource(Self.eventsHeader + "u1,p1,view,,2024-05-01\n"),
                listener: Self.silent
            )
            let product = try #require(try await shop.products.find("p1"))
            #expect(Array(product.name.utf8) == Array("Caf\u{E9}".utf8) && !product.active)
            #expect(Array(product.metadataJSON.utf8) == Array("{\"a\": \"\u{E9}\", \"b\": 1.50}".utf8))
            let users = try await shop.client.query(
                "SELECT user_id || ' ' || coalesce(segment, '') || ' ' || extract(epoch FROM created_at) FROM users ORDER BY 1"
            ).map { try $0.decode(String.self, at: 0) }
            #expect(users.count == 2 && users.last == "u9 vip 1577934245.000006")
        }
    }
}
