/// Bytes of bind values and COPY fields, in network byte order.
package struct BindBuffer: Sendable, Hashable {
    var bytes: [UInt8] = []

    /// Appends an integer, most significant byte first.
    package mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends the UTF-8 of a string.
    package mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Appends what `body` appends, after its length.
    mutating func appendCounted(_ body: (inout BindBuffer) -> Void) {
        let start = bytes.count
        append(Int32(0))
        body(&self)
        let length = UInt32(bytes.count - start - 4)
        for byte in 0..<4 { bytes[start + byte] = UInt8(truncatingIfNeeded: length >> (24 - 8 * byte)) }
    }
}

/// A Swift type that can be a bind parameter.
package protocol PostgresEncodable: Sendable {
    /// The type announced to the server.
    static var postgresType: PostgresType { get }
    /// Whether values are sent as text, which the server converts to the type it expects; else they are the binary form of
    /// exactly `postgresType`. False unless said otherwise.
    static var isPostgresText: Bool { get }
    /// Appends the value.
    func encode(into buffer: inout BindBuffer)
}

extension PostgresEncodable {
    package static var isPostgresText: Bool { false }
}

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

/// An element of a one-dimensional array.
///
/// The wire form of the array: dimensions, has-null flag, element type, then length and lower bound of the one dimension, then
/// each element with its length (array_send in the server's arrayfuncs.c).
package protocol PostgresArrayElement: PostgresEncodable, PostgresDecodable {
    /// The type of the array.
    static var postgresArrayType: PostgresType { get }
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }

    package func encode(into buffer: inout BindBuffer) {
        buffer.append(Int32(isEmpty ? 0 : 1))
        buffer.append(Int32(0))
        // Untyped text needs a concrete type inside an array.
        buffer.append(Element.postgresType == .inferred ? PostgresType.text.oid : Element.postgresType.oid)
        guard !isEmpty else { return }
        buffer.append(Int32(count))
        buffer.append(Int32(1))
        for element in self { buffer.appendCounted { element.encode(into: &$0) } }
    }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    /// NULL elements are an error.
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> [Element] {
        let expected = "[\(Element.self)]"
        guard cell.type.isArray else { throw .mismatch(expected: expected) }
        var offset = 0
        func next() throws(PostgresDecodingFailure) -> Int {
            guard offset + 4 <= cell.bytes.count else { throw .malformed(expected: expected) }
            defer { offset += 4 }
            return Int(Int32(bigEndian: cell.bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
        }
        let dimensions = try next()
        _ = try next()
        let elementType = PostgresType(oid: UInt32(truncatingIfNeeded: try next()))
        if dimensions == 0 { return [] }
        guard dimensions == 1 else { throw .mismatch(expected: expected) }
        let count = try next()
        _ = try next()
        var elements: [Element] = []
        // Each element takes at least its 4-byte length, so a hostile count cannot reserve more than the cell's size.
        guard count >= 0, count <= cell.bytes.count / 4 else { throw .malformed(expected: expected) }
        elements.reserveCapacity(count)
        for _ in 0..<count {
            let length = try next()
            guard length >= 0 else { throw .null(expected: "\(Element.self)") }
            guard offset + length <= cell.bytes.count else { throw .malformed(expected: expected) }
            let bytes = UnsafeRawBufferPointer(rebasing: cell.bytes[offset..<offset + length])
            elements.append(try Element.decode(PostgresCell(type: elementType, bytes: bytes)))
            offset += length
        }
        return elements
    }
}
