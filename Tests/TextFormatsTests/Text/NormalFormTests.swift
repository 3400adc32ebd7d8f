import Testing
import TextFormats

@Suite("Normal form C")
struct NormalFormTests {
    @Test(
        "letters and marks are composed, in the order that Unicode gives marks",
        arguments: [
            ("e\u{301}", "\u{E9}"), ("a\u{307}\u{323}", "\u{1EA1}\u{307}"), ("\u{212B}", "\u{C5}"),
            ("\u{1100}\u{1161}", "\u{AC00}"), ("plain", "plain"), ("", ""), ("\u{E9}", "\u{E9}"),
            // Excluded from composition: stays two characters.
            ("\u{958}", "\u{915}\u{93C}"),
        ]
    )
    func normalForm(text: String, expected: String) {
        #expect(Array(text.nfc.unicodeScalars) == Array(expected.unicodeScalars))
        #expect(text.nfc.hasSameBytes(as: expected))
    }

    @Test("equality by bytes tells apart what == does not")
    func bytes() {
        #expect("e\u{301}" == "\u{E9}")
        #expect(!"e\u{301}".hasSameBytes(as: "\u{E9}"))
    }
}
