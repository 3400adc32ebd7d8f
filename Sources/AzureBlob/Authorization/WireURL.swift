import Foundation

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

    /// Percent-decoded; a text with a broken sequence stays as it is.
    /// - Parameter plusIsBlank: as the service reads a query, and not a path.
    package static func decoded(_ text: Substring, plusIsBlank: Bool) -> String {
        let text = plusIsBlank ? text.replacing("+", with: " ") : text
        return text.removingPercentEncoding ?? String(text)
    }

    /// Percent-encoded but for letters, digits, `-._~` and what `safe` adds.
    package static func encoded(_ text: String, safe: String = "") -> String {
        let kept = unreserved.union(CharacterSet(charactersIn: safe))
        return text.addingPercentEncoding(withAllowedCharacters: kept) ?? text
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )
}
