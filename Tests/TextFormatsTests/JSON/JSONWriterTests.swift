import Testing
import TextFormats

@Suite struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    @Test("commas stand between members and elements and nowhere else")
    func structure() {
        let text = written { writer in
            writer.object { writer in
                writer.member("a", 1)
                writer.key("b")
                writer.array { writer in
                    writer.value(true)
                    writer.object { _ in }
                    writer.array { _ in }
                    writer.null()
                }
                writer.member("c", String?.none)
                writer.key(dynamic: "d\"")
                writer.value("x")
            }
        }
        #expect(text == #"{"a":1,"b":[true,{},[],null],"c":null,"d\"":"x"}"#)
    }

    @Test("every string comes back unchanged through the parser", arguments: 0..<0x30)
    func escaping(code: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(code))
        let original = "a\(scalar)é\u{2028}😀\"\\\(scalar)"
        #expect(try JSONParser.parse(written { $0.value(original) }) == .string(original))
    }

    @Test("floats are the shortest text that reads back the same, with two decimals or many")
    func shortestFloats() {
        let hundredths = (0...1_100).map { Float($0) / 100 }
        let others: [Float] = [0.001, 0.0149999, 1.001, 0.123456, 9.999, 10, 1234.5, -0.25, 1e-7, 3e10]
        for value in hundredths + hundredths.map(\.nextUp) + others {
            #expect(written { $0.value(value) } == value.description)
        }
        #expect(written { $0.value(Float.nan) } == "null")
    }

    @Test("members prepared in a table come out between others, in their places")
    func preparedMembers() {
        let table = TextTable(["\"a\":1", "\"b\":2,\"c\":3"], bytesEach: 8) { $0.utf8 }
        let text = written { writer in
            writer.object { writer in
                writer.members(table, at: 1)
                writer.member("d", 4)
                writer.members(table, at: 0)
            }
        }
        #expect(text == #"{"b":2,"c":3,"d":4,"a":1}"#)
    }

    @Test("a text of parts stands in quotes between other values, with part of a prepared text in its middle")
    func parts() {
        let table = TextTable(["\"name\":\"a \\\"cup\\\"\"", "\"name\":\"b\""], bytesEach: 8) { $0.utf8 }
        let text = written { writer in
            writer.array { writer in
                writer.value(1)
                writer.text { text in
                    text.part("You bought ")
                    text.part(table, at: 0, 8..<17)
                    text.part(" and ")
                    text.part(12)
                    text.part(" others")
                }
                writer.text { $0.part(table, at: 1, 8..<9) }
            }
        }
        #expect(text == #"[1,"You bought a \"cup\" and 12 others","b"]"#)
    }

    @Test("a time is what Timestamp makes of it", arguments: [0, -1, 951_827_696, 1_700_000_629, 253_402_300_800])
    func times(seconds: Int64) {
        #expect(written { $0.value(unixSeconds: seconds) } == "\"\(Timestamp.text(unixSeconds: seconds))\"")
    }

    @Test("text grows past the room that was reserved, whatever is written last", arguments: [0, 1, 63, 64, 65, 5_000])
    func growth(length: Int) {
        let word = String(repeating: "x", count: length)
        var writer = JSONWriter(reserving: 0)
        writer.array { writer in
            writer.value(word)
            writer.value(Int64.min)
            writer.value(unixSeconds: 0)
        }
        let text = String(decoding: writer.finish(), as: UTF8.self)
        #expect(text == "[\"\(word)\",-9223372036854775808,\"1970-01-01T00:00:00Z\"]")
    }

    @Test("integers of every length", arguments: [0, 9, 10, -1, -10, 12_345, Int64.max, Int64.min])
    func integers(value: Int64) {
        #expect(written { $0.value(value) } == String(value))
    }

    @Test(
        "floating point is the shortest text that reads back",
        arguments: [0.1, 1.0, -0.0, 1e-7, 123_456.789, .leastNonzeroMagnitude]
    )
    func doubles(value: Double) throws {
        let text = written { $0.value(value) }
        #expect(Double(text) == value)
        #expect(text == value.description)
    }

    @Test("a Float is written as a Float, not as the Double it converts to")
    func floats() {
        #expect(written { $0.value(Float(0.1)) } == "0.1")
    }

    @Test("what is not finite is null")
    func notFinite() {
        #expect(written { $0.value(Double.nan) } == "null")
        #expect(written { $0.value(Float.infinity) } == "null")
    }

    @Test(
        "minor units are written as major units",
        arguments: [(1299, "12.99"), (500, "5.0"), (5, "0.05"), (0, "0.0"), (-1250, "-12.5"), (100_010, "1000.1")]
            as [(Int64, String)]
    )
    func money(minor: Int64, expected: String) {
        #expect(written { $0.majorUnits(minor) } == expected)
    }
}
