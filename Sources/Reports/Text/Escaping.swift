extension String {
    /// Safe as element text and inside a quoted attribute, in HTML and in XML.
    ///
    /// What neither format may carry (control characters, non-characters) becomes U+FFFD, so that a damaged name stays
    /// visible. Embedding and override controls of the bidirectional algorithm are dropped: one left open would turn
    /// round the rest of the line. Right-to-left letters need none of them.
    var escaped: String {
        var result = ""
        result.reserveCapacity(utf8.count + 16)
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result += " "
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": continue
            case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}": result += "\u{FFFD}"
            case _ where scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value):
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
