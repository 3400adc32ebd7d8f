package import FoundationEssentials

/// Collects the rows of a `copyIn` and sends them in chunks; sending waits until the server can take the chunk.
package struct CopyWriter {
    /// Bytes. Large enough that a hop to the connection's thread is cheap beside the copying, small enough for any cache.
    private static let chunkSize = 256 * 1024

    private let connection: PostgresConnection
    private let columns: Int
    private let context: StatementContext
    private var row = CopyRowWriter()

    /// Rows written so far.
    package private(set) var rowCount = 0

    init(connection: PostgresConnection, columns: Int, context: StatementContext) {
        self.connection = connection
        self.columns = columns
        self.context = context
        row.buffer.bytes.reserveCapacity(Self.chunkSize + Self.chunkSize / 4)
        // Signature, no flags, no header extension (PostgreSQL manual, COPY, binary format).
        row.buffer.bytes.append(contentsOf: Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0])
        row.buffer.append(Int32(0))
        row.buffer.append(Int32(0))
    }

    /// Writes a row for each element; `fill` appends its fields in the order of the statement's columns. When it throws, the
    /// row is dropped and the caller may go on. Only full chunks suspend.
    package mutating func writeRows<C: Collection>(
        _ rows: C,
        _ fill: (C.Element, inout CopyRowWriter) throws -> Void
    ) async throws {
        for element in rows {
            try append { try fill(element, &$0) }
            if row.buffer.bytes.count >= Self.chunkSize { try await send() }
        }
    }

    private mutating func append(_ fill: (inout CopyRowWriter) throws -> Void) throws {
        let start = row.buffer.bytes.count
        row.buffer.append(Int16(truncatingIfNeeded: columns))
        row.fieldCount = 0
        do {
            try fill(&row)
            guard row.fieldCount == columns else {
                throw context.error(.copy, "row \(rowCount + 1) has \(row.fieldCount) fields, the COPY has \(columns)")
            }
        } catch {
            row.buffer.bytes.removeSubrange(start...)
            throw error
        }
        rowCount += 1
    }

    /// Sends the trailer and what is left.
    mutating func finish() async throws {
        row.buffer.append(Int16(-1))
        try await send()
    }

    private mutating func send() async throws {
        try await connection.sendCopy(row.buffer.bytes, context)
        row.buffer.bytes.removeAll(keepingCapacity: true)
    }
}

/// The fields of one row, appended in the order of the COPY statement's columns.
///
/// Binary COPY does not convert: each value must be of exactly the column's type (Int64 for int8, Int32 for int4, …).
package struct CopyRowWriter {
    var buffer = BindBuffer()
    var fieldCount = 0

    /// An int8.
    package mutating func append(_ value: Int64) { field(4 + 8) { $0.store(UInt64(bitPattern: value)) } }

    /// An int4.
    package mutating func append(_ value: Int32) { field(4 + 4) { $0.store(UInt32(bitPattern: value)) } }

    /// A float4.
    package mutating func append(_ value: Float) { field(4 + 4) { $0.store(value.bitPattern) } }

    /// A bool.
    package mutating func append(_ value: Bool) { field(4 + 1) { $0.store(value ? 1 : 0 as UInt8) } }

    /// A text, varchar, bpchar, name, json or enum.
    package mutating func append(_ value: String) {
        buffer.append(Int32(value.utf8.count))
        buffer.append(value)
        fieldCount += 1
    }

    /// A timestamptz.
    package mutating func append(_ value: Date) { append(value.postgresMicroseconds) }

    /// A value of any type that can be a bind parameter; nil is NULL.
    package mutating func append<T: PostgresEncodable>(_ value: T?) {
        guard let value else { return appendNull() }
        buffer.appendCounted { buffer in
            if T.postgresType == .jsonb { buffer.append(1 as UInt8) }
            value.encode(into: &buffer)
        }
        fieldCount += 1
    }

    /// A jsonb from the UTF-8 of a document; the server checks it.
    package mutating func append(jsonb: [UInt8]) {
        buffer.append(Int32(jsonb.count + 1))
        buffer.append(1 as UInt8)
        buffer.bytes.append(contentsOf: jsonb)
        fieldCount += 1
    }

    /// NULL.
    mutating func appendNull() {
        buffer.append(Int32(-1))
        fieldCount += 1
    }

    /// Length and value in one append.
    private struct Field {
        var bytes: UnsafeMutableRawBufferPointer

        func store<T: FixedWidthInteger>(_ value: T) {
            bytes.storeBytes(of: UInt32(MemoryLayout<T>.size).bigEndian, as: UInt32.self)
            bytes.storeBytes(of: value.bigEndian, toByteOffset: 4, as: T.self)
        }
    }

    private mutating func field(_ size: Int, _ store: (Field) -> Void) {
        var scratch: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &scratch) { bytes in
            store(Field(bytes: bytes))
            buffer.bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[..<size]))
        }
        fieldCount += 1
    }
}
