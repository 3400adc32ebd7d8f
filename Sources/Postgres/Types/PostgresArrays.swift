package import FoundationEssentials

/// An element of a one-dimensional array, or a byte of `bytea`.
package protocol PostgresArrayElement: Sendable {
    /// The type of the array.
    static var postgresArrayType: PostgresType { get }
    /// Appends the array.
    static func encode(array: [Self], into buffer: inout BindBuffer)
    /// Reads the array; NULL elements are an error.
    static func decode(array cell: PostgresCell) throws(PostgresDecodingFailure) -> [Self]
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }
    package func encode(into buffer: inout BindBuffer) { Element.encode(array: self, into: &buffer) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> [Element] {
        try Element.decode(array: cell)
    }
}

/// `[UInt8]` is bytea.
extension UInt8: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .bytea }

    package static func encode(array: [UInt8], into buffer: inout BindBuffer) {
        buffer.bytes.append(contentsOf: array)
    }

    package static func decode(array cell: PostgresCell) throws(PostgresDecodingFailure) -> [UInt8] {
        guard cell.type == .bytea else { throw .mismatch(expected: "[UInt8]") }
        return [UInt8](cell.bytes)
    }
}

/// The wire form: dimensions, has-null flag, element type, then length and lower bound of the one dimension, then
/// each element with its length (array_send in the server's arrayfuncs.c).
extension PostgresArrayElement where Self: PostgresEncodable & PostgresDecodable {
    package static func encode(array: [Self], into buffer: inout BindBuffer) {
        buffer.append(Int32(array.isEmpty ? 0 : 1))
        buffer.append(Int32(0))
        // Untyped text needs a concrete type inside an array.
        buffer.append(postgresType == .inferred ? PostgresType.text.oid : postgresType.oid)
        guard !array.isEmpty else { return }
        buffer.append(Int32(array.count))
        buffer.append(Int32(1))
        for element in array {
            let lengthOffset = buffer.bytes.count
            buffer.append(Int32(0))
            element.encode(into: &buffer)
            let length = UInt32(buffer.bytes.count - lengthOffset - 4)
            for byte in 0..<4 {
                buffer.bytes[lengthOffset + byte] = UInt8(truncatingIfNeeded: length >> (24 - 8 * byte))
            }
        }
    }

    package static func decode(array cell: PostgresCell) throws(PostgresDecodingFailure) -> [Self] {
        let expected = "[\(Self.self)]"
        guard PostgresType.isArray(cell.type) else { throw .mismatch(expected: expected) }
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
        var elements: [Self] = []
        // Each element takes at least its 4-byte length, so a hostile count cannot reserve more than the cell's size.
        guard count >= 0, count <= cell.bytes.count / 4 else { throw .malformed(expected: expected) }
        elements.reserveCapacity(count)
        for _ in 0..<count {
            let length = try next()
            guard length >= 0 else { throw .null(expected: "\(Self.self)") }
            guard offset + length <= cell.bytes.count else { throw .malformed(expected: expected) }
            let bytes = UnsafeRawBufferPointer(rebasing: cell.bytes[offset..<offset + length])
            elements.append(try Self.decode(PostgresCell(type: elementType, bytes: bytes)))
            offset += length
        }
        return elements
    }
}

extension PostgresType {
    static func isArray(_ type: PostgresType) -> Bool { arrayTypes.contains(type) || type.isUserDefined }

    private static let arrayTypes: Set<PostgresType> = [
        .boolArray, .int2Array, .int4Array, .int8Array, .textArray, .varcharArray, .float4Array, .float8Array,
        .timestamptzArray, .uuidArray, PostgresType(oid: 1014), PostgresType(oid: 1003), PostgresType(oid: 1231),
        PostgresType(oid: 3807), PostgresType(oid: 199), PostgresType(oid: 1182), PostgresType(oid: 1115),
    ]
}

extension Bool: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .boolArray }
}
extension Int16: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .int2Array }
}
extension Int32: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .int4Array }
}
extension Int64: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .int8Array }
}
extension Int: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .int8Array }
}
extension Float: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .float4Array }
}
extension Double: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .float8Array }
}
extension String: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .textArray }
}
extension Date: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .timestamptzArray }
}
extension UUID: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .uuidArray }
}
