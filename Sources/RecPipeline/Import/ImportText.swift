import TextFormats

/// Field bytes to values.
enum ImportText {
    static func string(_ bytes: Span<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count) { buffer in
            for index in bytes.indices { buffer[index] = bytes[index] }
            return bytes.count
        }
    }

    /// The text, nil when there is none.
    static func nonEmpty(_ bytes: Span<UInt8>) -> String? { bytes.isEmpty ? nil : string(bytes) }

    /// The range without spaces and tabs at either end.
    static func trimmed(_ range: Range<Int>, in bytes: Span<UInt8>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, bytes[lower] == 0x20 || bytes[lower] == 0x09 { lower += 1 }
        while upper > lower, bytes[upper - 1] == 0x20 || bytes[upper - 1] == 0x09 { upper -= 1 }
        return lower..<upper
    }

    /// Whether the text has no more than so many characters, counted as PostgreSQL counts them.
    static func isAtMost(_ longest: Int, _ bytes: Span<UInt8>) -> Bool {
        if bytes.count <= longest { return true }
        var count = 0
        // Every byte but those that continue a character begins one.
        for index in bytes.indices where bytes[index] & 0xC0 != 0x80 { count += 1 }
        return count <= longest
    }

    /// What to tell somebody whose text is no external id; the end of a sentence that begins with the column's name.
    static func idFault(_ bytes: Span<UInt8>) -> String {
        bytes.isEmpty ? "is empty" : "is not \(ExternalID.rule): \(quoted(bytes))"
    }

    /// A field for a message: quoted, cut and printable.
    static func quoted(_ bytes: Span<UInt8>) -> String { "\"\(printable(string(bytes)))\"" }

    /// Text of a file for a terminal: cut where it would fill the screen, and with control characters spelled out, because a
    /// terminal obeys them: `\u{1B}[2J` clears it.
    static func printable(_ text: String, longest: Int = 40) -> String {
        var shown = ""
        for character in text.prefix(longest) {
            for scalar in character.unicodeScalars {
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    shown += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
                default:
                    shown.unicodeScalars.append(scalar)
                }
            }
        }
        return text.count > longest ? shown + "…" : shown
    }
}
