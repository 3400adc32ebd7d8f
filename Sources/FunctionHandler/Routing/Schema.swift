import Shop
import TextFormats

/// The shape of a JSON value in the terms of OpenAPI 3.0, a subset of JSON Schema. Properties keep their order.
struct Schema: Sendable {
    indirect enum Form: Sendable {
        case any
        /// No value at all: of the members that an object does not list.
        case nothing
        case boolean
        case integer(ClosedRange<Int64>?)
        case number(ClosedRange<Double>?)
        case string(Text)
        case array(Schema, count: ClosedRange<Int>?)
        /// An object; `others` is the schema of members that are not listed, nil when nothing is said about them.
        case object([Property], others: Schema?)
        case anyOf([Schema])
    }

    /// What a text may be.
    struct Text: Sendable {
        /// In code points.
        var length: ClosedRange<Int>?
        /// A regular expression of ECMA 262.
        var pattern: String?
        /// `date-time` and the like.
        var format: String?
        /// The only texts there are; empty when there is no such list.
        var choices: [String] = []
    }

    struct Property: Sendable {
        let name: String
        let schema: Schema
        var isRequired = true
    }

    var form: Form
    /// Its name in the document's components; nil for one that is written where it is used.
    var name: String?
    var about: String?
    var isNullable = false

    init(_ form: Form, name: String? = nil, about: String? = nil) {
        (self.form, self.name, self.about) = (form, name, about)
    }

    var nullable: Schema {
        var schema = self
        schema.isNullable = true
        return schema
    }

    func saying(_ about: String?) -> Schema {
        guard let about else { return self }
        var schema = self
        schema.about = about
        return schema
    }

    func named(_ name: String) -> Schema {
        var schema = self
        schema.name = name
        return schema
    }

    /// The schemas directly inside this one.
    var parts: [Schema] {
        switch form {
        case .any, .nothing, .boolean, .integer, .number, .string: []
        case .array(let element, _): [element]
        case .object(let properties, let others): properties.map(\.schema) + (others.map { [$0] } ?? [])
        case .anyOf(let schemas): schemas
        }
    }
}

// MARK: Common schemas

extension Schema {
    static let any = Schema(.any)
    static let nothing = Schema(.nothing)
    static let boolean = Schema(.boolean)
    static let integer = Schema(.integer(nil))
    static let number = Schema(.number(nil))
    static let string = Schema(.string(Text()))
    /// An amount in major units: 12.99.
    static let amount = Schema(.number(0...1e12), about: "In major units, such as 12.99.")
    /// An object of any members.
    static let object = Schema(.object([], others: nil))
    /// Whole numbers from 0.
    static let count = Schema(.integer(0...Int64.max))
    /// RFC 3339 in UTC.
    static let time = Schema(.string(Text(format: "date-time")))
    static let externalID = Schema(
        .string(Text(length: 1...ExternalID.maximumLength, pattern: "^[A-Za-z0-9._:-]{1,64}$"))
    )

    static func integer(_ range: ClosedRange<Int>) -> Schema {
        Schema(.integer(Int64(range.lowerBound)...Int64(range.upperBound)))
    }

    /// A text in a query: decoded, it never holds U+0000.
    static let queryText = Schema(.string(Text(pattern: #"^[^\u0000]*$"#)))

    /// Of a text, in code points; nil without a limit.
    var maximumLength: Int? { if case .string(let text) = form { text.length?.upperBound } else { nil } }

    /// The same text, or none: blanks alone.
    var orBlank: Schema {
        guard case .string(var text) = form else { return self }
        text.length = text.length.map { 0...$0.upperBound }
        text.pattern = text.pattern.map { "^ *$|" + $0 }
        var schema = self
        schema.form = .string(text)
        return schema
    }

    static func text(_ rule: TextRule) -> Schema {
        // Blanks at the ends are removed before a text is measured, so a text of blanks alone is too short.
        let refused = rule.refusedCharacters
        let pattern =
            rule.length.lowerBound == 0
            ? "^[^\(refused)]*$" : "^[^\(refused)]*[^\(refused)\\u0009\\u0020][^\(refused)]*$"
        return Schema(.string(Text(length: rule.length, pattern: pattern)))
    }

    /// Something on both sides of an @.
    static let email: Schema = {
        let any = "[^\(TextRule.email.refusedCharacters)]*"
        let something = any + "[^\(TextRule.email.refusedCharacters)\\u0009\\u0020]" + any
        return Schema(.string(Text(length: TextRule.email.length, pattern: "^\(something)@\(something)$")))
    }()

    static func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) -> Schema
    where Choice.RawValue == String {
        choice(Choice.allCases.map(\.rawValue))
    }

    static func choice(_ words: [String]) -> Schema { Schema(.string(Text(choices: words))) }

    static func list(of element: Schema, count: ClosedRange<Int>? = nil) -> Schema {
        Schema(.array(element, count: count))
    }

    static func object(_ properties: [Property], others: Schema? = nil) -> Schema {
        Schema(.object(properties, others: others))
    }
}

extension TextRule {
    /// As they stand inside the brackets of a regular expression.
    fileprivate var refusedCharacters: String {
        isOneLine ? #"\u0000-\u0008\u000A-\u001F\u007F\u0085\u2028\u2029"# : #"\u0000"#
    }
}

// MARK: As JSON

extension Schema {
    /// The schema where it is used: a reference when it has a name.
    func write(to writer: inout JSONWriter) {
        guard let name else { return writer.object { writeMembers(to: &$0) } }
        let reference = "#/components/schemas/\(name)"
        writer.object { writer in
            // Beside `$ref` nothing counts in OpenAPI 3.0.
            guard isNullable else { return writer.member("$ref", reference) }
            writer.member("nullable", true)
            writer.key("allOf")
            writer.array { $0.object { $0.member("$ref", reference) } }
        }
    }

    /// The members of the schema itself, whether it has a name or not.
    func writeMembers(to writer: inout JSONWriter) {
        switch form {
        case .any: break
        case .nothing:
            writer.key("not")
            writer.object { _ in }
        case .boolean: writer.member("type", "boolean")
        case .integer(let range):
            writer.member("type", "integer")
            if let range {
                writer.member("minimum", range.lowerBound)
                if range.upperBound < .max { writer.member("maximum", range.upperBound) }
            }
        case .number(let range):
            writer.member("type", "number")
            if let range {
                writer.member("minimum", range.lowerBound)
                writer.member("maximum", range.upperBound)
            }
        case .string(let text): text.writeMembers(to: &writer, isNullable: isNullable)
        case .array(let element, let count):
            writer.member("type", "array")
            writer.key("items")
            element.write(to: &writer)
            if let count {
                writer.member("minItems", count.lowerBound)
                writer.member("maxItems", count.upperBound)
            }
        case .object(let properties, let others): Self.writeObject(properties, others, to: &writer)
        case .anyOf(let schemas):
            writer.key("anyOf")
            writer.array { writer in for schema in schemas { schema.write(to: &writer) } }
        }
        if isNullable, name == nil { writer.member("nullable", true) }
        if let about { writer.member("description", about) }
    }

    private static func writeObject(_ properties: [Property], _ others: Schema?, to writer: inout JSONWriter) {
        writer.member("type", "object")
        if !properties.isEmpty {
            writer.key("properties")
            writer.object { writer in
                for property in properties {
                    writer.key(dynamic: property.name)
                    property.schema.write(to: &writer)
                }
            }
        }
        let required = properties.filter(\.isRequired).map(\.name)
        if !required.isEmpty {
            writer.key("required")
            writer.array { writer in for name in required { writer.value(name) } }
        }
        if case .nothing? = others?.form {
            writer.member("additionalProperties", false)
        } else if let others {
            writer.key("additionalProperties")
            others.write(to: &writer)
        }
    }
}

extension Schema.Text {
    fileprivate func writeMembers(to writer: inout JSONWriter, isNullable: Bool) {
        writer.member("type", "string")
        if let length {
            if length.lowerBound > 0 { writer.member("minLength", length.lowerBound) }
            writer.member("maxLength", length.upperBound)
        }
        if let pattern { writer.member("pattern", pattern) }
        if let format { writer.member("format", format) }
        if !choices.isEmpty {
            writer.key("enum")
            writer.array { writer in
                for choice in choices { writer.value(choice) }
                // A null that the list does not name is refused, whatever `nullable` says.
                if isNullable { writer.null() }
            }
        }
    }
}
