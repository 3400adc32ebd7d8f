package import FoundationEssentials

/// Finds the rows and fields in the bytes of a COPY.
struct CopyParser: Sendable {
    private var hasHeader = false

    /// The rows in `buffer`, which holds complete rows; nil when there are none.
    mutating func batch(_ buffer: [UInt8], _ context: StatementContext) throws(PostgresError) -> CopyBatch? {
        var fields: [Int32] = []
        var columnCount = 0
        var offset = 0
        func malformed() -> PostgresError { context.error(.copy, "the COPY data from the server is malformed") }
        func integer<T: FixedWidthInteger>(_ type: T.Type) throws(PostgresError) -> Int {
            guard offset + MemoryLayout<T>.size <= buffer.count else { throw malformed() }
            let value = buffer.withUnsafeBytes { T(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
            offset += MemoryLayout<T>.size
            return Int(value)
        }
        if !hasHeader, !buffer.isEmpty {
            // 11 bytes of signature, 4 of flags, then the header extension with its length.
            offset = 15
            offset += max(0, try integer(Int32.self))
            hasHeader = true
        }
        while offset < buffer.count {
            let count = try integer(Int16.self)
            if count < 0 { break }
            if fields.isEmpty {
                columnCount = count
                // A guess from the first row's size is good enough: appending grows the array if it is wrong.
                fields.reserveCapacity(count * max(16, buffer.count / 64))
            }
            guard count == columnCount else { throw malformed() }
            for _ in 0..<count {
                let length = try integer(Int32.self)
                guard offset + max(0, length) <= buffer.count else { throw malformed() }
                fields.append(Int32(offset))
                offset += max(0, length)
            }
        }
        return fields.isEmpty
            ? nil : CopyBatch(bytes: buffer, fields: fields, columnCount: columnCount, context: context)
    }
}

/// Some rows of a COPY. An object, so that a row takes it over by one reference.
final class CopyBatch: Sendable {
    let bytes: [UInt8]
    /// Where each field's value begins; its length is in the four bytes before it.
    let fields: [Int32]
    let columnCount: Int
    let context: StatementContext

    init(bytes: [UInt8], fields: [Int32], columnCount: Int, context: StatementContext) {
        (self.bytes, self.fields) = (bytes, fields)
        (self.columnCount, self.context) = (columnCount, context)
    }
}

/// One row of a COPY; columns are counted from 0 in the order of the statement. COPY does not name types, so each
/// method trusts the caller about the type and checks only the size.
package struct CopyRow: Sendable {
    let batch: CopyBatch
    let firstField: Int

    /// Calls `body` with the binary form of a column, nil for NULL, without a copy.
    package func withBytes<R>(_ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> R) throws -> R {
        guard column >= 0, column < batch.columnCount else {
            throw batch.context.error(.decoding, "no column \(column) in the COPY; it has \(batch.columnCount)")
        }
        let offset = Int(batch.fields[firstField + column])
        return try batch.bytes.withUnsafeBytes { bytes in
            let length = Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset - 4, as: Int32.self))
            guard length >= 0 else { return try body(nil) }
            return try body(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(length)]))
        }
    }

    /// True when the column is NULL or there is no such column.
    package func isNull(_ column: Int) -> Bool {
        guard column >= 0, column < batch.columnCount else { return true }
        let offset = Int(batch.fields[firstField + column]) - 4
        return batch.bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Int32.self) == -1 }
    }

    /// An int2.
    package func int16(_ column: Int) throws -> Int16 { try load(column, as: Int16.self, "Int16") }

    /// An int8.
    package func int64(_ column: Int) throws -> Int64 { try load(column, as: Int64.self, "Int64") }

    /// A float4.
    package func float(_ column: Int) throws -> Float { Float(bitPattern: try load(column, as: UInt32.self, "Float")) }

    /// A text, varchar, bpchar, name, json or enum.
    package func string(_ column: Int) throws -> String {
        try withBytes(column) { bytes in
            guard let bytes else { throw failure(column, "String", "NULL") }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw failure(column, "String", "bytes that are not UTF-8")
            }
            return text
        }
    }

    /// A timestamptz.
    package func date(_ column: Int) throws -> Date {
        Date(postgresMicroseconds: try load(column, as: Int64.self, "Date"))
    }

    /// A timestamptz as microseconds since 1970-01-01 UTC.
    package func microseconds(_ column: Int) throws -> Int64 {
        // 2000-01-01 is 10,957 days after 1970-01-01.
        let (value, overflow) = try load(column, as: Int64.self, "Date").addingReportingOverflow(946_684_800_000_000)
        guard !overflow else { throw failure(column, "a finite date", "infinity") }
        return value
    }

    private func load<T: FixedWidthInteger>(_ column: Int, as type: T.Type, _ expected: String) throws -> T {
        try withBytes(column) { bytes in
            guard let bytes else { throw failure(column, expected, "NULL") }
            guard bytes.count == MemoryLayout<T>.size else { throw failure(column, expected, "\(bytes.count) bytes") }
            return T(bigEndian: bytes.loadUnaligned(as: T.self))
        }
    }

    private func failure(_ column: Int, _ expected: String, _ actual: String) -> PostgresError {
        batch.context.error(.decoding, "column \(column) of the COPY: expected \(expected), the server sent \(actual)")
    }
}
