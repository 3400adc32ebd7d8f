import Foundation
import Testing
import TextFormats

@testable import FunctionHandler
@testable import RecPipeline
@testable import Shop

@Suite struct ReasonTests {
    private let today = CalendarDay(year: 2026, month: 11, day: 30)
    private let march = Int64(CalendarDay(year: 2026, month: 3, day: 3).number) * 86_400

    private var fragments: ProductCards.Fragments {
        let products = ["Rake", "Tulip \"Red\""].enumerated().map { number, name in
            Product(
                key: Int64(number + 1),
                productID: "P-\(number)",
                name: name,
                description: "",
                category: "Garden",
                priceMinor: 100,
                currency: "GBP",
                stock: 1,
                active: true,
                metadataJSON: "{}",
                ratingCount: 0,
                purchaseCount: 0,
                createdAt: .distantPast,
                updatedAt: .distantPast
            )
        }
        return ProductCards().fragments(of: CatalogueSnapshot(version: 1, products: products))
    }

    private func words(_ item: RecommendedItem, _ list: ListKind = .discover) throws -> String {
        var writer = JSONWriter()
        Reason(item, list).write(item, fragments, asOf: today, to: &writer)
        return try #require(try JSONParser.parse(writer.finish()).string)
    }

    private func item(
        share: Float? = nil,
        time: Int64? = nil,
        marks: StoredList.Marks = .init(),
        basis: PopularBasis = .popular
    ) -> RecommendedItem {
        let evidence = share.map { RecommendedItem.Evidence(position: 1, share: $0, time: time ?? march) }
        return RecommendedItem(position: 0, score: 1, evidence: evidence, marks: marks, basis: basis)
    }

    @Test("evidence is named with what the customer did, the day and how many others, in the singular too")
    func evidence() throws {
        #expect(try words(item(share: 0.7)) == "Because you bought Tulip \"Red\" on 3 March")
        #expect(
            try words(item(share: 0.7, marks: .init(others: 1)))
                == "Because you bought Tulip \"Red\" on 3 March and 1 other"
        )
        #expect(
            try words(item(share: 0.7, marks: .init(others: 2, occasion: .rated)))
                == "Because you rated Tulip \"Red\" on 3 March and 2 others"
        )
        #expect(
            try words(item(share: 0.7, time: 1_300_000_000, marks: .init(occasion: .viewed)))
                == "Because you looked at Tulip \"Red\" on 13 March 2011"
        )
        #expect(try words(item(share: 0.7, time: 0)) == "Because you bought Tulip \"Red\"")
    }

    @Test("what is not evidence is said as what it is")
    func others() throws {
        #expect(try words(item(share: 0.7, marks: .init(isExplored: true))) == "Something different")
        #expect(try words(item(share: 0.7, marks: .init(isNew: true))) == "New in Garden")
        // Demand is a factor: it is said only where nothing of the customer's own says more.
        #expect(try words(item(share: 0.1, marks: .init(isInDemand: true))) == "Selling fast this week")
        #expect(try words(item(share: 0.7, marks: .init(isInDemand: true))).hasPrefix("Because you bought"))
        #expect(try words(item(marks: .init(isInDemand: true))) == "Selling fast this week")
        #expect(try words(item(basis: .preferences)) == "Popular in Garden, which you chose")
        #expect(try words(item(basis: .segment)) == "Popular with customers like you")
        #expect(try words(item(marks: .init(isFiller: true))) == "Popular right now")
        #expect(try words(item()) == "Popular with other customers")
    }

    @Test("a product that is its own evidence says what the customer did with it, and when")
    func again() throws {
        var own = item(share: 1)
        own.evidence?.position = 0
        #expect(try words(own, .buyAgain) == "You bought this on 3 March")
        own.marks.occasion = .viewed
        #expect(try words(own) == "You looked at this on 3 March")
        own.marks.occasion = .rated
        #expect(try words(own) == "You rated this on 3 March")
        #expect(try words(item(share: 0.5), .buyAgain) == "Because you bought Tulip \"Red\" on 3 March")
    }
}
