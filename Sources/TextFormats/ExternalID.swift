/// The rule that every external id of users, products, events and orders follows: 1–64 of `[A-Za-z0-9._:-]`.
package enum ExternalID {
    /// In bytes, which are characters here.
    package static let maximumLength = 64

    /// The rule in words: what follows "must be".
    package static let rule = "1 to 64 of A–Z, a–z, 0–9 and . _ : -"

    package static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isValid($0.span) }
    }

    package static func isValid(_ text: borrowing Span<UInt8>) -> Bool {
        guard (1...maximumLength).contains(text.count) else { return false }
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                continue
            default: return false
            }
        }
        return true
    }
}
