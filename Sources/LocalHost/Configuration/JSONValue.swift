import Foundation

/// Any JSON document. Used where LocalHost must carry values it does not own: binding data, handler outputs, host.json.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Parses strict JSON; any top-level value is accepted.
    ///
    /// - Throws: `JSONValueError` with the line, the column and what is wrong there.
    init(parsing bytes: some Sequence<UInt8>) throws(JSONValueError) {
        let text = Array(bytes)
        try self.init(parsing: text, asWrittenIn: text)
    }

    /// Parses JSON that may hold `//` and `/* */` comments, as the host's own files may.
    init(parsingWithComments text: String) throws(JSONValueError) {
        let original = Array(text.utf8)
        try self.init(parsing: JSONComments.removed(from: original), asWrittenIn: original)
    }

    private init(parsing text: [UInt8], asWrittenIn original: [UInt8]) throws(JSONValueError) {
        if let fault = JSONFault.first(in: text, asWrittenIn: original) {
            throw JSONValueError(message: fault.description)
        }
        do {
            self = try JSONDecoder().decode(JSONValue.self, from: Data(text))
        } catch {
            throw JSONValueError(message: JSONValueError.describe(error))
        }
    }

    /// Compact JSON with sorted keys, so that the same value always gives the same bytes.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "null" }
        return String(decoding: data, as: UTF8.self)
    }

    var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    var arrayValue: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    var objectValue: [String: JSONValue]? {
        if case .object(let value) = self { value } else { nil }
    }

    var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    var integerValue: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// A member by its name, ignoring case as the host's configuration does.
    subscript(member: String) -> JSONValue? {
        guard let object = objectValue else { return nil }
        if let exact = object[member] { return exact }
        let wanted = member.lowercased()
        return object.first { $0.key.lowercased() == wanted }?.value
    }
}

/// Why a text is not JSON.
struct JSONValueError: Error, CustomStringConvertible {
    let message: String

    var description: String { message }

    /// For what follows the grammar and is refused all the same: half a surrogate pair, a number beyond all bounds.
    fileprivate static func describe(_ error: any Error) -> String {
        guard case DecodingError.dataCorrupted(let context) = error else { return "\(error)" }
        if let cause = context.underlyingError {
            return "\((cause as NSError).userInfo["NSDebugDescription"] ?? cause)"
        }
        return context.debugDescription
    }
}

extension JSONValue: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(nilLiteral: ()) { self = .null }
}
