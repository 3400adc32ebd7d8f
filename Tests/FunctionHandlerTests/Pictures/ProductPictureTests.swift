import Foundation
import FoundationXML
import HTTPTypes
import TestSupport
import Testing

@testable import FunctionHandler
@testable import Shop

@Suite struct ProductPictureTests {
    private func product(_ name: String, category: String = "Things", metadata: String = "{}") -> Product {
        Product(
            key: 1,
            productID: "P-1",
            name: name,
            description: "",
            category: category,
            priceMinor: 100,
            currency: "GBP",
            stock: 1,
            active: true,
            metadataJSON: metadata,
            ratingCount: 0,
            ratingAverage: nil,
            purchaseCount: 0,
            createdAt: Date(timeIntervalSince1970: 0),
            updatedAt: Date(timeIntervalSince1970: 0)
        )
    }

    private func isSame(_ one: String, _ other: String, category: String = "Things") -> Bool {
        let vocabulary = PictureVocabulary.standard
        return vocabulary.drawing(name: one, category: category) == vocabulary.drawing(name: other, category: category)
    }

    @Test("at least sixty things can be drawn, each well formed, small and with colours of the palette")
    func vocabulary() throws {
        let drawings = PictureVocabulary.standard.drawings
        #expect(drawings.count >= 60)
        #expect(Set(drawings).count == drawings.count)
        for drawing in drawings {
            let delegate = MarkupChecker()
            let parser = XMLParser(data: Data("<svg>\(drawing)</svg>".utf8))
            parser.delegate = delegate
            #expect(parser.parse(), "\(drawing)")
            #expect(delegate.elements.isSubset(of: ["svg", "path", "rect", "circle", "ellipse", "g"]), "\(drawing)")
            #expect(drawing.utf8.count < 1_200)
        }
    }

    @Test("the thing that a name names is drawn, whatever is on it")
    func nouns() {
        #expect(isSame("Enamel mug, red rim", "Mug"))
        #expect(isSame("WHITE HANGING HEART T-LIGHT HOLDER", "Candle"))
        #expect(isSame("RED RETROSPOT MUGS", "Mug"))
        #expect(isSame("Camera Bag", "Bag"))
        #expect(isSame("Compact Camera", "Camera"))
        #expect(isSame("Plant Pot", "Fern"))
        #expect(isSame("Heart of wicker small", "Basket"))
        #expect(isSame("Cushion with owls", "Cushion"))
        #expect(isSame("Love heart", "Heart"))
        #expect(isSame("Poisoner's Locked Room", "Novel book", category: "Books"))
        #expect(!isSame("Mug", "Bag"))
    }

    @Test("the same product has the same picture, and a colour in its name is its colour")
    func colours() {
        let mug = ProductPicture.svg(of: product("Enamel mug"))
        #expect(mug == ProductPicture.svg(of: product("Enamel mug")))
        #expect(ProductPicture.svg(of: product("Enamel mug, blue")).contains("#41658a"))
        #expect(ProductPicture.svg(of: product("Enamel mug, green")).contains("#2f7a5f"))
        #expect(!mug.contains("\"A\"") && !mug.contains("\"B\"") && !mug.contains("\"C\"") && !mug.contains("\"D\""))
    }

    @Test(
        "a name that is markup draws its initials and nothing of it runs",
        arguments: [
            "<script>alert(1)</script>", "\"><svg onload=alert(1)>", "&lt;x&gt; ]]>", "Zyx <b>qqq</b>", "!!!", "漢字 仮名",
            "\u{202E}abc", "é́ zz",
        ]
    )
    func markup(name: String) {
        let svg = ProductPicture.svg(of: product(name))
        let delegate = MarkupChecker()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = delegate
        #expect(parser.parse(), "\(svg)")
        #expect(delegate.elements.isSubset(of: ["svg", "g", "rect", "circle", "text", "path", "ellipse"]))
        #expect(!svg.contains("onload") && !svg.contains("script"))
    }

    @Test("a shop's own picture is used when its address can be one")
    func photographs() {
        func url(_ metadata: String) -> String { ProductPicture.url(of: product("Mug", metadata: metadata)) }
        #expect(url(#"{"image_url":"https://shop.example/mug.jpg"}"#) == "https://shop.example/mug.jpg")
        #expect(url(#"{"image_url":"/pictures/mug.jpg"}"#) == "/pictures/mug.jpg")
        for bad in [
            "javascript:alert(1)", "//elsewhere.example/x", "data:image/png;base64,xx", "a b", "https://a/\\u000ab", "",
        ] {
            #expect(url(#"{"image_url":"\#(bad)"}"#) == "/api/products/P-1/image.svg", "\(bad)")
        }
    }

    @Test("the picture is served with a validator and may load nothing")
    func route() async throws {
        try await ApiShop.with { shop in
            let answer = try await shop.calls(.get, "/api/products/P-01/image.svg")
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "image/svg+xml")
            #expect(answer.headers[.contentSecurityPolicy] == "default-src 'none'")
            let tag = try #require(answer.headers[.eTag])
            let again = try await shop.calls(.get, "/api/products/P-01/image.svg", headers: [.ifNoneMatch: tag])
            #expect(again.status == 304)
            #expect(try await shop.calls(.get, "/products/P-99/image.svg").status == 404)
        }
    }
}

private final class MarkupChecker: NSObject, XMLParserDelegate {
    var elements: Set<String> = []

    func parser(
        _: XMLParser,
        didStartElement name: String,
        namespaceURI _: String?,
        qualifiedName _: String?,
        attributes _: [String: String]
    ) {
        elements.insert(name)
    }
}
