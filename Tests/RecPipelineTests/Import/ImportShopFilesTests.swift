import FoundationEssentials
import Shop
import Testing

@testable import RecPipeline

@Suite("The shop's own two files")
struct ImportShopFilesTests {
    private func readProducts(_ text: String) throws -> (
        products: [CatalogueEntry], malformed: [String], summary: ImportSummary
    ) {
        var reader = try ShopProductReader(MemorySource(text))
        var products: [CatalogueEntry] = []
        var malformed: [String] = []
        while let (chunk, lines) = try reader.next() {
            products += chunk
            malformed += lines.map(\.description)
        }
        #expect(reader.summary.isReconciled)
        return (products, malformed, reader.summary)
    }

    private func readInteractions(
        _ lines: [String],
        header: String = "user_id,product_id,interaction_type,value,timestamp"
    )
        throws -> (kept: [NewInteraction], malformed: [String], summary: ImportSummary)
    {
        var reader = try ShopInteractionReader(MemorySource(([header] + lines).joined(separator: "\n")))
        var kept: [NewInteraction] = []
        var malformed: [String] = []
        while let batch = try reader.next() {
            kept += batch.kept
            malformed += batch.malformed.map(\.description)
        }
        #expect(reader.summary.isReconciled)
        return (kept, malformed, reader.summary)
    }

    @Test("products with prices in major units; what a file does not say is left open")
    func products() throws {
        let result = try readProducts(
            "product_id,name,description,category,price\np1,Lamp,\"A \"\"good\"\" lamp\",,12.99\n"
        )
        #expect(
            result.products == [
                CatalogueEntry(productID: "p1", name: "Lamp", description: "A \"good\" lamp", priceMinor: 1299)
            ]
        )
        let full = try readProducts("price,category,stock,currency,product_id,name,description\n5,Home,0,EUR,p2,Mug,\n")
        #expect(full.products.first?.currency == "EUR")
        #expect(full.products.first?.stock == 0)
        #expect(full.products.first?.category == "Home")
    }

    @Test("a text that the database would refuse is malformed, one character less is kept")
    func longTexts() throws {
        func row(_ name: Int, _ description: Int, _ category: Int) -> String {
            [name, description, category].map { String(repeating: "é", count: $0) }.joined(separator: ",")
        }
        let result = try readProducts(
            """
            product_id,name,description,category,price
            p1,\(row(500, 20_000, 200)),1
            p2,\(row(501, 1, 1)),1
            p3,\(row(1, 20_001, 1)),1
            p4,\(row(1, 1, 201)),1
            """
        )
        #expect(result.products.map(\.productID) == ["p1"])
        let e = String(repeating: "é", count: 40)
        #expect(
            result.malformed == [
                "line 3: name \(TextRule.productName.words): \"\(e)…\"",
                "line 4: description \(TextRule.description.words): \"\(e)…\"",
                "line 5: category \(TextRule.category.words): \"\(e)…\"",
            ]
        )
    }

    @Test("bad products are named, a repeated line is left out, a contradicting one is malformed")
    func badProducts() throws {
        let result = try readProducts(
            """
            product_id,name,description,category,price
            p1,Lamp,,Home,12.99
            p1,Lamp,,Home,12.99
            p1,Lamp,,Home,13.99
            p 2,Lamp,,Home,1
            p3,,,Home,
            p4,Lamp,,Home,-1
            p5,Lamp,,Home,free
            """
        )
        #expect(result.products.map(\.productID) == ["p1", "p3"])
        #expect(result.summary.leftOut == [.exactDuplicate: 1])
        #expect(
            result.malformed == [
                "line 4: product_id p1 is on line 2 already",
                "line 5: product_id is not 1 to 64 of A–Z, a–z, 0–9 and . _ : -: \"p 2\"",
                "line 7: price is not a price such as 12.99: \"-1\"",
                "line 8: price is not a price such as 12.99: \"free\"",
            ]
        )
    }

    @Test("a product without a name or a price is a product; nothing that a file leaves open is made up")
    func missingValues() throws {
        for word in ["", "nan", "None", "NULL", "NA", "-"] {
            let result = try readProducts("product_id,name,description,category,price\np1,\(word),,\(word),\(word)\n")
            #expect(result.products == [CatalogueEntry(productID: "p1")], "\(word)")
        }
        let quoted = try readProducts("product_id,name,description,category,price\np1,\"None\",-,\"NA\",1\n")
        #expect(
            quoted.products == [
                CatalogueEntry(productID: "p1", name: "None", description: "-", category: "NA", priceMinor: 100)
            ]
        )
    }

    @Test("active and metadata of a data set are read")
    func activeAndMetadata() throws {
        let header = "product_id,name,description,category,price,active,metadata\n"
        let result = try readProducts(
            header + """
                p1,a,,,1,false,"{""brand"": ""B"", ""size"": 1.50}"
                p2,a,,,1,TRUE,{}
                p3,a,,,1,,
                p4,a,,,1,maybe,
                p5,a,,,1,,[]
                p6,a,,,1,,{
                p7,a,,,1,,"{""x"": ""\\u0000""}"
                p8,a,,,1,,"{""x"": 1e-20000}"
                p9,a,,,1,,"{""e"": ""1e99999""}"

                """
        )
        #expect(result.products.map(\.active) == [false, true, nil, nil])
        #expect(
            result.products.map(\.metadataJSON) == [#"{"brand": "B", "size": 1.50}"#, "{}", nil, #"{"e": "1e99999"}"#]
        )
        #expect(
            result.malformed.map { $0.split(separator: " ").prefix(3).joined(separator: " ") } == [
                "line 5: active", "line 6: metadata", "line 7: metadata", "line 8: metadata", "line 9: metadata",
            ]
        )
    }

    @Test("users of a data set are read, with segment and time")
    func users() throws {
        var reader = try ShopUserReader(
            MemorySource(
                "user_id,segment,created_at\nu1,vip,2024-05-01T10:00:00.000250Z\nu2,,\nu1,other,\nu 3,,\nu4,,soon\n"
            )
        )
        let batch = try #require(try reader.next())
        #expect(batch.kept.map(\.userID) == ["u1", "u2"])
        #expect(batch.kept.map(\.segment) == ["vip", nil])
        #expect(
            batch.kept.first?.createdAt.map { Int64(($0.timeIntervalSince1970 * 1e6).rounded()) }
                == 1_714_557_600_000_250
        )
        #expect(batch.malformed.map(\.line) == [4, 5, 6])
    }

    @Test("events that the API accepts are accepted: its order ids, feedback between its ends, its numbers")
    func apiRules() throws {
        let result = try readInteractions(
            [
                "u1,p1,purchase,0.001,2024-05-01,#1001,s 1,e1,r1", "u1,p1,purchase,2,2024-05-01,2026/0001,,e2,",
                "u1,p1,feedback,0.5,2024-05-01,,,e3,", "u1,p1,view,1e-05,2024-05-01,,,e4,",
                "u1,p1,rating,4.3333335,2024-05-01,,,e5,", "u1,p1,purchase,1,2024-05-01,\"None\",None,e6,",
                "NA,p1,view,,2024-05-01,,,e7,", "\"NA\",p1,view,,2024-05-01,,,e8,",
            ],
            header: "user_id,product_id,interaction_type,value,timestamp,order_id,session_id,event_id,request_id"
        )
        #expect(result.malformed.isEmpty)
        #expect(result.kept.map(\.eventID) == ["e1", "e2", "e3", "e4", "e5", "e6", "e8"])
        #expect(result.kept.map(\.value) == [0.001, 2, 0.5, 1e-05, 4.3333335, 1, nil])
        #expect(result.kept.map(\.orderID).prefix(2) == ["#1001", "2026/0001"])
        #expect(result.kept[5].orderID == "None" && result.kept[5].sessionID == nil)
        #expect(result.kept[0].sessionID == "s 1" && result.kept[0].requestID == "r1")
        #expect(result.summary.leftOut == [.missingCustomer: 1])
    }

    @Test("what the API refuses is malformed: numbers out of range, long order ids")
    func apiRefusals() throws {
        let long = String(repeating: "x", count: 129)
        let result = try readInteractions(
            [
                "u1,p1,purchase,1000001,2024-05-01,", "u1,p1,view,-1,2024-05-01,", "u1,p1,feedback,-1.5,2024-05-01,",
                "u1,p1,view,,2024-05-01,\(long)", "u1,p1,purchase,0.0001,2024-05-01,",
            ],
            header: "user_id,product_id,interaction_type,value,timestamp,order_id"
        )
        #expect(result.kept.isEmpty)
        #expect(result.malformed.count == 5)
        #expect(
            result.malformed[0].contains("of a purchase must be a number from 0.001 to 1000000"),
            "\(result.malformed)"
        )
        #expect(result.malformed[3].contains("order_id must have 1 to 128 Unicode code points"), "\(result.malformed)")
    }

    @Test("a repeated line has the event id that it always had: imports of older versions are recognised")
    func pinnedEventID() throws {
        let result = try readInteractions(["u1,p1,view,,2024-05-01T10:00:00Z"])
        #expect(result.kept.map(\.eventID) == ["csv-63d00f997e375c3b77711ee956ba39a6"])
    }

    @Test("interactions of every type, with order and session ids when the file has them")
    func interactions() throws {
        let result = try readInteractions(
            [
                "u1,p1,view,,2024-05-01T10:00:00Z,,s1", "u1,p1,add_to_cart,,2024-05-01T10:01:00Z,,",
                "u1,p1,purchase,2,2024-05-01T12:02:00+02:00,o1,", "u1,p1,purchase,,1714557720,o2,",
                "u1,p1,rating,4.5,2024-05-02 10:00,,", "u1,p1,feedback,-1,2024-05-02 10:00,,",
            ],
            header: "user_id,product_id,interaction_type,value,timestamp,order_id,session_id"
        )
        #expect(result.malformed.isEmpty)
        #expect(result.kept.map(\.type) == [.view, .addToCart, .purchase, .purchase, .rating, .feedback])
        #expect(result.kept.map(\.value) == [nil, nil, 2, 1, 4.5, -1])
        #expect(result.kept.map(\.orderID) == [nil, nil, "o1", "o2", nil, nil])
        #expect(result.kept.first?.sessionID == "s1")
        #expect(result.kept[2].timestamp == result.kept[3].timestamp)
        #expect(result.kept.allSatisfy { $0.eventID.hasPrefix("csv-") && $0.eventID.utf8.count == 36 })
    }

    @Test("a repeated line is a duplicate; with event ids of its own a repeated id is")
    func duplicates() throws {
        let line = "u1,p1,view,,2024-05-01T10:00:00Z"
        let repeated = try readInteractions([line, line, "u2,p1,view,,2024-05-01T10:00:00Z"])
        #expect(repeated.kept.count == 2)
        #expect(repeated.summary.leftOut == [.exactDuplicate: 1])
        let named = try readInteractions(
            ["\(line),e1", "\(line),e2", "u9,p9,view,,2024-05-01,e1"],
            header: "user_id,product_id,interaction_type,value,timestamp,event_id"
        )
        #expect(named.kept.map(\.eventID) == ["e1", "e2"])
        #expect(named.summary.leftOut == [.exactDuplicate: 1])
    }

    @Test("bad interactions are named by line, column and reason")
    func badInteractions() throws {
        let result = try readInteractions([
            ",p1,view,,2024-05-01", "u1,p/1,view,,2024-05-01", "u1,p1,looked,,2024-05-01", "u1,p1,rating,,2024-05-01",
            "u1,p1,rating,6,2024-05-01", "u1,p1,feedback,2,2024-05-01", "u1,p1,purchase,many,2024-05-01",
            "u1,p1,view,,01.05.2024", "u1,p1,view,,0001-01-01", "u1,p1,view,,9999-12-31", "u1,p1,view,,20240501",
            "u1,p1,purchase,0,2024-05-01", "u1,p1,view,,2024-05-01",
        ])
        #expect(
            result.malformed == [
                "line 3: product_id is not 1 to 64 of A–Z, a–z, 0–9 and . _ : -: \"p/1\"",
                "line 4: interaction_type is none of view, add_to_cart, purchase, rating, feedback, impression, click: \"looked\"",
                "line 5: value is missing; of a rating it must be a number from 1 to 5",
                "line 6: value of a rating must be a number from 1 to 5, not \"6\"",
                "line 7: value of a feedback must be a number from -1 to 1, not \"2\"",
                "line 8: value is not a decimal number: \"many\"",
                "line 9: timestamp is not a time: \"01.05.2024\"",
                "line 10: timestamp is before 1970: \"0001-01-01\"",
                "line 11: timestamp is in the future (a time without a zone is UTC): \"9999-12-31\"",
                "line 12: timestamp is not a time: \"20240501\"",
            ]
        )
        #expect(result.summary.leftOut == [.missingCustomer: 1, .nonPositiveQuantity: 1])
        #expect(result.kept.count == 1)
    }

    @Test("a file without one of the columns is refused by name")
    func missingColumns() throws {
        let error = try #require(throws: ImportError.self) {
            try ShopInteractionReader(MemorySource("user_id,product_id\n"))
        }
        #expect(
            error.message
                == "has no column interaction_type, value, timestamp; its first line names: user_id, product_id"
        )
    }
}
