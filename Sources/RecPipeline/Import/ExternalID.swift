/// The rule that every external id of the shop follows: 1–64 characters of `[A-Za-z0-9._:-]`.
enum ExternalID {
    static let longest = 64

    static func isValid(_ text: Span<UInt8>) -> Bool {
        guard (1...longest).contains(text.count) else { return false }
        for index in text.indices {
            switch text[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x3A, 0x2D, 0x5F: continue
            default: return false
            }
        }
        return true
    }

    /// What to tell somebody whose text is no id.
    static func rule(brokenBy text: Span<UInt8>) -> String {
        text.isEmpty ? "is empty" : "is not 1 to 64 letters, digits or . _ : - : \(ImportText.quoted(text))"
    }
}
