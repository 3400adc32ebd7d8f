import FoundationEssentials
import RecPipeline
import Shop
import TestSupport
import Testing

@Suite("Online Retail reader")
struct ImportOnlineRetailTests {
    private static let header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"

    private func read(_ lines: [String]) throws -> (
        kept: [NewInteraction], malformed: [MalformedLine], summary: ImportSummary, products: [CatalogueEntry]
    ) {
        var reader = try OnlineRetailReader(MemorySource(Self.header + lines.map { $0 + "\n" }.joined()))
        var kept: [NewInteraction] = []
        var malformed: [MalformedLine] = []
        while let batch = try reader.next() {
            kept += batch.interactions
            malformed += batch.malformed
        }
        #expect(reader.summary.isReconciled)
        return (kept, malformed, reader.summary, reader.products())
    }

    @Test("a line becomes a purchase with its invoice as order id")
    func purchase() throws {
        let line = "536365,85123a,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom"
        let result = try read([line])
        let interaction = try #require(result.kept.first)
        #expect(interaction.userID == "17850")
        #expect(interaction.productID == "85123A")
        #expect(interaction.type == .purchase)
        #expect(interaction.value == 6)
        #expect(interaction.timestamp == Date(timeIntervalSince1970: 1_291_191_960))
        #expect(interaction.orderID == "536365")
        #expect(interaction.eventID == "536365-6e0ef5309b29d688")
        #expect(try read([line]).kept == result.kept)
    }

    @Test("each reason counts its lines, in the documented order, and the numbers reconcile")
    func reasons() throws {
        let good = "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,UK"
        let result = try read([
            good,
            "C536379,85123A,HEART,-1,2010-12-01 09:41:00,2.55,,UK",  // cancelled before it lacks a customer
            "536414,22139,,56,2010-12-01 11:52:00,0.0,,UK",
            "536415,22139,X,0,2010-12-01 11:52:00,0.0,17850.0,UK",
            "536416,22139,X,1,2010-12-01 11:52:00,0.004,17850.0,UK",
            "536370,POST,POSTAGE,3,2010-12-01 08:45:00,18.0,12583.0,France",
            "536371,gift_0001_20,Voucher,1,2010-12-01 08:45:00,20,12583,UK",
            "536371,m,Manual,1,2010-12-01 08:45:00,20,12583,UK",
            good,
            "536365,85123A,HEART,7,2010-12-01 08:26:00,2.55,17850.0,UK",
        ])
        #expect(result.summary.rowsRead == 10)
        #expect(result.summary.kept == 2)
        #expect(
            result.summary.leftOut == [
                .cancellation: 1, .missingCustomer: 1, .nonPositiveQuantity: 1, .nonPositivePrice: 1, .nonArticle: 3,
                .exactDuplicate: 1,
            ]
        )
        #expect(Set(result.kept.map(\.eventID)).count == 2)
    }

    @Test("a malformed line is named by line, column and reason, and the rest is read")
    func malformed() throws {
        let result = try read([
            "536365,85123A,HEART,six,2010-12-01 08:26:00,2.55,17850.0,UK",
            "536365,85123A,HEART,6,yesterday,2.55,17850.0,UK",
            "536365,85123A,HEART,6,2010-12-01 08:26:00,,17850.0,UK",
            "536365,85123A,HEART,6",
            ",85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,UK",
            "536365,85 123,HEART,6,2010-12-01 08:26:00,2.55,17850.0,UK",
            "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,no/body,UK",
            "536366,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,UK",
            "536365,85123A,\(String(repeating: "é", count: 501)),6,2010-12-01 08:26:00,2.55,17850.0,UK",
            "536365,85123A,HEART,6.96,2010-12-01 08:26:00,2.55,17850.0,UK",
            "536365,85123A,HEART,6,20101201,2.55,17850.0,UK",
        ])
        #expect(
            result.malformed.map(\.description) == [
                "line 2: Quantity is not a whole number: \"six\"",
                "line 3: InvoiceDate is not a time: \"yesterday\"",
                "line 4: UnitPrice is not a decimal number: \"\"",
                "line 5: has 4 fields where the header has 8",
                "line 6: InvoiceNo is empty",
                "line 7: StockCode is not 1 to 64 of A–Z, a–z, 0–9 and . _ : -: \"85 123\"",
                "line 8: CustomerID is not 1 to 64 of A–Z, a–z, 0–9 and . _ : -: \"no/body\"",
                "line 10: Description is longer than 500 characters: \"\(String(repeating: "é", count: 40))…\"",
                "line 11: Quantity is not a whole number: \"6.96\"",
                "line 12: InvoiceDate is not a time: \"20101201\"",
            ]
        )
        #expect(result.summary.kept == 1)
        #expect(result.summary.malformed == 10)
    }

    @Test("a product's name is its most frequent description and its price the lower median")
    func catalogue() throws {
        let result = try read([
            "1,B2,beta,1,2010-12-01 08:26:00,3.00,1,UK", "2,B2,alpha,1,2010-12-01 08:26:00,1.00,1,UK",
            "3,B2, alpha ,1,2010-12-01 08:26:00,2.00,1,UK", "4,B2,beta,1,2010-12-01 08:26:00,9.00,1,UK",
            "5,A1,,1,2010-12-01 08:26:00,5.00,1,UK",
        ])
        #expect(result.products.map(\.productID) == ["A1", "B2"])
        // Without a description there is no name; two names as frequent as each other go by byte order.
        #expect(result.products.map(\.name) == [nil, "alpha"])
        #expect(result.products.map(\.priceMinor) == [500, 200])
        #expect(result.products.allSatisfy { $0.category == nil && $0.currency == "GBP" && $0.stock == nil })
    }

    @Test(
        "the published file: 541,909 lines, every one accounted for",
        .enabled(
            if: SharedData.onlineRetail != nil,
            "online_retail.csv.gz is not there: set RECSHOP_DATA to its folder"
        )
    )
    func publishedFile() throws {
        let path = try #require(SharedData.onlineRetail)
        var reader = try OnlineRetailReader(try FileSource.openText(path: path))
        var users: Set<String> = []
        var events: Set<String> = []
        while let batch = try reader.next() {
            for interaction in batch.interactions {
                users.insert(interaction.userID)
                events.insert(interaction.eventID)
            }
        }
        // Counted independently with Python's csv module under the same rules.
        #expect(reader.summary.rowsRead == 541_909)
        #expect(reader.summary.kept == 391_150)
        #expect(reader.summary.malformed == 0)
        #expect(
            reader.summary.leftOut == [
                .cancellation: 9_288, .missingCustomer: 134_697, .nonPositivePrice: 44, .nonArticle: 1_543,
                .exactDuplicate: 5_187,
            ]
        )
        #expect(reader.summary.isReconciled)
        #expect(users.count == 4_334)
        #expect(events.count == reader.summary.kept)
        let products = reader.products()
        #expect(products.count == 3_659)
        let heart = try #require(products.first { $0.productID == "85123A" })
        #expect(heart.name == "WHITE HANGING HEART T-LIGHT HOLDER")
        #expect(heart.priceMinor == 295)
    }
}
