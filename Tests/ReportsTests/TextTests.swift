import Testing

@testable import Reports

@Suite("Texts")
struct TextTests {
    @Test("markup characters are escaped, for text and attributes alike")
    func escapes() {
        #expect(
            "<script>alert(\"x\")</script> & 'y'".escaped
                == "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;"
        )
    }

    @Test("emoji, combining marks and right-to-left letters pass unchanged")
    func passes() {
        for text in ["👩‍👩‍👧‍👦🇨🇿", "e\u{301}", "שעון קיר", "ساعة 12", "陶瓷茶壺"] { #expect(text.escaped == text) }
    }

    @Test("control characters show as replacement characters, line ends as spaces")
    func replacesControls() {
        #expect("a\0b\u{7}c\u{85}d".escaped == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d")
        for value: UInt32 in [0xFFFE, 0xFDD0, 0xFDEF, 0x1FFFF] {
            #expect(Unicode.Scalar(value).map { String($0).escaped } == "\u{FFFD}")
        }
        #expect("a\tb\nc".escaped == "a b c")
    }

    @Test("controls that turn text round are dropped")
    func dropsOverrides() {
        #expect("\u{202E}abc\u{2066}d\u{2069}".escaped == "abcd")
    }

    @Test("a text is cut between characters, never within one, and keeps its whole for the title")
    func cutsBetweenCharacters() {
        let family = "👩‍👩‍👧‍👦"
        let cut = ClippedText(String(repeating: family, count: 5), characters: 3)
        #expect(cut.shown == family + family + "…")
        #expect(cut.full == String(repeating: family, count: 5))
        #expect(ClippedText("abc", characters: 3) == ClippedText("abc", width: 1000, size: 12))
        #expect(ClippedText("abc", characters: 3).full == nil)
        #expect(ClippedText("ab cdef", characters: 4).shown == "ab…")
    }

    @Test("a text cut to a width is not thought wider than that")
    func cutsToWidth() {
        let name = "WHITE HANGING HEART T-LIGHT HOLDER 陶瓷茶壺"
        for width in stride(from: 40.0, through: 400, by: 12) {
            let cut = ClippedText(name, width: width, size: 12)
            #expect(TextWidth.of(cut.shown, size: 12) <= width, "\(width)")
            #expect((cut.full == nil) == (cut.shown == name))
        }
    }

    @Test("numbers have separators between thousands, a true minus and no negative zero")
    func numbers() {
        #expect(NumberText.integer(1_234_567) == "1,234,567" && NumberText.integer(-999) == "−999")
        #expect(NumberText.integer(.min) == "−9,223,372,036,854,775,808")
        #expect(NumberText.decimal(1234.5, places: 2) == "1,234.50")
        #expect(NumberText.decimal(-0.001, places: 2) == "0.00")
        #expect(NumberText.decimal(0.05, places: 3) == "0.050")
        #expect(NumberText.decimal(-1234.567, places: 0) == "−1,235")
        #expect(NumberText.percent(0.1234, places: 1) == "12.3%")
        #expect(NumberText.decimal(.nan, places: 1) == "–" && NumberText.percent(.infinity) == "–")
    }

    @Test(
        "significant digits",
        arguments: [
            (0, "0"), (0.0123456, "0.01235"), (1.5, "1.5"), (12345.6, "12,346"), (2e-7, "2×10⁻⁷"), (1e20, "10²⁰"),
            (-3.25, "−3.25"),
            (99_999.9, "100,000"), (.nan, "–"),
        ]
    )
    func significant(value: Double, text: String) {
        #expect(NumberText.significant(value) == text)
    }

    @Test(
        "short numbers",
        arguments: [
            (0, "0"), (7, "7"), (0.456, "0.46"), (987, "987"), (999.7, "1k"), (1234, "1.2k"), (45_678, "46k"),
            (3_400_000, "3.4M"),
            (999_900, "1M"), (-2100, "−2.1k"),
        ]
    )
    func short(value: Double, text: String) {
        #expect(NumberText.short(value) == text)
    }

    @Test("numbers and percentages of an axis have the decimals of its steps")
    func tickFormats() {
        #expect(ValueFormat.percent().tick(0.05, places: 2) == "5%")
        #expect(ValueFormat.percent().tick(0.005, places: 3) == "0.5%")
        #expect(ValueFormat.number.tick(2_500_000, places: -5) == "2.5M")
    }
}
