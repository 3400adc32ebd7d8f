import HTTPTypes
import Testing

@testable import FunctionHandler

@Suite struct QueryParametersTests {
    private func parameters(_ query: String) throws -> QueryParameters { try QueryParameters(query: query[...]) }

    private enum Sort: String, CaseIterable { case price, name }

    @Test("values are decoded, absent ones take their default")
    func values() throws {
        let query = try parameters(
            "limit=5&search=a+b%26c&in_stock=true&empty=&flag&min_price=12.5&sort=name&unknown=1"
        )
        #expect(try query.int("limit", default: 10, in: 1...100) == 5)
        #expect(try query.int("page", default: 1, in: 1...100) == 1)
        #expect(try query.string("search") == "a b&c")
        #expect(try query.string("empty") == "")
        #expect(try query.string("flag") == "")
        #expect(try query.bool("in_stock") == true)
        #expect(try query.minorUnits("min_price") == 1250)
        #expect(try query.choice("sort", Sort.self) == .name)
        #expect(try query.choice("order", Sort.self) == nil)
        #expect(try QueryParameters(query: nil).string("x") == nil)
    }

    @Test(
        "a bad value is refused by name, never clamped",
        arguments: [
            "limit=0", "limit=101", "limit=ten", "limit=", "limit=5.0", "limit=5&limit=6", "limit=5,6", "limit=%zz",
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: Problem.self) { try parameters(text).int("limit", default: 10, in: 1...100) }
        #expect(error?.status == .badRequest)
        #expect(error?.faults.map(\.source) == [.parameter])
        #expect(error?.faults.map(\.name) == ["limit"])
    }

    @Test("booleans, amounts and choices are strict")
    func strict() {
        #expect(throws: Problem.self) { try parameters("b=yes").bool("b") }
        for amount in ["-1", "1.999", "1,5", "1e3", ".5", "1.", "", "99999999999999999"] {
            #expect(throws: Problem.self) { try parameters("m=\(amount)").minorUnits("m") }
        }
        #expect(throws: Problem.self) { try parameters("s=cheapest").choice("s", Sort.self) }
        for number in ["nan", "inf", "2", "x"] {
            #expect(throws: Problem.self) { try parameters("d=\(number)").double("d", in: 0...1) }
        }
    }

    @Test("a repeated parameter arrives whole, also when the host joined it with commas")
    func repeated() throws {
        #expect(try parameters("category=a&category=b").strings("category") == ["a", "b"])
        #expect(try parameters("category=a,b").strings("category") == ["a,b", "a", "b"])
        #expect(try parameters("category=").strings("category") == [])
    }

    @Test(
        "amounts become minor units exactly",
        arguments: [
            ("12.99", 1299), ("0.1", 10), ("5", 500), ("0", 0), ("999999999999999.99", 99_999_999_999_999_999),
        ] as [(String, Int64)]
    )
    func money(amount: String, minor: Int64) throws {
        #expect(try parameters("p=\(amount)").minorUnits("p") == minor)
    }

    @Test(
        "amounts with a third decimal, below zero or of more digits than a column holds are refused",
        arguments: ["12.999", "-1", "1000000000000000", "1e3", "1.", ".5", "+1", "1e-400", "NaN", ""]
    )
    func badMoney(amount: String) {
        #expect(throws: Problem.self) { try parameters("p=\(amount)").minorUnits("p") }
    }

    @Test("texts are in normal form C, whichever form was sent")
    func normalForm() throws {
        for text in ["Caf%C3%A9", "Cafe%CC%81"] {
            let value = try #require(try parameters("q=\(text)").string("q"))
            #expect(Array(value.utf8) == Array("Caf\u{E9}".utf8))
        }
    }
}
