/// The encoding side of the CSV reader: which bytes need work, and the work.
enum CSVText {
    /// Whether the bytes are ASCII without NUL, so that no field needs to be inspected.
    static func isPlain(_ bytes: Span<UInt8>) -> Bool {
        var high: UInt8 = 0
        var zeros = 0
        for index in bytes.indices {
            high |= bytes[index]
            zeros &+= bytes[index] == 0 ? 1 : 0
        }
        return high < 0x80 && zeros == 0
    }

    static func lineFeeds(_ bytes: Span<UInt8>, in range: Range<Int>) -> Int {
        var count = 0
        for index in range where bytes[index] == CSVScanner.lineFeed { count += 1 }
        return count
    }

    /// Turns doubled quotes into single ones in place and returns the new length.
    static func collapseQuotes(_ bytes: inout [UInt8], _ range: Range<Int>) -> Int {
        var write = range.lowerBound
        var read = range.lowerBound
        while read < range.upperBound {
            bytes[write] = bytes[read]
            read += bytes[read] == CSVScanner.quote ? 2 : 1
            write += 1
        }
        return write - range.lowerBound
    }

    /// What a field turns out to be when its chunk is not plain.
    enum Encoding {
        case utf8
        case holdsNUL
        /// Not UTF-8; these are its characters in UTF-8 when it is read as Windows-1252.
        case windows1252([UInt8])
    }

    static func inspect(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Encoding {
        let field = bytes.extracting(range)
        for index in field.indices where field[index] == 0 { return .holdsNUL }
        return isUTF8(field) ? .utf8 : .windows1252(fromWindows1252(field))
    }

    /// Whether the bytes are well-formed UTF-8.
    static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
        (try? UTF8Span(validating: bytes)) != nil
    }

    /// Reads the bytes as Windows-1252. Its five unassigned bytes become U+FFFD.
    static func fromWindows1252(_ bytes: Span<UInt8>) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for index in bytes.indices {
            let byte = bytes[index]
            switch byte {
            case 0x80...0x9F:
                text.append(windows1252[Int(byte) - 0x80])
            default:
                text.append(Unicode.Scalar(byte))
            }
        }
        return Array(String(text).utf8)
    }

    /// Code points of 0x80…0x9F in Windows-1252; the rest of it is Latin-1.
    private static let windows1252: [Unicode.Scalar] = [
        "\u{20AC}", "\u{FFFD}", "\u{201A}", "\u{0192}", "\u{201E}", "\u{2026}", "\u{2020}", "\u{2021}",
        "\u{02C6}", "\u{2030}", "\u{0160}", "\u{2039}", "\u{0152}", "\u{FFFD}", "\u{017D}", "\u{FFFD}",
        "\u{FFFD}", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{2022}", "\u{2013}", "\u{2014}",
        "\u{02DC}", "\u{2122}", "\u{0161}", "\u{203A}", "\u{0153}", "\u{FFFD}", "\u{017E}", "\u{0178}",
    ]
}
