import FoundationEssentials
import TextFormats

/// A JSON object of answers: its members with their schemas, in order. What is written and what the OpenAPI document says
/// are made from the same members, so they cannot differ.
struct ObjectBody<Value>: Sendable {
    let schema: Schema
    private let members: [Member<Value>]

    /// - Parameter name: in the document's components; nil for one that is described where it is used.
    init(_ name: String? = nil, _ about: String? = nil, @MemberList<Value> _ members: () -> [Member<Value>]) {
        self.init(name, about, members: members())
    }

    init(_ name: String?, _ about: String? = nil, members: [Member<Value>]) {
        self.members = members
        schema = Schema(.object(members.flatMap(\.properties), others: nil), name: name, about: about)
    }

    var properties: [Schema.Property] { members.flatMap(\.properties) }

    func write(_ value: Value, to writer: inout JSONWriter) {
        writer.object { writeMembers(value, to: &$0) }
    }

    /// The members without braces.
    func writeMembers(_ value: Value, to writer: inout JSONWriter) {
        for member in members { member.write(value, &writer) }
    }

    func bytes(_ value: Value, reserving capacity: Int = 512) -> [UInt8] {
        var writer = JSONWriter(reserving: capacity)
        write(value, to: &writer)
        return writer.finish()
    }
}

/// One member of an ``ObjectBody``, or several that another body has.
struct Member<Value>: Sendable {
    let properties: [Schema.Property]
    let write: @Sendable (Value, inout JSONWriter) -> Void

    init(properties: [Schema.Property], write: @escaping @Sendable (Value, inout JSONWriter) -> Void) {
        (self.properties, self.write) = (properties, write)
    }

    /// - Parameter schema: of the value when it is not null.
    init<V: BodyValue>(
        _ name: StaticString,
        _ schema: Schema = V.schema,
        _ about: String? = nil,
        _ value: @escaping @Sendable (Value) -> V
    ) {
        properties = [
            .init(name: "\(name)", schema: V.isOptional ? schema.saying(about).nullable : schema.saying(about))
        ]
        write = { whole, writer in
            writer.key(name)
            value(whole).write(to: &writer)
        }
    }

    /// A member that is left out when it has no value.
    init<V: BodyValue>(
        ifAny name: StaticString,
        _ schema: Schema = V.schema,
        _ about: String? = nil,
        _ value: @escaping @Sendable (Value) -> V?
    ) {
        properties = [.init(name: "\(name)", schema: schema.saying(about), isRequired: false)]
        write = { whole, writer in
            guard let value = value(whole) else { return }
            writer.key(name)
            value.write(to: &writer)
        }
    }

    /// An object.
    init<Inner>(_ name: StaticString, _ body: ObjectBody<Inner>, _ value: @escaping @Sendable (Value) -> Inner) {
        properties = [.init(name: "\(name)", schema: body.schema)]
        write = { whole, writer in
            writer.key(name)
            body.write(value(whole), to: &writer)
        }
    }

    /// An object or null.
    init<Inner>(_ name: StaticString, optional body: ObjectBody<Inner>, _ value: @escaping @Sendable (Value) -> Inner?)
    {
        properties = [.init(name: "\(name)", schema: body.schema.nullable)]
        write = { whole, writer in
            writer.key(name)
            if let inner = value(whole) { body.write(inner, to: &writer) } else { writer.null() }
        }
    }

    /// An array of objects.
    init<Inner>(_ name: StaticString, listOf body: ObjectBody<Inner>, _ value: @escaping @Sendable (Value) -> [Inner]) {
        properties = [.init(name: "\(name)", schema: .list(of: body.schema))]
        write = { whole, writer in
            writer.key(name)
            writer.array { writer in for inner in value(whole) { body.write(inner, to: &writer) } }
        }
    }

    /// The members of another body, in this object.
    init<Inner>(of body: ObjectBody<Inner>, _ value: @escaping @Sendable (Value) -> Inner) {
        properties = body.properties
        write = { whole, writer in body.writeMembers(value(whole), to: &writer) }
    }

    /// JSON text that is a value already, as a jsonb column gives it.
    init(_ name: StaticString, json schema: Schema, _ value: @escaping @Sendable (Value) -> String) {
        properties = [.init(name: "\(name)", schema: schema)]
        write = { whole, writer in
            writer.key(name)
            writer.raw(value(whole))
        }
    }

    /// An amount in minor units, written in major units.
    static func amount(_ name: StaticString, _ value: @escaping @Sendable (Value) -> Int64) -> Member {
        Member(properties: [.init(name: "\(name)", schema: .amount)]) { whole, writer in
            writer.key(name)
            writer.majorUnits(value(whole))
        }
    }

    /// An amount in minor units or null, written in major units.
    static func optionalAmount(_ name: StaticString, _ value: @escaping @Sendable (Value) -> Int64?) -> Member {
        Member(properties: [.init(name: "\(name)", schema: Schema.amount.nullable)]) { whole, writer in
            writer.key(name)
            if let minor = value(whole) { writer.majorUnits(minor) } else { writer.null() }
        }
    }
}

/// Each member is type-checked by itself, which keeps a body of twenty members quick to compile.
@resultBuilder
enum MemberList<Value> {
    static func buildExpression(_ member: Member<Value>) -> Member<Value> { member }
    static func buildBlock(_ members: Member<Value>...) -> [Member<Value>] { members }
}

/// A value of one member that is neither an object nor a list of objects.
protocol BodyValue: SendableMetatype {
    static var schema: Schema { get }
    static var isOptional: Bool { get }
    func write(to writer: inout JSONWriter)
}

extension BodyValue {
    static var isOptional: Bool { false }
}

extension String: BodyValue {
    static var schema: Schema { .string }
    func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Bool: BodyValue {
    static var schema: Schema { .boolean }
    func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Int: BodyValue {
    static var schema: Schema { .integer }
    func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Int64: BodyValue {
    static var schema: Schema { .integer }
    func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Double: BodyValue {
    static var schema: Schema { .number }
    func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Float: BodyValue {
    static var schema: Schema { .number }
    func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Date: BodyValue {
    static var schema: Schema { .time }
    func write(to writer: inout JSONWriter) { writer.value(Timestamp.text(self)) }
}

extension JSONValue: BodyValue {
    static var schema: Schema { .any }
    func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Array: BodyValue where Element: BodyValue {
    static var schema: Schema { .list(of: Element.schema) }
    func write(to writer: inout JSONWriter) {
        writer.array { writer in for element in self { element.write(to: &writer) } }
    }
}

extension Optional: BodyValue where Wrapped: BodyValue {
    static var schema: Schema { Wrapped.schema }
    static var isOptional: Bool { true }
    func write(to writer: inout JSONWriter) {
        if let self { self.write(to: &writer) } else { writer.null() }
    }
}
