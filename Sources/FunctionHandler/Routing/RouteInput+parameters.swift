import HTTPTypes
import TextFormats

// Parameters by the type of their value. They are read strictly: a value that is not what the route takes is refused with
// the parameter's name and what would be right, never clamped or ignored.

extension RouteInput {
    /// A query parameter whose text `read` turns into a value; `absent` stands in when it is not given.
    private static func query(
        _ declaration: ParameterDeclaration,
        absent: Value,
        _ read: @escaping @Sendable (String) throws(Problem) -> Value
    ) -> RouteInput {
        RouteInput([declaration]) { (arguments) throws(Problem) in
            guard let text = arguments.text(declaration.name) else { return absent }
            return try read(text)
        }
    }
}

extension RouteInput where Value == String {
    /// A segment of the path, decoded.
    static func path(_ name: String, _ about: String, schema: Schema, example: String) -> RouteInput {
        RouteInput([.path(name, about, schema, example)]) { (arguments) throws(Problem) in
            try arguments.request.pathValue(name)
        }
    }

    /// An external id in the path. What cannot be an id is answered like one that is not there.
    static func path(_ name: String, _ about: String, example: String) -> RouteInput {
        let what = name.hasSuffix("_id") ? String(name.dropLast(3)) : name
        return RouteInput([.path(name, about, .externalID, example)]) { (arguments) throws(Problem) in
            let id = try arguments.request.pathValue(name)
            guard ExternalID.isValid(id) else { throw .notFound(what, id) }
            return id
        }
    }
}

extension ParameterDeclaration {
    fileprivate static func path(_ name: String, _ about: String, _ schema: Schema, _ example: String) -> Self {
        Self(name: name, place: .path, schema: schema, about: about, isRequired: true, example: example)
    }
}

extension RouteInput where Value == String? {
    /// A text to filter by; blank means no filter, as an empty field of a form sends it.
    static func filter(
        _ name: String,
        _ about: String,
        schema: Schema = .queryText,
        example: String? = nil
    ) -> RouteInput {
        query(ParameterDeclaration(name: name, schema: schema.orBlank, about: about, example: example), absent: nil) {
            (text) throws(Problem) in
            if let length = schema.maximumLength, text.unicodeScalars.count > length {
                throw .invalidParameter(name, "must have at most \(length) Unicode code points")
            }
            return text.trimmingBlanks.isEmpty ? nil : text
        }
    }

    /// A header field.
    static func header(_ field: HTTPField.Name, _ about: String, schema: Schema = .string) -> RouteInput {
        let declaration = ParameterDeclaration(name: field.rawName, place: .header, schema: schema, about: about)
        return RouteInput([declaration]) { (arguments) throws(Problem) in arguments.request.headers[field] }
    }
}

extension RouteInput where Value == [String] {
    /// Every value of a repeatable parameter; a value with commas stands for itself and for its parts: the host joins repeated
    /// parameters with commas when it forwards (`category=a&category=b` arrives as `category=a,b`), and a joined list and a
    /// name that contains a comma cannot be told apart here.
    static func texts(
        _ name: String,
        _ about: String,
        schema: Schema = .queryText,
        isRequired: Bool = false,
        example: String? = nil
    ) -> RouteInput {
        let declaration = ParameterDeclaration(
            name: name,
            schema: .list(of: schema),
            about: about,
            isRequired: isRequired,
            isRepeatable: true,
            example: example
        )
        return RouteInput([declaration]) { (arguments) throws(Problem) in
            var values: [String] = []
            for value in arguments.texts(name) where !value.trimmingBlanks.isEmpty {
                values.append(value)
                guard value.contains(",") else { continue }
                let parts = value.split(separator: ",").map { String($0.drop(while: { $0 == " " })) }
                values.append(contentsOf: parts.filter { !$0.isEmpty })
            }
            return values
        }
    }
}

extension RouteInput where Value == [String] {
    /// `product_ids`, each once in the order given; a count from 0 makes it optional.
    static func productIDs(_ about: String, count: ClosedRange<Int>, example: String? = nil) -> RouteInput {
        let name = "product_ids"
        return RouteInput(
            .texts(name, about, schema: .externalID, isRequired: count.lowerBound > 0, example: example)
        ) { (values: [String]) throws(Problem) in
            // A value with commas comes whole and in parts; an id has none.
            var ids: [String] = []
            var known: Set<String> = []
            for id in values where !id.contains(",") && known.insert(id).inserted {
                guard ExternalID.isValid(id) else {
                    throw .invalidParameter(name, "each product id must be \(ExternalID.rule)")
                }
                ids.append(id)
            }
            guard count.contains(ids.count) else {
                let rule = "must name \(count.lowerBound) to \(count.upperBound) products, such as P-00,P-01"
                throw .invalidParameter(name, "\(rule), not \(ids.count)")
            }
            return ids
        }
    }
}

extension RouteInput where Value == Int? {
    static func integer(_ name: String, _ about: String, in range: ClosedRange<Int>) -> RouteInput {
        integer(ParameterDeclaration(name: name, schema: .integer(range), about: about), in: range)
    }

    fileprivate static func integer(_ declaration: ParameterDeclaration, in range: ClosedRange<Int>) -> RouteInput {
        query(declaration, absent: nil) { (text) throws(Problem) in
            try Self.number(text, declaration.name, "a whole number", in: range)
        }
    }
}

extension RouteInput where Value == Int {
    static func integer(
        _ name: String,
        _ about: String,
        default standard: Int,
        in range: ClosedRange<Int>,
        example: String? = nil
    ) -> RouteInput {
        let declaration = ParameterDeclaration(
            name: name,
            schema: .integer(range),
            about: about,
            standard: .integer(Int64(standard)),
            example: example
        )
        return RouteInput(.integer(declaration, in: range)) { (value: Int?) throws(Problem) in value ?? standard }
    }
}

extension RouteInput where Value == Double? {
    static func number(_ name: String, _ about: String, in range: ClosedRange<Double>) -> RouteInput {
        let declaration = ParameterDeclaration(name: name, schema: Schema(.number(range)), about: about)
        return query(declaration, absent: nil) { (text) throws(Problem) in
            try Self.number(text, name, "a number", in: range)
        }
    }
}

extension RouteInput {
    private static func number<Number: LosslessStringConvertible & Comparable>(
        _ text: String,
        _ name: String,
        _ kind: String,
        in range: ClosedRange<Number>
    ) throws(Problem) -> Number {
        // Swift reads `+5` and `0x10` as numbers too; JSON has neither.
        guard text.utf8.first.map({ $0 == UInt8(ascii: "-") || (48...57).contains($0) }) == true,
            !text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }), let value = Number(text),
            range.contains(value)
        else {
            let bounds = "from \(range.lowerBound) to \(range.upperBound)"
            throw .invalidParameter(name, "must be \(kind) \(bounds), not \(text.quotedForMessage)")
        }
        return value
    }
}

extension RouteInput where Value == Bool? {
    static func flag(_ name: String, _ about: String, example: String? = nil) -> RouteInput {
        let declaration = ParameterDeclaration(name: name, schema: .boolean, about: about, example: example)
        return query(declaration, absent: nil) { (text) throws(Problem) in
            switch text.lowercased() {
            case "true", "1": return true
            case "false", "0": return false
            default: throw .invalidParameter(name, "must be true or false, not \(text.quotedForMessage)")
            }
        }
    }
}

extension RouteInput where Value == Bool {
    static func flag(_ name: String, _ about: String, default standard: Bool) -> RouteInput {
        RouteInput(.flag(name, about)) { (value: Bool?) throws(Problem) in value ?? standard }
    }
}

extension RouteInput where Value == Int64? {
    /// An amount in major units, `12`, `12.9` or `12.99`, as minor units; at most 12 digits before the point.
    static func amount(_ name: String, _ about: String, example: String? = nil) -> RouteInput {
        let schema = Schema(.number(0...999_999_999_999.99), about: Schema.amount.about)
        let declaration = ParameterDeclaration(name: name, schema: schema, about: about, example: example)
        return query(declaration, absent: nil) { (text) throws(Problem) in
            guard let minor = minorUnits(text) else {
                throw .invalidParameter(name, "must be an amount such as 12.99, not \(text.quotedForMessage)")
            }
            return minor
        }
    }

    /// By bytes: a regular expression is compiled at each use, which costs more than the rest of a page of products.
    private static func minorUnits(_ text: String) -> Int64? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1].count : 0
        guard (1...12).contains(parts[0].count), parts.count == 1 || (1...2).contains(decimals) else { return nil }
        var minor: Int64 = 0
        for digit in parts.joined() {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            minor = minor * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return minor * [100, 10, 1][decimals]
    }
}

extension RouteInput {
    /// One of a few words; nil when it is not given.
    static func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        _ about: String,
        example: String? = nil
    ) -> RouteInput where Choice.RawValue == String, Value == Choice? {
        query(.init(name: name, schema: .choice(Choice.self), about: about, example: example), absent: nil) {
            (text) throws(Problem) in try Self.word(text, name)
        }
    }

    /// One of a few words.
    static func choice(
        _ name: String,
        _ about: String,
        default standard: Value,
        example: String? = nil
    ) -> RouteInput where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
        let declaration = ParameterDeclaration(
            name: name,
            schema: .choice(Value.self),
            about: about,
            standard: .string(standard.rawValue),
            example: example
        )
        return query(declaration, absent: standard) { (text) throws(Problem) in try Self.word(text, name) }
    }

    private static func word<Choice: RawRepresentable & CaseIterable>(
        _ text: String,
        _ name: String
    ) throws(Problem) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidParameter(name, "must be one of \(words), not \(text.quotedForMessage)")
        }
        return choice
    }

    /// A text in a form of its own.
    static func text(
        _ name: String,
        _ schema: Schema,
        _ about: String,
        default standard: JSONValue? = nil,
        example: String? = nil,
        absent: Value,
        _ read: @escaping @Sendable (String) throws(Problem) -> Value
    ) -> RouteInput {
        let declaration = ParameterDeclaration(
            name: name,
            schema: schema,
            about: about,
            standard: standard,
            example: example
        )
        return query(declaration, absent: absent, read)
    }
}
