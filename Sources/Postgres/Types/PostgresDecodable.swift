package import FoundationEssentials

/// One value as the server sent it, in binary form. Valid only during the call that receives it.
package struct PostgresCell {
    /// The column's type.
    package let type: PostgresType
    /// The value; never NULL here.
    package let bytes: UnsafeRawBufferPointer
}

/// Why a value cannot be decoded; `Row` adds query, column and source line.
package enum PostgresDecodingFailure: Error, Sendable, Hashable {
    /// The column has another type.
    case mismatch(expected: String)
    /// NULL where the type is not optional.
    case null(expected: String)
    /// The bytes are not a value of the column's type, or do not fit.
    case malformed(expected: String)
}

/// A Swift type that can be read from a column.
package protocol PostgresDecodable: Sendable {
    /// Reads a value that is not NULL.
    static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self
    /// The value of NULL; throws unless the type is optional.
    static func decodeNull() throws(PostgresDecodingFailure) -> Self
}

extension PostgresDecodable {
    package static func decodeNull() throws(PostgresDecodingFailure) -> Self { throw .null(expected: "\(Self.self)") }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Wrapped? {
        try Wrapped.decode(cell)
    }

    package static func decodeNull() throws(PostgresDecodingFailure) -> Wrapped? { nil }
}

extension PostgresCell {
    func load<T: FixedWidthInteger>(as type: T.Type, expected: String) throws(PostgresDecodingFailure) -> T {
        guard bytes.count == MemoryLayout<T>.size else { throw .malformed(expected: expected) }
        return T(bigEndian: bytes.loadUnaligned(as: T.self))
    }

    /// int2, int4, int8, and numeric without a fraction.
    func integer<T: FixedWidthInteger>(as type: T.Type) throws(PostgresDecodingFailure) -> T {
        let expected = "\(T.self)"
        let wide: Int64
        switch self.type {
        case .int8: wide = try load(as: Int64.self, expected: expected)
        case .int4: wide = Int64(try load(as: Int32.self, expected: expected))
        case .int2: wide = Int64(try load(as: Int16.self, expected: expected))
        case PostgresType(oid: 26): wide = Int64(try load(as: UInt32.self, expected: expected))
        case .numeric:
            guard let value = NumericValue(bytes)?.integer else { throw .malformed(expected: expected) }
            wide = value
        default: throw .mismatch(expected: expected)
        }
        guard let value = T(exactly: wide) else { throw .malformed(expected: expected) }
        return value
    }

    /// float4, float8 and numeric (nearest value), int2 and int4 (exact).
    func floatingPoint(expected: String) throws(PostgresDecodingFailure) -> Double {
        switch type {
        case .float8: return Double(bitPattern: try load(as: UInt64.self, expected: expected))
        case .float4: return Double(Float(bitPattern: try load(as: UInt32.self, expected: expected)))
        case .int2, .int4: return Double(try integer(as: Int32.self))
        case .numeric:
            guard let value = NumericValue(bytes) else { throw .malformed(expected: expected) }
            return value.double
        default: throw .mismatch(expected: expected)
        }
    }
}

extension Bool: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Bool {
        guard cell.type == .bool else { throw .mismatch(expected: "Bool") }
        return try cell.load(as: UInt8.self, expected: "Bool") != 0
    }
}

extension Int16: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Int16 {
        try cell.integer(as: Int16.self)
    }
}

extension Int32: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Int32 {
        try cell.integer(as: Int32.self)
    }
}

extension Int64: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Int64 {
        try cell.integer(as: Int64.self)
    }
}

extension Int: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Int {
        try cell.integer(as: Int.self)
    }
}

extension Float: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Float {
        Float(try cell.floatingPoint(expected: "Float"))
    }
}

extension Double: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Double {
        try cell.floatingPoint(expected: "Double")
    }
}

/// text, varchar, bpchar, name, json, jsonb, xml, and types made by CREATE TYPE whose binary form is text (enums,
/// citext). Select anything else as `column::text`.
extension String: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> String {
        switch cell.type {
        case .text, .varchar, .bpchar, .name, .json, .xml, .unknown: break
        case .jsonb: return try JSONText.decode(cell).text
        case let type where type.isUserDefined: break
        default: throw .mismatch(expected: "String")
        }
        guard let text = String(validating: cell.bytes, as: UTF8.self) else { throw .malformed(expected: "String") }
        return text
    }
}

extension JSONText: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> JSONText {
        guard cell.type == .json || cell.type == .jsonb else { throw .mismatch(expected: "JSONText") }
        guard let bytes = cell.jsonBytes, let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed(expected: "JSONText")
        }
        return JSONText(text)
    }
}

extension PostgresCell {
    /// The bytes without the version byte (1) that binary jsonb begins with; nil for another version.
    var jsonBytes: UnsafeRawBufferPointer? {
        guard type == .jsonb else { return bytes }
        guard bytes.first == 1 else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    }
}

/// timestamptz, timestamp (taken as UTC) and date (midnight UTC).
extension Date: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Date {
        switch cell.type {
        case .timestamptz, .timestamp:
            return Date(postgresMicroseconds: try cell.load(as: Int64.self, expected: "Date"))
        case .date:
            let days = try cell.load(as: Int32.self, expected: "Date")
            return switch days {
            case .max: .distantFuture
            case .min: .distantPast
            default: Date(postgresMicroseconds: Int64(days) * 86_400_000_000)
            }
        default: throw .mismatch(expected: "Date")
        }
    }
}

extension UUID: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> UUID {
        guard cell.type == .uuid else { throw .mismatch(expected: "UUID") }
        guard cell.bytes.count == 16 else { throw .malformed(expected: "UUID") }
        return UUID(uuid: cell.bytes.loadUnaligned(as: uuid_t.self))
    }
}
