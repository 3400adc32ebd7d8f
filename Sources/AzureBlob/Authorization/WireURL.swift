/// A URL cut into parts without changing them: what goes over the wire is what is signed.
package struct WireURL: Sendable, Equatable {
    /// `http` or `https`, in lower case; empty when there is none.
    package var scheme: String
    /// Host with its port.
    package var authority: String
    /// Percent-encoded, `/` at least.
    package var path: String
    /// Percent-encoded, without its `?`; nil when there is none.
    package var query: String?

    package init(_ text: String) {
        var rest = text[...]
        if let hash = rest.firstIndex(of: "#") { rest = rest[..<hash] }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        scheme = ""
        authority = ""
        if let colon = rest.firstRange(of: "://") {
            scheme = rest[..<colon.lowerBound].lowercased()
            rest = rest[colon.upperBound...]
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            authority = String(rest[..<slash])
            rest = rest[slash...]
        }
        path = rest.isEmpty ? "/" : String(rest)
    }

    /// Names and values, decoded, in the order they stand; a name without `=` has an empty value.
    package var queryItems: [(name: String, value: String)] {
        guard let query, !query.isEmpty else { return [] }
        return query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let texts = parts.map { Self.decoded($0, plusIsBlank: true) }
            return (texts[0], texts.count > 1 ? texts[1] : "")
        }
    }

    /// Percent-decoded.
    /// - Parameter plusIsBlank: as the service reads a query, and not a path.
    package static func decoded(_ text: Substring, plusIsBlank: Bool) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                let isBlank = plusIsBlank && bytes[index] == UInt8(ascii: "+")
                result.append(isBlank ? UInt8(ascii: " ") : bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Percent-encoded but for letters, digits, `-._~` and what `safe` adds.
    package static func encoded(_ text: String, safe: String = "") -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        let kept = Array("-._~".utf8) + Array(safe.utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                result.append(byte)
            default:
                if kept.contains(byte) {
                    result.append(byte)
                } else {
                    result += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
                }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
