package import FoundationEssentials

/// How a bind value is written.
package enum PostgresFormat: Sendable, Hashable {
    /// The type's text form; the server converts it to the type it expects.
    case text
    /// The type's binary form, which must be of exactly `postgresType`.
    case binary
}

/// Bytes of bind values and COPY fields, in network byte order.
package struct BindBuffer: Sendable, Hashable {
    package var bytes: [UInt8] = []

    /// An empty buffer.
    package init() {}

    /// Appends an integer, most significant byte first.
    package mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends the UTF-8 of a string.
    package mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Appends bytes as they are.
    package mutating func append(_ raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }
}

/// A Swift type that can be a bind parameter.
package protocol PostgresEncodable: Sendable {
    /// The type announced to the server.
    static var postgresType: PostgresType { get }
    /// Binary unless said otherwise.
    static var postgresFormat: PostgresFormat { get }
    /// Appends the value.
    func encode(into buffer: inout BindBuffer)
}

extension PostgresEncodable {
    package static var postgresFormat: PostgresFormat { .binary }
}

extension Bool: PostgresEncodable {
    package static var postgresType: PostgresType { .bool }
    package func encode(into buffer: inout BindBuffer) { buffer.append(self ? 1 : 0 as UInt8) }
}

extension Int16: PostgresEncodable {
    package static var postgresType: PostgresType { .int2 }
    package func encode(into buffer: inout BindBuffer) { buffer.append(self) }
}

extension Int32: PostgresEncodable {
    package static var postgresType: PostgresType { .int4 }
    package func encode(into buffer: inout BindBuffer) { buffer.append(self) }
}

extension Int64: PostgresEncodable {
    package static var postgresType: PostgresType { .int8 }
    package func encode(into buffer: inout BindBuffer) { buffer.append(self) }
}

extension Int: PostgresEncodable {
    package static var postgresType: PostgresType { .int8 }
    package func encode(into buffer: inout BindBuffer) { buffer.append(Int64(self)) }
}

extension Float: PostgresEncodable {
    package static var postgresType: PostgresType { .float4 }
    package func encode(into buffer: inout BindBuffer) { buffer.append(bitPattern) }
}

extension Double: PostgresEncodable {
    package static var postgresType: PostgresType { .float8 }
    package func encode(into buffer: inout BindBuffer) { buffer.append(bitPattern) }
}

/// Sent as untyped text, like a quoted literal, so it fits columns of any type: text, enum, numeric, inet, ….
/// Where the server cannot infer the type, say `\(value)::text`.
extension String: PostgresEncodable {
    package static var postgresType: PostgresType { .inferred }
    package static var postgresFormat: PostgresFormat { .text }
    package func encode(into buffer: inout BindBuffer) { buffer.append(self) }
}

extension Date: PostgresEncodable {
    package static var postgresType: PostgresType { .timestamptz }
    package func encode(into buffer: inout BindBuffer) { buffer.append(postgresMicroseconds) }
}

extension UUID: PostgresEncodable {
    package static var postgresType: PostgresType { .uuid }
    package func encode(into buffer: inout BindBuffer) { withUnsafeBytes(of: uuid) { buffer.append($0) } }
}

/// JSON as text, bound as jsonb (assigned to a json column all the same).
package struct JSONText: Sendable, Hashable {
    /// The document, not checked here; the server refuses malformed JSON with 22P02.
    package var text: String

    /// Wraps a document.
    package init(_ text: String) { self.text = text }
}

extension JSONText: PostgresEncodable {
    package static var postgresType: PostgresType { .jsonb }
    package static var postgresFormat: PostgresFormat { .text }
    package func encode(into buffer: inout BindBuffer) { buffer.append(text) }
}

extension Date {
    /// Seconds from 2000-01-01 (PostgreSQL's epoch) to 2001-01-01 (Date's): 2000 was a leap year.
    private static let epochOffset = 366.0 * 86_400

    /// Microseconds since 2000-01-01 UTC, rounded; dates beyond what PostgreSQL can hold are ±infinity.
    package var postgresMicroseconds: Int64 {
        let value = ((timeIntervalSinceReferenceDate + Self.epochOffset) * 1_000_000).rounded()
        return Int64(exactly: value) ?? (value > 0 ? .max : .min)
    }

    /// The date of a binary timestamptz; ±infinity are the distant future and past.
    package init(postgresMicroseconds: Int64) {
        switch postgresMicroseconds {
        case .max: self = .distantFuture
        case .min: self = .distantPast
        default:
            self.init(timeIntervalSinceReferenceDate: Double(postgresMicroseconds) / 1_000_000 - Self.epochOffset)
        }
    }
}
