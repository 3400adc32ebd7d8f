/// Removes secrets from logs and messages.
package enum SecretText {
    /// The text with every `sig` value of a URL's query replaced, also where the URL itself is percent-encoded.
    package static func redacted(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let (range, end) = firstSignature(in: rest) {
            result += rest[..<range.upperBound] + "REDACTED"
            rest = rest[end...]
        }
        return result + rest
    }

    /// The first `sig=` that begins a parameter, and where its value ends.
    private static func firstSignature(in text: Substring) -> (Range<Substring.Index>, Substring.Index)? {
        var from = text.startIndex
        while let range = text[from...].firstRange(of: "sig") {
            from = range.upperBound
            let isStart = range.lowerBound == text.startIndex || isBoundary(text[..<range.lowerBound])
            guard isStart else { continue }
            let rest = text[range.upperBound...]
            let sign = rest.hasPrefix("=") ? 1 : rest.lowercased().hasPrefix("%3d") ? 3 : 0
            guard sign > 0 else { continue }
            let value = rest.index(rest.startIndex, offsetBy: sign)
            let isEncoded = sign == 3
            var end = value
            while end < text.endIndex, !ends(text[end...], isEncoded: isEncoded) { end = text.index(after: end) }
            return (range.lowerBound..<value, end)
        }
        return nil
    }

    private static func isBoundary(_ before: Substring) -> Bool {
        guard let last = before.last else { return true }
        if !last.isLetter && !last.isNumber { return true }
        // "?sig=" and "&sig=" in encoded form.
        let tail = before.suffix(3).lowercased()
        return tail == "%3f" || tail == "%26"
    }

    private static func ends(_ rest: Substring, isEncoded: Bool) -> Bool {
        guard let first = rest.first else { return true }
        if first == "&" || first.isWhitespace || "\"'<>,;)".contains(first) { return true }
        return isEncoded && rest.prefix(3) == "%26"
    }
}
