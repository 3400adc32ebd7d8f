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
        try number(name, "a whole number", in: range) ?? standard
    }

    func double(_ name: String, in range: ClosedRange<Double>) throws(Problem) -> Double? {
        try number(name, "a number", in: range)
    }

    private func number<Number: LosslessStringConvertible>(
        _ name: String,
        _ kind: String,
        in range: ClosedRange<Number>
    ) throws(Problem) -> Number? {
        guard let text = try string(name) else { return nil }
        guard let value = Number(text), range.contains(value) else {
            let bounds = "from \(range.lowerBound) to \(range.upperBound)"
            throw .invalidParameter(name, "must be \(kind) \(bounds), not \(text.quotedForMessage)")
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

    /// An amount in major units, `12`, `12.9` or `12.99`, as minor units; at most 15 digits before the point.
    func minorUnits(_ name: String) throws(Problem) -> Int64? {
        guard let text = try string(name) else { return nil }
        guard let (_, units, cents) = text.wholeMatch(of: #/([0-9]{1,15})(?:\.([0-9]{1,2}))?/#)?.output,
            let minor = Int64(units + (cents ?? "") + String(repeating: "0", count: 2 - (cents?.count ?? 0)))
        else { throw .invalidParameter(name, "must be an amount such as 12.99, not \(text.quotedForMessage)") }
        return minor
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
