package import FoundationEssentials

extension CopyRow {
    /// True when the column is NULL or there is no such column.
    package func isNull(_ column: Int) -> Bool { (try? withBytes(column) { $0 == nil }) ?? true }

    /// An int8.
    package func int64(_ column: Int) throws -> Int64 { try load(column, as: Int64.self, "Int64") }

    /// An int4.
    package func int32(_ column: Int) throws -> Int32 { try load(column, as: Int32.self, "Int32") }

    /// An int2.
    package func int16(_ column: Int) throws -> Int16 { try load(column, as: Int16.self, "Int16") }

    /// A float8.
    package func double(_ column: Int) throws -> Double {
        Double(bitPattern: try load(column, as: UInt64.self, "Double"))
    }

    /// A float4.
    package func float(_ column: Int) throws -> Float { Float(bitPattern: try load(column, as: UInt32.self, "Float")) }

    /// A bool.
    package func bool(_ column: Int) throws -> Bool { try load(column, as: UInt8.self, "Bool") != 0 }

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

    /// The text of a jsonb.
    package func jsonb(_ column: Int) throws -> String {
        try withBytes(column) { bytes in
            guard let bytes else { throw failure(column, "jsonb", "NULL") }
            guard bytes.first == 1, let text = String(validating: bytes.dropFirst(), as: UTF8.self) else {
                throw failure(column, "jsonb", "something else")
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

    /// A uuid.
    package func uuid(_ column: Int) throws -> UUID {
        try withBytes(column) { bytes in
            guard let bytes, bytes.count == 16 else { throw failure(column, "UUID", "something else") }
            return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
        }
    }

    /// A bytea, or the binary form of any type, copied.
    package func bytes(_ column: Int) throws -> [UInt8] {
        try withBytes(column) { bytes in
            guard let bytes else { throw failure(column, "[UInt8]", "NULL") }
            return [UInt8](bytes)
        }
    }
}
