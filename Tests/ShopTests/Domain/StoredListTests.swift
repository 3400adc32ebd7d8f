import Testing

@testable import Shop

@Suite("Stored lists")
struct StoredListTests {
    static func list(_ count: Int) -> StoredList {
        var generator = SystemRandomNumberGenerator()
        var list = StoredList()
        for index in 0..<count {
            list.append(
                Int64.random(in: 1...20_000, using: &generator),
                score: Float.random(in: 0...10, using: &generator) / Float(index + 1),
                evidence: Bool.random(using: &generator)
                    ? nil
                    : (
                        Int64.random(in: 1...20_000, using: &generator), Float.random(in: 0...1, using: &generator),
                        Int64.random(in: 1_000_000_000...2_000_000_000, using: &generator)
                    ),
                marks: .init(
                    others: Int.random(in: 0...9, using: &generator),
                    isInDemand: Bool.random(using: &generator),
                    isExplored: Bool.random(using: &generator),
                    isFiller: Bool.random(using: &generator),
                    occasion: StoredList.Occasion.allCases.randomElement(using: &generator) ?? .bought,
                    isNew: Bool.random(using: &generator)
                ),
                propensity: Double.random(in: 0...1, using: &generator)
            )
        }
        return list
    }

    @Test("a list reads back to the same bits", arguments: [0, 1, 2, 20, 100])
    func roundTrip(count: Int) throws {
        let list = Self.list(count)
        #expect(try StoredList(json: list.jsonBytes()) == list)
    }

    @Test("floats of every size read back to the same bits")
    func floats() throws {
        let values: [Float] = [
            0, 1, 0.1, 1e-7, 3.4e38, 1.1754944e-38, 123456.79, 16_777_216, 1e-5, 0.33333334, 2.7182817, 9.999999e9,
        ]
        for value in values {
            var list = StoredList()
            list.append(1, score: value)
            #expect(try StoredList(json: list.jsonBytes()).scores == [value])
        }
    }

    @Test("the form that jsonb gives it back in is read: other order of keys, blanks, no exponents")
    func jsonbForm() throws {
        let text = #"{"e": [0, 7], "p": [3, 9], "s": [0.00001, 2], "t": [0, 1300000000], "v": 1, "w": [0, 0.71]}"#
        let list = try StoredList(json: Array(text.utf8))
        #expect(list.products == [3, 9])
        #expect(list.scores == [1e-5, 2])
        #expect(list.evidence == [0, 7])
        #expect(list.shares == [0, 0.71])
        #expect(list.evidenceTimes == [0, 1_300_000_000])
    }

    @Test("a list without marks and exploration has no entries for them")
    func short() throws {
        var list = StoredList()
        list.append(7, score: 0.5, evidence: (3, 0.714, 1_300_000_000))
        #expect(
            String(decoding: list.jsonBytes(), as: UTF8.self)
                == #"{"v":1,"p":[7],"s":[0.5],"e":[3],"w":[0.71],"t":[1300000000]}"#
        )
        list.append(8, score: 0.25, marks: .init(others: 2, isExplored: true), propensity: 0.00333)
        #expect(
            String(decoding: list.jsonBytes(), as: UTF8.self).hasSuffix(#","t":[1300000000,0],"x":[0.0033],"m":"AS"}"#)
        )
        list.append(9, score: 0.25, evidence: (3, 0.5, 1_300_000_000), marks: .init(occasion: .viewed, isNew: true))
        #expect(String(decoding: list.jsonBytes(), as: UTF8.self).hasSuffix(#","m":"ASA","k":"AAG"}"#))
    }

    @Test(
        "what is not a stored list is refused with the place",
        arguments: [
            "", "{", "[]", "{}", #"{"v":2,"p":[],"s":[],"e":[],"w":[],"t":[]}"#,
            #"{"v":1,"p":[1],"s":[],"e":[],"w":[],"t":[]}"#,
            #"{"v":1,"p":[1.5],"s":[1],"e":[1],"w":[1],"t":[1]}"#, #"{"v":1,"p":[--1]}"#, #"{"v":1,"x":[1]}"#,
            #"{"v":1,"p":[1],"s":[1],"e":[0],"w":[0],"t":[0],"x":[0.5]}"#,
            #"{"v":1,"p":[1],"s":[1],"e":[0],"w":[0],"t":[0],"m":"AA"}"#,
            #"{"v":1,"p":[1],"s":[1],"e":[0],"w":[0],"t":[0],"m":"*"}"#, #"{"v":1,"p":[1,]}"#,
            #"{"v":1,"p":[1],"s":[1],"e":[0],"w":[0],"t":[0],"k":"D"}"#,
            #"{"v":1,"p":[1],"s":[1],"e":[0],"w":[0],"t":[0],"k":"I"}"#, #"{"v":1,"p":["a"]}"#,
            #"{"v":1,"p":[1e]}"#,
        ]
    )
    func malformed(text: String) {
        #expect(throws: StoredList.Malformed.self) { try StoredList(json: Array(text.utf8)) }
    }

    @Test("random bytes never crash the reader")
    func fuzz() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array(#"{}[]",:0123456789.eE-+vpsewt "#.utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            _ = try? StoredList(json: bytes)
        }
    }
}
