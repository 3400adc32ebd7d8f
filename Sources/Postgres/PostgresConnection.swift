/// One exclusive connection on its own thread.
package actor PostgresConnection {
    /// Runs one statement and returns its rows.
    package func query(_ query: SQLQuery, fileID: String = #fileID, line: UInt = #line) async throws -> [Row] {
        throw PostgresError(.closed, "not built yet")
    }

    /// Runs one statement and returns the number of rows it affected.
    @discardableResult
    package func execute(_ query: SQLQuery, fileID: String = #fileID, line: UInt = #line) async throws -> Int {
        throw PostgresError(.closed, "not built yet")
    }

    /// Sends rows by binary COPY and returns the number that the server stored.
    @discardableResult
    package nonisolated func copyIn(
        _ statement: SQLQuery,
        columns: Int,
        fileID: String = #fileID,
        line: UInt = #line,
        _ body: (inout CopyWriter) async throws -> Void
    ) async throws -> Int {
        throw PostgresError(.closed, "not built yet")
    }

    /// The rows of a `COPY … TO STDOUT (FORMAT binary)`, in batches.
    package nonisolated func copyOut(
        _ statement: SQLQuery,
        fileID: String = #fileID,
        line: UInt = #line
    ) -> CopyRows {
        CopyRows()
    }
}
