package import FoundationEssentials

/// The rows of a binary COPY as a stream of batches.
package struct CopyRows: AsyncSequence, Sendable {
    package struct AsyncIterator: AsyncIteratorProtocol {
        package mutating func next() async throws -> CopyBatch? { nil }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
}

/// Some rows of a COPY, read synchronously.
package struct CopyBatch: Sendable {
    package struct Rows: Sequence, IteratorProtocol, Sendable {
        package mutating func next() -> CopyRow? { nil }
    }

    /// The rows, in the order the server sent them.
    package var rows: Rows { Rows() }
}

/// One row of a COPY; columns are counted from 0 in the order of the statement.
package struct CopyRow: Sendable {
    private var missing: PostgresError { PostgresError(.closed, "not built yet") }

    package func isNull(_ column: Int) -> Bool { true }
    package func int64(_ column: Int) throws -> Int64 { throw missing }
    package func int32(_ column: Int) throws -> Int32 { throw missing }
    package func int16(_ column: Int) throws -> Int16 { throw missing }
    package func double(_ column: Int) throws -> Double { throw missing }
    package func float(_ column: Int) throws -> Float { throw missing }
    package func bool(_ column: Int) throws -> Bool { throw missing }
    package func string(_ column: Int) throws -> String { throw missing }
    package func date(_ column: Int) throws -> Date { throw missing }
    /// A timestamptz as microseconds since 1970-01-01 UTC.
    package func microseconds(_ column: Int) throws -> Int64 { throw missing }
    package func bytes(_ column: Int) throws -> [UInt8] { throw missing }
}
