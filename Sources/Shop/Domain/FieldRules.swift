package import FoundationEssentials
import TextFormats

/// What a text field may hold. One rule a field, whichever door the text comes through: request, file or data set.
///
/// A text is put into Unicode's normal form C and loses spaces and tabs at both ends; then it is measured in code points
/// (Unicode scalars), as PostgreSQL's `length` does. U+0000 is never accepted, because PostgreSQL cannot store it.
package struct TextRule: Sendable, Equatable {
    /// In code points.
    package let length: ClosedRange<Int>
    /// Whether line breaks and control characters other than a tab are refused.
    package let isOneLine: Bool

    package init(_ length: ClosedRange<Int>, isOneLine: Bool = false) {
        self.length = length
        self.isOneLine = isOneLine
    }

    package static let productName = TextRule(1...500, isOneLine: true)
    package static let category = TextRule(1...200, isOneLine: true)
    /// A description that is far longer does not fit into the search index of its row.
    package static let description = TextRule(0...20_000)
    /// A search text of `GET /products`.
    package static let search = TextRule(1...200)
    package static let sessionID = TextRule(1...128, isOneLine: true)
    package static let orderID = TextRule(1...128, isOneLine: true)
    package static let requestID = TextRule(1...128, isOneLine: true)
    /// 254 is the longest address that mail can be sent to (RFC 5321).
    package static let email = TextRule(3...254, isOneLine: true)
    package static let displayName = TextRule(1...200, isOneLine: true)
    /// The group that a shop puts a user into.
    package static let segment = TextRule(1...64, isOneLine: true)

    /// The text as it is stored; nil when it breaks the rule.
    package func accepted(_ text: String) -> String? {
        let normal = text.nfc.trimmingSpacesAndTabs
        // A text of n bytes has at most n code points: most need no count.
        guard normal.utf8.count >= length.lowerBound,
            normal.utf8.count <= length.upperBound || normal.unicodeScalars.count <= length.upperBound,
            length.lowerBound <= 1 || normal.unicodeScalars.count >= length.lowerBound,
            !normal.utf8.contains(where: { $0 == 0 || isOneLine && ($0 < 0x20 && $0 != 0x09 || $0 == 0x7F) }),
            !isOneLine || normal.utf8.allSatisfy({ $0 < 0x80 })
                || !normal.unicodeScalars.contains(where: Self.isLineBreak)
        else { return nil }
        return normal
    }

    /// Line breaks beyond ASCII: next line, line separator, paragraph separator.
    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x85 || scalar.value == 0x2028 || scalar.value == 0x2029
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

/// When an event may have happened: from 1970 on, and at most ten minutes ahead of the clock. Clocks of browsers are wrong by
/// minutes; an event further ahead would be the newest of all until its time comes.
package enum EventTimeRule {
    package static func accepts(_ time: Date, now: Date) -> Bool {
        time.timeIntervalSince1970 >= 0 && time <= latest(now)
    }

    package static func latest(_ now: Date) -> Date { now.addingTimeInterval(600) }

    /// What follows the field's name.
    package static let words = "must be from 1970 on and at most ten minutes ahead"
}

/// What the number of an event may be: one rule a type, whichever door the event comes through.
package struct ValueRule: Sendable, Equatable {
    package let range: ClosedRange<Double>
    /// Whether an event must have a number.
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
