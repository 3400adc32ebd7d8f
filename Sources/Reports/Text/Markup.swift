/// Writes elements, every one closed and every text escaped. The result is HTML and well-formed XML at once.
struct Markup {
    private(set) var result = ""

    /// Attributes in the order they are written; those that are nil are left out.
    typealias Attributes = KeyValuePairs<String, String?>

    mutating func element(_ name: String, _ attributes: Attributes = [:], _ body: (inout Markup) -> Void) {
        open(name, attributes, ending: ">")
        body(&self)
        result += "</\(name)>"
    }

    mutating func element(_ name: String, _ attributes: Attributes = [:], text: String) {
        element(name, attributes) { $0.text(text) }
    }

    /// An element without content: a void one of HTML or a shape of SVG.
    mutating func empty(_ name: String, _ attributes: Attributes = [:]) {
        open(name, attributes, ending: "/>")
    }

    mutating func text(_ text: String) {
        result += text.escaped
    }

    /// What is markup already.
    mutating func raw(_ markup: String) {
        result += markup
    }

    mutating func line() {
        result += "\n"
    }

    private mutating func open(_ name: String, _ attributes: Attributes, ending: String) {
        result += "<" + name
        for case (let key, let value?) in attributes {
            result += " " + key + "=\"" + value.escaped + "\""
        }
        result += ending
    }
}

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
