/// Field bytes to values.
enum ImportText {
    /// The bytes must be UTF-8, as those of a batch are.
    static func string(_ bytes: Span<UInt8>) -> String { String(copying: UTF8Span(unchecked: bytes)) }

    /// Whether the text is a word that data frames and databases write where there is no value.
    static func isAbsenceWord(_ bytes: Span<UInt8>) -> Bool {
        guard (1...4).contains(bytes.count) else { return false }
        switch bytes[0] {
        case UInt8(ascii: "-"), UInt8(ascii: "<"), UInt8(ascii: "N"), UInt8(ascii: "n"):
            return absenceWords.contains(string(bytes).lowercased())
        default:
            return false
        }
    }

    /// In lower case.
    static let absenceWords: Set<String> = ["nan", "none", "null", "na", "n/a", "<na>", "nat", "-"]

    /// The range without spaces and tabs at either end.
    static func trimmed(_ range: Range<Int>, in bytes: Span<UInt8>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, bytes[lower] == 0x20 || bytes[lower] == 0x09 { lower += 1 }
        while upper > lower, bytes[upper - 1] == 0x20 || bytes[upper - 1] == 0x09 { upper -= 1 }
        return lower..<upper
    }

    /// Whether the text is printable ASCII of at most a number of characters, so that every text rule takes it as it is.
    static func isPlainLine(_ bytes: Span<UInt8>, longest: Int) -> Bool {
        guard bytes.count <= longest else { return false }
        for index in bytes.indices where !(0x20...0x7E).contains(bytes[index]) { return false }
        return true
    }

    /// A field for a message: quoted, cut and printable.
    static func quoted(_ bytes: Span<UInt8>) -> String { "\"\(printable(string(bytes)))\"" }

    /// Text of a file for a terminal: cut where it would fill the screen, and with control characters spelled out, because a
    /// terminal obeys them: `\u{1B}[2J` clears it.
    static func printable(_ text: String, longest: Int = 40) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(longest) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                shown += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default:
                shown.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.dropFirst(longest).isEmpty ? shown : shown + "…"
    }
}
