import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

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
        p3,,,Home,1,

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
        listener: ImportLoader.Listener = .init(progress: { _ in }, malformed: { _, _ in })
    ) async throws -> ImportResult {
        let loader = ImportLoader(bulk: BulkLoadRepository(database: shop.client), products: shop.products)
        switch format {
        case .onlineRetail:
            let source = MemorySource(Self.orderLines, name: "orders.csv")
            return try await loader.importOnlineRetail(source, stock: 7, strict: strict, listener: listener)
        case .shop:
            return try await loader.importShop(
                products: MemorySource(Self.products, name: "p.csv"),
                interactions: MemorySource(Self.events, name: "i.csv"),
                stock: 7,
                strict: strict,
                listener: listener
            )
        }
    }

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
                ? "p.csv: line 4: name is empty; nothing was written"
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
                    "p.csv: line 4: name is empty",
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
            let loader = ImportLoader(bulk: BulkLoadRepository(database: shop.client), products: shop.products)
            let row = "p1,\(filled(500)),\(filled(20_000)),\(filled(200)),1"
            let header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID"
            let listener = ImportLoader.Listener(progress: { _ in }, malformed: { _, _ in })
            let two = try await loader.importShop(
                products: MemorySource("product_id,name,description,category,price\n\(row)\n"),
                interactions: MemorySource("user_id,product_id,interaction_type,value,timestamp\n"),
                stock: 1,
                strict: true,
                listener: listener
            )
            #expect(two.load.productsAdded == 1)
            let orders = try await loader.importOnlineRetail(
                MemorySource("\(header)\n1,A1,\(filled(500)),1,2010-12-01,1,1\n1,B1,\(filled(501)),1,2010-12-01,1,1\n"),
                stock: 1,
                strict: false,
                listener: listener
            )
            #expect(orders.interactions.malformed == 1)
            #expect(orders.load.productsAdded == 1)
        }
    }
}
