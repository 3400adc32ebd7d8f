import Testing
import TextFormats

@Suite struct JSONParserTests {
    @Test(
        "every kind of value is read",
        arguments: [
            ("null", JSONValue.null), ("true", .bool(true)), (" false ", .bool(false)), ("0", .integer(0)),
            ("-12", .integer(-12)), ("1.5", .number(1.5)), ("1e3", .number(1000)), ("-0.25E-1", .number(-0.025)),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            (#""a""#, .string("a")), (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
            (#""\u00e9\ud83d\ude00""#, .string("é😀")), ("\"é😀\"", .string("é😀")),
            ("[]", .array([])), ("[1, [2]]", .array([.integer(1), .array([.integer(2)])])), ("{}", .object([:])),
            (#"{"a": {"b": [null]}}"#, .object(["a": .object(["b": .array([.null])])])),
            ("\u{FEFF}{}", .object([:])),
        ]
    )
    func values(text: String, expected: JSONValue) throws {
        #expect(try JSONParser.parse(text) == expected)
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "--1", "nul", "tru", "NaN",
            "Infinity",
            "'a'", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"", "\"\u{1}\"",
            "[1 2]",
            "{} {}", "1e999", "{\"a\" 1}", "\u{FEFF}",
        ]
    )
    func malformed(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(text) }
    }

    @Test("invalid UTF-8 in a string is refused")
    func invalidUTF8() {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22, 0xC3, 0x28, 0x22]) }
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22, 0x5C, 0x6E, 0xFF, 0x22]) }
    }

    @Test("nesting is bounded instead of overflowing the stack")
    func nesting() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(deep) }
        let allowed = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
        _ = try JSONParser.parse(allowed)
    }

    @Test("an error names line and column")
    func place() {
        #expect(throws: JSONSyntaxError(reason: "a comma or } should be here", line: 2, column: 8)) {
            try JSONParser.parse("{\n\"a\": 1 \"b\"}")
        }
    }

    @Test("whole numbers are told from fractions")
    func integers() {
        #expect(JSONValue.number(3).integer == 3)
        #expect(JSONValue.number(3.5).integer == nil)
        #expect(JSONValue.string("3").integer == nil)
    }

    @Test(
        "a configuration file may hold comments and a comma before a closing bracket",
        arguments: [
            "// first\n{\"a\": [1, 2,], /* second */ \"b\": \"// no comment\",}",
            "{\"a\": [1, 2], \"b\": \"// no comment\"} // last",
            "/**/{\"a\":[1,/* x */2]/***/,\"b\":\"// no comment\"}",
        ]
    )
    func configuration(text: String) throws {
        #expect(try JSONParser.parse(text, as: .configuration) == ["a": [1, 2], "b": "// no comment"])
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(text) }
    }

    @Test(
        "what is broken beside comments is refused in its place",
        arguments: [
            ("{,}", 1, 2), ("[,]", 1, 2), ("[1,,]", 1, 4), ("{} /* open", 1, 4), ("[1] / 2", 1, 6),
            ("{\n  \"é\": // x\n}", 3, 1), ("{\"é\" 1}", 1, 6), ("{\"a\": \"b\n}", 1, 7),
        ]
    )
    func brokenConfiguration(text: String, line: Int, column: Int) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(text, as: .configuration) }
        #expect(error?.line == line && error?.column == column, "\(error?.description ?? "")")
    }
}
