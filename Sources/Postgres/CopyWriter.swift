package import FoundationEssentials

/// Collects rows and sends them in large pieces.
package struct CopyWriter {
    /// Writes one row; `fill` appends its fields in order.
    package mutating func writeRow(_ fill: (inout CopyRowWriter) throws -> Void) async throws {}

    /// Writes a row for each element; the fast way for many rows.
    package mutating func writeRows<C: Collection>(
        _ rows: C,
        _ fill: (C.Element, inout CopyRowWriter) throws -> Void
    ) async throws {}
}

/// The fields of one row, appended in the order of the COPY statement's columns.
package struct CopyRowWriter {
    package mutating func append(_ value: Int64) {}
    package mutating func append(_ value: Int32) {}
    package mutating func append(_ value: Int16) {}
    package mutating func append(_ value: Double) {}
    package mutating func append(_ value: Float) {}
    package mutating func append(_ value: Bool) {}
    package mutating func append(_ value: String) {}
    package mutating func append(_ value: Date) {}
    package mutating func append(_ value: Date?) {}
    /// bytea, or the bytes of any type.
    package mutating func append(bytes: [UInt8]) {}
    /// jsonb from the UTF-8 of a document.
    package mutating func append(jsonb: [UInt8]) {}
    package mutating func append(jsonb: String) {}
    package mutating func appendNull() {}
}
