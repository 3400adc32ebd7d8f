package import FoundationEssentials

extension Bool: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .bool }

    package func encode(into buffer: inout BindBuffer) { buffer.append(self ? 1 : 0 as UInt8) }

    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Bool {
        guard cell.type == .bool else { throw .mismatch(expected: "Bool") }
        return try cell.load(UInt8.self, for: Bool.self) != 0
    }
}

// MARK: Numbers

/// int2, int4, int8 and oid, if the value fits.
extension PostgresDecodable where Self: FixedWidthInteger {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        let wide: Int64 =
            switch cell.type {
            case .int8: try cell.load(Int64.self, for: Self.self)
            case .int4: Int64(try cell.load(Int32.self, for: Self.self))
            case .int2: Int64(try cell.load(Int16.self, for: Self.self))
            case .oid: Int64(try cell.load(UInt32.self, for: Self.self))
            default: throw .mismatch(expected: "\(Self.self)")
            }
        guard let value = Self(exactly: wide) else { throw .malformed(expected: "\(Self.self)") }
        return value
    }
}

extension Int32: PostgresArrayElement {
    package static var postgresType: PostgresType { .int4 }
    package static var postgresArrayType: PostgresType { .int4Array }
    package func encode(into buffer: inout BindBuffer) { buffer.append(self) }
}

extension Int64: PostgresArrayElement {
    package static var postgresType: PostgresType { .int8 }
    package static var postgresArrayType: PostgresType { .int8Array }
    package func encode(into buffer: inout BindBuffer) { buffer.append(self) }
}

extension Int: PostgresArrayElement {
    package static var postgresType: PostgresType { .int8 }
    package static var postgresArrayType: PostgresType { .int8Array }
    package func encode(into buffer: inout BindBuffer) { buffer.append(Int64(self)) }
}

/// float4 and float8 (nearest value), int2 and int4 (exact).
extension PostgresDecodable where Self: BinaryFloatingPoint {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        return switch cell.type {
        case .float8: Self(Double(bitPattern: try cell.load(UInt64.self, for: Self.self)))
        case .float4: Self(Float(bitPattern: try cell.load(UInt32.self, for: Self.self)))
        case .int2, .int4: Self(try Int32.decode(cell))
        default: throw .mismatch(expected: "\(Self.self)")
        }
    }
}

extension Float: PostgresArrayElement {
    package static var postgresType: PostgresType { .float4 }
    package static var postgresArrayType: PostgresType { .float4Array }
    package func encode(into buffer: inout BindBuffer) { buffer.append(bitPattern) }
}

extension Double: PostgresArrayElement {
    package static var postgresType: PostgresType { .float8 }
    package static var postgresArrayType: PostgresType { .float8Array }
    package func encode(into buffer: inout BindBuffer) { buffer.append(bitPattern) }
}

// MARK: Text

/// Sent as untyped text, like a quoted literal, so it fits columns of any type: text, enum, numeric, inet, ….
/// Where the server cannot infer the type, say `\(value)::text`.
///
/// Read from text, varchar, bpchar, name, json, jsonb, xml, and types made by CREATE TYPE whose binary form is text (enums,
/// citext). Select anything else as `column::text`.
extension String: PostgresArrayElement {
    package static var postgresType: PostgresType { .inferred }
    package static var isPostgresText: Bool { true }
    package static var postgresArrayType: PostgresType { .textArray }

    package func encode(into buffer: inout BindBuffer) { buffer.append(self) }

    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> String {
        switch cell.type {
        case .text, .varchar, .bpchar, .name, .json, .jsonb, .xml, .unknown: break
        case let type where type.isUserDefined: break
        default: throw .mismatch(expected: "String")
        }
        guard let bytes = cell.textBytes, let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed(expected: "String")
        }
        return text
    }
}

/// JSON as text, bound as jsonb (assigned to a json column all the same).
package struct JSONText: PostgresEncodable, Hashable {
    /// The document, not checked here; the server refuses malformed JSON with 22P02.
    package var text: String

    /// Wraps a document.
    package init(_ text: String) { self.text = text }

    package static var postgresType: PostgresType { .jsonb }
    package static var isPostgresText: Bool { true }
    package func encode(into buffer: inout BindBuffer) { buffer.append(text) }
}

// MARK: Time

/// Sent as timestamptz; read from timestamptz, timestamp (taken as UTC) and date (midnight UTC).
extension Date: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .timestamptz }

    package func encode(into buffer: inout BindBuffer) { buffer.append(postgresMicroseconds) }

    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Date {
        switch cell.type {
        case .timestamptz, .timestamp:
            return Date(postgresMicroseconds: try cell.load(Int64.self, for: Date.self))
        case .date:
            let days = try cell.load(Int32.self, for: Date.self)
            return switch days {
            case .max: .distantFuture
            case .min: .distantPast
            default: Date(postgresMicroseconds: Int64(days) * 86_400_000_000)
            }
        default: throw .mismatch(expected: "Date")
        }
    }

    /// Seconds from 2000-01-01 (PostgreSQL's epoch) to 2001-01-01 (Date's): 2000 was a leap year.
    private static let epochOffset = 366.0 * 86_400

    /// Microseconds since 2000-01-01 UTC, rounded; dates beyond what PostgreSQL can hold are ±infinity.
    var postgresMicroseconds: Int64 {
        let value = ((timeIntervalSinceReferenceDate + Self.epochOffset) * 1_000_000).rounded()
        return Int64(exactly: value) ?? (value > 0 ? .max : .min)
    }

    /// The date of a binary timestamptz; ±infinity are the distant future and past.
    init(postgresMicroseconds: Int64) {
        switch postgresMicroseconds {
        case .max: self = .distantFuture
        case .min: self = .distantPast
        default:
            self.init(timeIntervalSinceReferenceDate: Double(postgresMicroseconds) / 1_000_000 - Self.epochOffset)
        }
    }
}

extension PostgresCell {
    /// The bytes as an integer of exactly their size, on the way to a value of `type`.
    func load<T: FixedWidthInteger>(_: T.Type, for type: Any.Type) throws(PostgresDecodingFailure) -> T {
        guard bytes.count == MemoryLayout<T>.size else { throw .malformed(expected: "\(type)") }
        return T(bigEndian: bytes.loadUnaligned(as: T.self))
    }

    /// The bytes without the version byte (1) that binary jsonb begins with; nil for another version.
    var textBytes: UnsafeRawBufferPointer? {
        guard type == .jsonb else { return bytes }
        guard bytes.first == 1 else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    }
}
