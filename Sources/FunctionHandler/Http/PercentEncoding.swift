/// RFC 3986 percent sequences of paths and queries.
enum PercentEncoding {
    /// - Returns: nil for `%` without two hexadecimal digits, for invalid UTF-8 and for NUL.
    static func decode(_ text: Substring, plusIsBlank: Bool = false) -> String? {
        let utf8 = text.utf8
        guard utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return String(text) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(utf8.count)
        var index = utf8.startIndex
        while index < utf8.endIndex {
            let byte = utf8[index]
            index = utf8.index(after: index)
            switch byte {
            case UInt8(ascii: "+") where plusIsBlank:
                decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = digit(utf8, &index), let low = digit(utf8, &index) else { return nil }
                guard high | low != 0 else { return nil }
                decoded.append(high << 4 | low)
            default:
                decoded.append(byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func digit(_ utf8: Substring.UTF8View, _ index: inout Substring.Index) -> UInt8? {
        guard index < utf8.endIndex else { return nil }
        let byte = utf8[index]
        index = utf8.index(after: index)
        return Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
