import Composition
import TextFormats

/// The query string, read strictly: a value that is not what the route takes is refused with the parameter's name and what
/// would be right, never clamped or ignored. Names a route does not know are ignored. Texts are in normal form C.
///
/// The host joins repeated parameters with commas when it forwards (`category=a&category=b` arrives as `category=a,b`),
/// so `strings` takes both forms.
struct QueryParameters: Sendable {
    private let pairs: [(name: String, value: String)]

    /// - Throws: `Problem` for a broken percent sequence.
    init(query: Substring?) throws(Problem) {
        guard let query, !query.isEmpty else {
            pairs = []
            return
        }
        var pairs: [(name: String, value: String)] = []
        for part in query.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decode(halves[0], in: halves[0])
            pairs.append((name, halves.count > 1 ? try Self.decode(halves[1], in: halves[0]) : ""))
        }
        self.pairs = pairs
    }

    private static func decode(_ text: Substring, in name: Substring) throws(Problem) -> String {
        guard let decoded = PercentEncoding.decode(text, plusIsBlank: true) else {
            throw .invalidParameter(String(name), "contains a broken percent sequence; encode text as UTF-8, % as %25")
        }
        return decoded.nfc
    }

    // MARK: Reading

    /// - Throws: `Problem` when the parameter is given more than once.
    func string(_ name: String) throws(Problem) -> String? {
        var found: String?
        for pair in pairs where pair.name == name {
            guard found == nil else { throw .invalidParameter(name, "given more than once") }
            found = pair.value
        }
        return found
    }

    /// A text to filter by; blank means no filter, as an empty field of a form sends it.
    /// - Throws: `Problem` when the parameter is given more than once.
    func filter(_ name: String) throws(Problem) -> String? {
        guard let text = try string(name), !text.trimmingBlanks.isEmpty else { return nil }
        return text
    }

    /// Every value of a repeatable parameter; a value with commas stands for itself and for its parts, because a joined
    /// list and a name that contains a comma cannot be told apart here.
    func strings(_ name: String) -> [String] {
        var values: [String] = []
        for pair in pairs where pair.name == name && !pair.value.trimmingBlanks.isEmpty {
            values.append(pair.value)
            guard pair.value.contains(",") else { continue }
            let parts = pair.value.split(separator: ",").map { String($0.drop(while: { $0 == " " })) }
            values.append(contentsOf: parts.filter { !$0.isEmpty })
        }
        return values
    }

    func int(_ name: String, default standard: Int, in range: ClosedRange<Int>) throws(Problem) -> Int {
        guard let text = try string(name) else { return standard }
        guard let value = Int(text), range.contains(value) else {
            throw .invalidParameter(
                name,
                "must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(text.quotedForMessage)"
            )
        }
        return value
    }

    func double(_ name: String, in range: ClosedRange<Double>) throws(Problem) -> Double? {
        guard let text = try string(name) else { return nil }
        guard let value = Double(text), value.isFinite, range.contains(value) else {
            throw .invalidParameter(
                name,
                "must be a number from \(range.lowerBound) to \(range.upperBound), not \(text.quotedForMessage)"
            )
        }
        return value
    }

    func bool(_ name: String) throws(Problem) -> Bool? {
        guard let text = try string(name) else { return nil }
        switch text.lowercased() {
        case "true", "1": return true
        case "false", "0": return false
        default: throw .invalidParameter(name, "must be true or false, not \(text.quotedForMessage)")
        }
    }

    /// An amount in major units, `12.99`, as minor units; at most two decimals.
    func minorUnits(_ name: String) throws(Problem) -> Int64? {
        guard let text = try string(name) else { return nil }
        guard let minor = Self.minorUnits(text) else {
            throw .invalidParameter(name, "must be an amount such as 12.99, not \(text.quotedForMessage)")
        }
        return minor
    }

    /// `12`, `12.9`, `12.99` → 1200, 1290, 1299; nil for anything else, negative amounts and more than 15 digits included.
    private static func minorUnits(_ text: String) -> Int64? {
        func digits(_ text: Substring, _ length: ClosedRange<Int>) -> Int64? {
            guard length.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return Int64(text)
        }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let units = digits(parts[0], 1...15) else { return nil }
        guard parts.count == 2 else { return units * 100 }
        guard let cents = digits(parts[1], 1...2) else { return nil }
        return units * 100 + (parts[1].utf8.count == 1 ? cents * 10 : cents)
    }

    /// One of a few words.
    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, _: Choice.Type) throws(Problem) -> Choice?
    where Choice.RawValue == String {
        guard let text = try string(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidParameter(name, "must be one of \(words), not \(text.quotedForMessage)")
        }
        return choice
    }
}
