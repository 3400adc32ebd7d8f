import TextFormats

/// What a text field may hold. One rule a field, whichever door the text comes through: request, file or data set.
///
/// A text is put into Unicode's normal form C and loses spaces and tabs at both ends; then it is measured in code points
/// (Unicode scalars), as PostgreSQL's `length` does. U+0000 is never accepted, because PostgreSQL cannot store it.
package struct TextRule: Sendable, Equatable {
    /// In code points.
    package let length: ClosedRange<Int>
    /// Whether line breaks and other control characters are refused.
    package let isOneLine: Bool

    package init(_ length: ClosedRange<Int>, isOneLine: Bool = false) {
        self.length = length
        self.isOneLine = isOneLine
    }

    package static let productName = TextRule(1...500, isOneLine: true)
    package static let category = TextRule(1...200, isOneLine: true)
    /// A description that is far longer does not fit into the search index of its row.
    package static let description = TextRule(0...20_000)
    package static let search = TextRule(1...200)
    package static let sessionID = TextRule(1...128)
    package static let orderID = TextRule(1...128)
    package static let requestID = TextRule(1...128)
    /// 254 is the longest address that mail can be sent to (RFC 5321).
    package static let email = TextRule(3...254, isOneLine: true)
    package static let displayName = TextRule(1...200)
    package static let segment = TextRule(1...64)

    /// The text as it is stored; nil when it breaks the rule.
    package func accepted(_ text: String) -> String? {
        let normal = text.nfc.trimmingSpacesAndTabs
        // A text of n bytes has at most n code points: most need no count.
        guard normal.utf8.count >= length.lowerBound,
            normal.utf8.count <= length.upperBound || normal.unicodeScalars.count <= length.upperBound,
            length.lowerBound <= 1 || normal.unicodeScalars.count >= length.lowerBound,
            !normal.utf8.contains(where: { $0 == 0 || isOneLine && ($0 < 0x20 || $0 == 0x7F) })
        else { return nil }
        return normal
    }

    /// The rule in words: what follows the field's name.
    package var words: String {
        let range =
            length.lowerBound == 0
            ? "at most \(length.upperBound)" : "\(length.lowerBound) to \(length.upperBound)"
        let refused = isOneLine ? "control characters" : "U+0000"
        return "must have \(range) Unicode code points and no \(refused)"
    }
}

/// What the number of an event may be: one rule a type, whichever door the event comes through.
package struct ValueRule: Sendable, Equatable {
    package let range: ClosedRange<Double>
    package let isRequired: Bool
    /// What an event without a number is stored with.
    package let absent: Float?

    /// The number as it is stored; nil when it breaks the rule.
    package func accepted(_ value: Double) -> Float? { range.contains(value) ? Float(value) : nil }

    /// The rule in words: what follows the field's name.
    package var words: String {
        "must be a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
    }

    private static func text(_ bound: Double) -> String { Int64(exactly: bound).map(String.init) ?? String(bound) }
}

extension String {
    fileprivate var trimmingSpacesAndTabs: String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        guard let first = utf8.first, let last = utf8.last, isBlank(first) || isBlank(last) else { return self }
        guard let start = utf8.firstIndex(where: { !isBlank($0) }), let end = utf8.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[start...end])
    }
}
