import CLibPQ

/// One PGresult, cleared when the last reference goes.
struct ServerResult: ~Copyable {
    private let pointer: OpaquePointer

    init?(_ pointer: OpaquePointer?) {
        guard let pointer else { return nil }
        self.pointer = pointer
    }

    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }

    /// True when COPY data is binary.
    var isBinaryCopy: Bool { PQbinaryTuples(pointer) == 1 }

    /// The number of rows that the statement affected or returned; 0 for statements without a count.
    var affectedRows: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// The command's tag: "INSERT 0 1", "COMMIT", ….
    var commandTag: String { PQcmdStatus(pointer).map { String(cString: $0) } ?? "" }

    /// Names and types of the columns.
    func columnTable(query: String) -> ColumnTable {
        let indices = 0..<PQnfields(pointer)
        return ColumnTable(
            query: query,
            names: indices.map { PQfname(pointer, $0).map { String(cString: $0) } ?? "" },
            types: indices.map { PostgresType(oid: PQftype(pointer, $0)) }
        )
    }

    /// Copies the cells into one array that the rows share: one allocation for the bytes, one for the rows.
    /// Throws for results above 2 GiB, which belong in a COPY.
    func rows(_ columns: ColumnTable) throws(PostgresError) -> [Row] {
        let rowCount = Int(PQntuples(pointer))
        let columnCount = Int(PQnfields(pointer))
        guard rowCount > 0 else { return [] }
        let cellCount = rowCount * columnCount
        var size = 0
        for row in 0..<Int32(rowCount) {
            for column in 0..<Int32(columnCount) { size += Int(PQgetlength(pointer, row, column)) }
        }
        guard size < Int(Int32.max) else {
            throw PostgresError(.decoding, "the result is larger than 2 GiB; read it with COPY", query: columns.query)
        }
        let tableEnd = 4 * cellCount
        let storage = [UInt8](unsafeUninitializedCapacity: tableEnd + size) { buffer, initialized in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            var end = 0
            var cell = 0
            for row in 0..<Int32(rowCount) {
                for column in 0..<Int32(columnCount) {
                    let length = Int(PQgetlength(pointer, row, column))
                    var mark = Int32(0)
                    if length > 0, let value = PQgetvalue(pointer, row, column) {
                        let source = UnsafeRawBufferPointer(start: value, count: length)
                        UnsafeMutableRawBufferPointer(rebasing: bytes[(tableEnd + end)...]).copyMemory(from: source)
                        end += length
                    } else if PQgetisnull(pointer, row, column) == 1 {
                        mark = .min
                    }
                    bytes.storeBytes(of: mark | Int32(end), toByteOffset: 4 * cell, as: Int32.self)
                    cell += 1
                }
            }
            initialized = tableEnd + end
        }
        return [Row](unsafeUninitializedCapacity: rowCount) { buffer, initialized in
            for row in 0..<rowCount {
                let value = Row(columns: columns, storage: storage, tableEnd: tableEnd, firstCell: row * columnCount)
                buffer.initializeElement(at: row, to: value)
            }
            initialized = rowCount
        }
    }

    /// The error of a failed result. Without a SQLSTATE the server never answered: the connection was lost.
    func error(_ context: StatementContext) -> PostgresError {
        let state = field("C")
        let message = field("M") ?? PQresultErrorMessage(pointer).map { String(cString: $0) } ?? ""
        var error = PostgresError(
            state.map { .server(SQLState($0)) } ?? .connection,
            message.split(whereSeparator: \.isNewline).joined(separator: " "),
            query: context.query,
            fileID: context.fileID,
            line: context.line
        )
        error.detail = field("D")
        error.hint = field("H")
        error.constraint = field("n")
        // Named in English whatever the language of the messages.
        if field("R") == "RevalidateCachedQuery" { error.isStalePlan = true }
        return error
    }

    /// A field of the error report; the letters are those of the protocol (PG_DIAG_SQLSTATE is 'C', …).
    private func field(_ code: Character) -> String? {
        PQresultErrorField(pointer, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
    }
}

/// The text of a statement and the line of our source that made it, for errors.
struct StatementContext: Sendable {
    let query: String
    let fileID: String
    let line: UInt

    func error(_ code: PostgresError.Code, _ message: String, kind: PostgresError.Kind? = nil) -> PostgresError {
        PostgresError(code, message, kind: kind, query: query, fileID: fileID, line: line)
    }
}
