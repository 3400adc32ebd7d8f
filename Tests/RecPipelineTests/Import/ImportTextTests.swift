import FoundationEssentials
import Shop
import Testing

@testable import RecPipeline

@Suite("Numbers, times and hashes in files")
struct ImportTextTests {
    private func price(_ text: String) -> Int? { DecimalParser.fixedPoint(Array(text.utf8).span, decimals: 2) }
    private func integer(_ text: String) -> Int? { DecimalParser.integer(Array(text.utf8).span) }
    private func time(_ text: String, _ order: DateOrder = .monthFirst) -> Int64? {
        TimestampText.microseconds(Array(text.utf8).span, order)
    }

    @Test("decimal prices become minor units exactly, half a unit away from zero")
    func prices() {
        let cases: [(String, Int?)] = [
            ("2.55", 255), ("0.1", 10), ("12", 1200), ("12.", 1200), (".5", 50), ("-1.005", -101), ("2.5549", 255),
            ("0.001", 0), ("0.005", 1), ("+3.00", 300), ("99999999999999.99", 9_999_999_999_999_999),
            ("", nil), (".", nil), ("-", nil), ("1,50", nil), ("1e3", nil), ("nan", nil), ("1.2.3", nil), ("£2", nil),
            ("99999999999999999999", nil),
        ]
        for (text, expected) in cases { #expect(price(text) == expected, "\(text)") }
    }

    @Test("whole numbers, also as data frames write them")
    func integers() {
        let cases: [(String, Int?)] = [
            ("6", 6), ("-12", -12), ("6.0", 6), ("6.", 6), ("80995", 80_995), ("6.5", nil), ("6.96", nil), ("6.000", 6),
            ("5.01", nil), ("6.0.0", nil), ("six", nil), ("", nil),
        ]
        for (text, expected) in cases { #expect(integer(text) == expected, "\(text)") }
    }

    @Test("times in every accepted form, without a zone UTC")
    func times() {
        let base: Int64 = 1_291_191_960_000_000  // 2010-12-01 08:26:00 UTC
        for text in [
            "2010-12-01 08:26:00", "2010-12-01T08:26:00Z", "2010-12-01 08:26", "12/1/2010 8:26", "12/01/2010 08:26:00",
            "2010-12-01T09:26:00+01:00", "2010-12-01t03:56:00.000-04:30", "2010-12-01T09:26:00+0100", "1291191960",
            "1291191960000", "1291191960.0", "12-01-2010 08:26", "2010/12/01 08:26", "2010-12-01T08:26:00+00",
            "2010-12-01 10:26:00+02", "2010-12-01 03:26:00-05",
        ] {
            #expect(time(text) == base, "\(text)")
        }
        for text in ["01-12-2010 08:26", "1/12/2010 8:26", "01/12/2010 08:26:00", "2010-12-01 08:26"] {
            #expect(time(text, .dayFirst) == base, "\(text)")
        }
        #expect(time("2010-12-01T08:26:00.123456789Z") == base + 123_456)
        #expect(time("1970-01-01") == 0)
        #expect(time("1969-12-31 23:59:59") == -1_000_000)
        #expect(time("2000-02-29") == 951_782_400_000_000)
        #expect(time("2016-12-31T23:59:60Z") == 1_483_228_800_000_000)
    }

    @Test("a date with its year behind tells in which orders it is a date")
    func dateOrders() {
        func orders(_ text: String) -> [DateOrder]? { TimestampText.possibleOrders(Array(text.utf8).span) }
        #expect(orders("1/2/2010") == [.dayFirst, .monthFirst])
        #expect(orders("13/1/2010 8:26") == [.dayFirst])
        #expect(orders("01-13-2010 08:26") == [.monthFirst])
        #expect(orders("29/2/2011") == [])
        #expect(orders("13/13/2010") == [])
        for text in ["2010-12-01", "1291191960", "1/2/10", "1/2", "", "1-2/2010"] {
            #expect(orders(text) == nil, "\(text)")
        }
    }

    @Test("numbers with a fraction are read to the nearest double, also with an exponent")
    func doubles() {
        func double(_ text: String) -> Double? { DecimalParser.double(Array(text.utf8).span) }
        let cases: [(String, Double?)] = [
            ("0.12345679", 0.12345679), ("1e-05", 1e-05), ("-1", -1), ("4.50", 4.5), ("nan", nil), ("inf", nil),
            ("0x10", nil), ("1e999", nil), ("", nil), ("1,5", nil), ("1 ", nil),
        ]
        for (text, expected) in cases { #expect(double(text) == expected, "\(text)") }
    }

    @Test("a time that does not exist or is half written is refused")
    func noTimes() {
        for text in [
            "", "yesterday", "2010-13-01", "2010-02-29", "2010-00-10", "2010-12-01 24:00", "2010-12-01 08:60",
            "2010-12-01 8:26", "2010-12-01T08:26:00+", "2010-12-01T08:26:00 UTC", "13/1/2010 8:26", "12/1/10 8:26",
            "13-1-2010", "1-12/2010", "2010/12-01", "2010-12-01T08:26:00+0", "2010-12-01T08:26:00+01:",
            "2010-12-01 8:26+00",
            "2010-12-01 08:26:00.", "999999999999999", "20101201", "99999999", "20101201.0", "1900-02-29",
            "2010-12-01T08:26:00Z and a very long tail behind it",
        ] {
            #expect(time(text) == nil, "\(text)")
        }
    }

    @Test("an event's time is from 1970 on and not in the future")
    func eventTimes() throws {
        func outcome(_ text: String) throws -> String {
            // Ten minutes ahead of the clock are allowed.
            let now = Date(timeIntervalSince1970: 1_700_000_000 - 600)
            var reader = try ShopUserReader(MemorySource("user_id,created_at\nU,\(text)\n"), now: now)
            let batch = try #require(try reader.next())
            return batch.kept.first?.createdAt.map { "\(Int($0.timeIntervalSince1970))" } ?? batch.malformed[0].reason
        }
        #expect(try outcome("1970-01-01") == "0")
        #expect(try outcome("1700000000") == "1700000000")
        #expect(try outcome("1700000001") == "is in the future (a time without a zone is UTC): \"1700000001\"")
        #expect(try outcome("1969-12-31 23:59:59") == "is before 1970: \"1969-12-31 23:59:59\"")
        #expect(try outcome("soon") == "is not a time: \"soon\"")
    }

    @Test("text of a file is cut and made harmless before a terminal sees it")
    func printable() {
        #expect(ImportText.printable("\u{1B}[2Jgone\u{7}") == "\\u{1B}[2Jgone\\u{7}")
        #expect(ImportText.printable("a\u{202E}b\r\n") == "a\\u{202E}b\\u{D}\\u{A}")
        #expect(ImportText.printable("Zoë £5 日本") == "Zoë £5 日本")
        #expect(ImportText.printable(String(repeating: "x", count: 41)) == String(repeating: "x", count: 40) + "…")
        #expect(ImportText.printable("e" + String(repeating: "\u{301}", count: 100_000)).utf8.count < 100)
        #expect(ImportText.quoted(Array("\u{9B}31m".utf8).span) == "\"\\u{9B}31m\"")
    }

    @Test("a row's hash never changes: event ids are made of it")
    func pinnedHash() {
        var hash = RowHash()
        for field in ["536365", "85123A", "WHITE HANGING HEART T-LIGHT HOLDER", "", "6"] {
            hash.combine(Array(field.utf8).span)
        }
        #expect(hash.longHexadecimal == "b3657de4d3e6ea22037646776171019e")
    }

    @Test("moving a byte over a field's border makes another row")
    func fieldBorders() {
        func hash(_ fields: [String]) -> RowHash {
            var hash = RowHash()
            for field in fields { hash.combine(Array(field.utf8).span) }
            return hash
        }
        let rows = [
            ["ab", "c"], ["a", "bc"], ["abc", ""], ["", "abc"], ["abc"], ["ab", "c", ""], ["12345678", "9"],
            ["123456789", ""],
            ["1234567", "89"], ["\u{0}", ""], ["", "\u{0}"], ["", ""], [""],
        ]
        #expect(Set(rows.map(hash)).count == rows.count)
    }
}
