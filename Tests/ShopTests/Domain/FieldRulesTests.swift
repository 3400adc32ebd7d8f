import Shop
import Testing

@Suite("Rules of fields")
struct FieldRulesTests {
    @Test("length is counted in code points, not in what a reader sees as one character")
    func codePoints() {
        let letter = "e" + String(repeating: "\u{301}", count: 200_000)
        #expect(letter.count == 1)
        #expect(TextRule.sessionID.accepted(letter) == nil)
        #expect(TextRule.sessionID.accepted(String(repeating: "\u{1F600}", count: 128)) != nil)
        #expect(TextRule.sessionID.accepted(String(repeating: "\u{1F600}", count: 129)) == nil)
        #expect(TextRule.email.accepted("é@") == nil)
    }

    @Test("a text is stored in normal form C without blanks at its ends")
    func normalForm() {
        #expect(
            TextRule.category.accepted(" Cafe\u{301}\t").map { Array($0.unicodeScalars) }
                == Array("Caf\u{E9}".unicodeScalars)
        )
        #expect(TextRule.orderID.accepted("#1001") == "#1001")
        #expect(TextRule.orderID.accepted(" \t ") == nil)
        #expect(TextRule.description.accepted("") == "")
    }

    @Test("U+0000 is refused everywhere, line breaks where a text is one line")
    func controlCharacters() {
        #expect(TextRule.orderID.accepted("a\0b") == nil)
        for lineBreak in ["\n", "\r", "\r\n", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}"] {
            #expect(TextRule.orderID.accepted("a\(lineBreak)b") == nil)
            #expect(TextRule.productName.accepted("a\(lineBreak)b") == nil)
            #expect(TextRule.description.accepted("a\(lineBreak)b") == "a\(lineBreak)b")
        }
        #expect(TextRule.productName.accepted("a\tb") == "a\tb")
    }

    @Test("the rule in words names its limit and its unit")
    func words() {
        #expect(TextRule.sessionID.words == "must have 1 to 128 Unicode code points and no control characters")
        #expect(InteractionType.feedback.valueRule.words == "must be a number from -1 to 1")
        #expect(InteractionType.purchase.valueRule.words == "must be a number from 0.001 to 1000000")
    }

    @Test("feedback between its ends is accepted, beyond them it is not")
    func values() {
        #expect(InteractionType.feedback.valueRule.accepted(0.5) == 0.5)
        #expect(InteractionType.feedback.valueRule.accepted(-1.5) == nil)
        #expect(InteractionType.rating.valueRule.accepted(.nan) == nil)
    }
}
