import Foundation

/// RFC 3986 percent sequences of paths and queries.
enum PercentEncoding {
    /// - Returns: nil for `%` without two hexadecimal digits, for invalid UTF-8 and for NUL.
    static func decode(_ text: Substring, plusIsBlank: Bool = false) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        let encoded = plusIsBlank ? text.replacing("+", with: " ") : text
        guard let decoded = encoded.removingPercentEncoding, !decoded.utf8.contains(0) else { return nil }
        return decoded
    }
}
