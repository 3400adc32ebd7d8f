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

    @Test("normalising twice is normalising once, for any text")
    func idempotent() {
        var random = SystemRandomNumberGenerator()
        let seed = random.next() as UInt64
        var state = seed
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        let pools: [ClosedRange<UInt32>] = [
            0x41...0x17F, 0x300...0x34F, 0x390...0x3FF, 0x1100...0x11FF, 0xAC00...0xAC80,
        ]
        for _ in 0..<500 {
            var text = String.UnicodeScalarView()
            for _ in 0..<next(12) {
                let pool = pools[Int(next(UInt64(pools.count)))]
                if let scalar = Unicode.Scalar(pool.lowerBound + UInt32(next(UInt64(pool.count)))) {
                    text.append(scalar)
                }
            }
            let once = String(text).nfc
            #expect(isNFC(once), "seed \(seed): \(Array(String(text).unicodeScalars))")
            #expect(Array(once.nfc.utf8) == Array(once.utf8), "seed \(seed)")
        }
    }

    private func isNFC(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard var view = try? UTF8Span(validating: bytes.span) else { return false }
        return view.checkForNFC(quickCheck: false)
    }
}
