import HTTPTypes
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct RouteInputTests {
    private enum Sort: String, CaseIterable, Sendable { case price, name }

    /// The value that a route of this one input gets for a query.
    private func value<Value>(_ input: RouteInput<Value>, _ query: String) throws -> Value {
        let head = HTTPRequest(method: .get, scheme: "http", authority: "h", path: "/")
        let request = RoutedRequest(
            request: Request(head: head),
            path: "/",
            query: query[...],
            parameters: [],
            caller: .anonymous,
            bodies: RequestBodyReader(limit: 100),
            baseLogger: Calls.quiet
        )
        return try input.decode(try RouteArguments(request, QueryNames(input.parameters)))
    }

    private let limit = RouteInput<Int>.integer("limit", "", default: 10, in: 1...100)
    private let price = RouteInput<Int64?>.amount("price", "")
    private let flag = RouteInput<Bool?>.flag("flag", "")
    private let share = RouteInput<Double?>.number("share", "", in: 0...1)
    private let sort = RouteInput<Sort?>.choice("sort", "")
    private let search = RouteInput<String?>.filter("search", "")
    private let category = RouteInput<[String]>.texts("category", "")

    @Test("values are decoded, absent ones take their default")
    func values() throws {
        #expect(try value(limit, "limit=5") == 5)
        #expect(try value(limit, "") == 10)
        #expect(try value(search, "search=a+b%26c") == "a b&c")
        #expect(try value(search, "search=%20") == nil)
        #expect(try value(search, "search") == nil)
        #expect(try value(flag, "flag=true") == true)
        #expect(try value(price, "price=12.5") == 1250)
        #expect(try value(sort, "sort=name") == .name)
        #expect(try value(sort, "") == nil)
        #expect(try value(.choice("sort", "", default: Sort.price), "") == .price)
    }

    @Test(
        "a bad value is refused by name, never clamped",
        arguments: [
            "limit=0", "limit=101", "limit=ten", "limit=", "limit=5.0", "limit=5&limit=6", "limit=5,6", "limit=%zz",
            "limit=+5", "limit=0x5",
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: Problem.self) { try value(limit, text) }
        #expect(error?.status == .badRequest)
        #expect(error?.faults.map(\.source) == [.parameter])
        #expect(error?.faults.map(\.name) == ["limit"])
    }

    @Test("booleans, amounts and choices are strict")
    func strict() {
        #expect(throws: Problem.self) { try value(flag, "flag=yes") }
        for amount in ["-1", "1.999", "1,5", "1e3", ".5", "1.", "", "99999999999999999"] {
            #expect(throws: Problem.self) { try value(price, "price=\(amount)") }
        }
        #expect(throws: Problem.self) { try value(sort, "sort=cheapest") }
        for number in ["nan", "inf", "2", "x", "-0x0p0"] {
            #expect(throws: Problem.self) { try value(share, "share=\(number)") }
        }
    }

    @Test("a repeatable parameter arrives whole, also when the host joined it with commas")
    func repeated() throws {
        #expect(try value(category, "category=a&category=b") == ["a", "b"])
        #expect(try value(category, "category=a,b") == ["a,b", "a", "b"])
        #expect(try value(category, "category=") == [])
    }

    @Test(
        "amounts become minor units exactly",
        arguments: [
            ("12.99", 1299), ("0.1", 10), ("5", 500), ("0", 0), ("999999999999.99", 99_999_999_999_999),
        ] as [(String, Int64)]
    )
    func money(amount: String, minor: Int64) throws {
        #expect(try value(price, "price=\(amount)") == minor)
    }

    @Test(
        "amounts with a third decimal, below zero or of more digits than a column holds are refused",
        arguments: ["12.999", "-1", "1000000000000000", "1e3", "1.", ".5", "+1", "1e-400", "NaN", ""]
    )
    func badMoney(amount: String) {
        #expect(throws: Problem.self) { try value(price, "price=\(amount)") }
    }

    @Test("texts are in normal form C, whichever form was sent")
    func normalForm() throws {
        for text in ["Caf%C3%A9", "Cafe%CC%81"] {
            let value = try #require(try value(search, "search=\(text)"))
            #expect(Array(value.utf8) == Array("Caf\u{E9}".utf8))
        }
    }

    @Test(
        "an unknown parameter is refused, and the nearest one is named",
        arguments: [
            ("limt=5", "limit"), ("Limit=5", "limit"), ("limits=5", "limit"), ("li%6Dti=5", "limit"),
            ("category=x", "category_filter"), ("min_scor=1", "min_score"),
        ]
    )
    func unknown(query: String, nearest: String) throws {
        let input = RouteInput<Int>(
            limit,
            .filter("category_filter", ""),
            .number("min_score", "", in: 0...1)
        ) { (limit: Int, _: String?, _: Double?) throws(Problem) in limit }
        let error = try #require(#expect(throws: Problem.self) { try value(input, query) })
        #expect(error.status == .badRequest)
        #expect(error.detail.contains("did you mean \(nearest)?"), "\(error.detail)")
    }

    @Test("a parameter like none of the route's is answered with those that it has")
    func unlike() throws {
        let error = try #require(#expect(throws: Problem.self) { try value(limit, "zzz=1") })
        #expect(error.detail == "zzz: is not a parameter of this route; it has limit")
    }

    @Test("a name is the route's in any encoding")
    func encodedName() throws {
        #expect(try value(limit, "%6Cimit=5") == 5)
    }
}
