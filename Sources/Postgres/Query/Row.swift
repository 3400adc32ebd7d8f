/// Names and types of a result's columns, shared by its rows and, for prepared statements, by all its results.
final class ColumnTable: Sendable {
    let query: String
    let names: [String]
    let types: [PostgresType]

    init(query: String, names: [String], types: [PostgresType]) {
        self.query = query
        self.names = names
        self.types = types
    }
}

/// One row of a result: a view into the bytes that all rows of the result share.
package struct Row: Sendable {
    let columns: ColumnTable
    /// For each cell of each row a little table of Int32: the end of its bytes (counted from the end of the table),
    /// sign bit set for NULL; then the bytes.
    let storage: [UInt8]
    let tableEnd: Int
    let firstCell: Int

    /// Reads the column of this name; the cost is a search through the names.
    package func decode<T: PostgresDecodable>(
        _ type: T.Type,
        _ column: String,
        fileID: String = #fileID,
        line: UInt = #line
    ) throws(PostgresError) -> T {
        guard let index = columns.names.firstIndex(of: column) else {
            let names = columns.names.joined(separator: ", ")
            throw error("no column \"\(column)\" in the result; it has \(names)", fileID, line)
        }
        return try decode(type, at: index, fileID: fileID, line: line)
    }

    /// Reads the column at this index, counted from 0.
    package func decode<T: PostgresDecodable>(
        _ type: T.Type,
        at index: Int,
        fileID: String = #fileID,
        line: UInt = #line
    ) throws(PostgresError) -> T {
        try checkColumn(index, fileID, line)
        do throws(PostgresDecodingFailure) {
            return try withCell(index) { (cell) throws(PostgresDecodingFailure) in
                if let cell { try T.decode(cell) } else { try T.decodeNull() }
            }
        } catch {
            let column = "column \"\(columns.names[index])\" (\(index))"
            let type = columns.types[index]
            let text =
                switch error {
                case .mismatch(let expected): "\(column): expected \(expected), the server sent \(type)"
                case .null(let expected): "\(column): expected \(expected), the server sent NULL"
                case .malformed(let expected): "\(column): the \(type) value does not fit \(expected)"
                }
            throw self.error(text, fileID, line)
        }
    }

    /// The raw bytes of a column without a copy: binary form, for jsonb the JSON text; nil for NULL.
    package func withBytes<R>(
        at index: Int,
        fileID: String = #fileID,
        line: UInt = #line,
        _ body: (UnsafeRawBufferPointer?) throws -> R
    ) throws -> R {
        try checkColumn(index, fileID, line)
        return try withCell(index) { cell in try body(cell.map { $0.textBytes ?? $0.bytes }) }
    }

    private func checkColumn(_ index: Int, _ fileID: String, _ line: UInt) throws(PostgresError) {
        guard columns.names.indices.contains(index) else {
            throw error("no column \(index) in the result; it has \(columns.names.count)", fileID, line)
        }
    }

    private func withCell<R, E>(_ index: Int, _ body: (PostgresCell?) throws(E) -> R) throws(E) -> R {
        try storage.withUnsafeBufferPointer { (storage) throws(E) in
            let bytes = UnsafeRawBufferPointer(storage)
            func end(_ cell: Int) -> Int32 { bytes.loadUnaligned(fromByteOffset: 4 * cell, as: Int32.self) }
            let cell = firstCell + index
            let mark = end(cell)
            guard mark >= 0 else { return try body(nil) }
            let start = cell == 0 ? 0 : Int(end(cell - 1) & .max)
            let value = UnsafeRawBufferPointer(rebasing: bytes[tableEnd + start..<tableEnd + Int(mark)])
            return try body(PostgresCell(type: columns.types[index], bytes: value))
        }
    }

    private func error(_ message: String, _ fileID: String, _ line: UInt) -> PostgresError {
        PostgresError(.decoding, message, query: columns.query, fileID: fileID, line: line)
    }
}
