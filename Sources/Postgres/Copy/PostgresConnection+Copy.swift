import CLibPQ
import Glibc

/// Which COPY runs on a connection.
enum CopyState: Sendable, Hashable {
    case none, `in`, out
}

extension PostgresConnection {
    /// Sends rows by binary COPY and returns the number that the server stored.
    ///
    /// `statement` is `COPY table (a, b) FROM STDIN (FORMAT binary)`; `columns` is how many fields each row has. Rows
    /// are sent in chunks of 256 KiB; the writer waits while the server is slower. When `body` throws, or the task is
    /// cancelled, the server drops all rows. Errors of the server about the rows come at the end.
    @discardableResult
    package nonisolated func copyIn(
        _ statement: SQLQuery,
        columns: Int,
        fileID: String = #fileID,
        line: UInt = #line,
        _ body: (inout CopyWriter) async throws -> Void
    ) async throws -> Int {
        let context = StatementContext(query: statement.sql, fileID: fileID, line: line)
        let isIdle = try await beginCopy(statement, context, expecting: PGRES_COPY_IN, .in)
        var writer = CopyWriter(connection: self, columns: columns, context: context)
        do {
            try await body(&writer)
            try await writer.finish()
        } catch {
            await abortCopyIn(context)
            throw error
        }
        return try await finishCopyIn(context, failure: nil, isCommitting: isIdle, isCancellable: true)
    }

    /// Calls `receive` for each row of a `COPY … TO STDOUT (FORMAT binary)`, in the order in which the server sends them.
    ///
    /// Rows are read in batches of about 256 KiB when those before them have been received, so a slow receiver slows the server
    /// down instead of filling memory. When `receive` throws, the COPY is ended on the server before the next statement.
    package nonisolated func copyOut(
        _ statement: SQLQuery,
        fileID: String = #fileID,
        line: UInt = #line,
        _ receive: (CopyRow) throws -> Void
    ) async throws {
        let context = StatementContext(query: statement.sql, fileID: fileID, line: line)
        _ = try await beginCopy(statement, context, expecting: PGRES_COPY_OUT, .out)
        var parser = CopyParser()
        while true {
            let (next, advanced) = try await nextCopyBatch(parser, context)
            guard let batch = next else { return }
            parser = advanced
            for field in stride(from: 0, to: batch.fields.count, by: batch.columnCount) {
                try receive(CopyRow(batch: batch, firstField: field))
            }
        }
    }

    // MARK: In

    /// Sends a chunk of the stream; returns when the kernel has taken it.
    func sendCopy(_ chunk: [UInt8], _ context: StatementContext) async throws {
        try await operation(context) { connection, wait in
            guard copyState == .in else { throw context.error(.copy, "the COPY has ended") }
            let sent = chunk.withUnsafeBytes { bytes in
                PQputCopyData(
                    connection.pointer,
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                    Int32(bytes.count)
                )
            }
            guard sent == 1 else {
                close()
                throw context.error(.connection, connection.errorMessage)
            }
            try wait.flush()
            if wait.wasCancelled { throw context.error(.cancelled, "the task was cancelled") }
        }
    }

    private func abortCopyIn(_ context: StatementContext) async {
        do {
            _ = try await finishCopyIn(
                context,
                failure: "aborted by the client",
                isCommitting: false,
                isCancellable: false
            )
        } catch {
            // The server confirms the abort with an error; the caller throws its own reason.
        }
    }

    private func finishCopyIn(
        _ context: StatementContext,
        failure: String?,
        isCommitting: Bool,
        isCancellable: Bool
    ) async throws -> Int {
        guard copyState == .in else { throw context.error(.copy, "the COPY has ended") }
        return try await operation(context, isCancellable: isCancellable) { connection, wait in
            copyState = .none
            do {
                guard PQputCopyEnd(connection.pointer, failure) == 1 else {
                    throw context.error(.connection, connection.errorMessage)
                }
                return try finishCopy(context, &wait)
            } catch let error as PostgresError {
                throw classify(error, context, wait, committing: isCommitting)
            }
        }
    }

    // MARK: Out

    /// The next rows, at least one; nil at the end.
    private func nextCopyBatch(_ parser: CopyParser, _ context: StatementContext) async throws -> (
        CopyBatch?, CopyParser
    ) {
        // Bytes, about 300 rows of 800: the hop to this thread is then cheap beside the copying.
        let size = 256 * 1024
        return try await operation(context) { connection, wait in
            guard copyState == .out else { return (nil, parser) }
            var parser = parser
            var buffer: [UInt8] = []
            buffer.reserveCapacity(size + size / 4)
            do {
                while buffer.count < size {
                    guard try appendCopyMessage(to: &buffer, connection, &wait) else {
                        copyState = .none
                        _ = try finishCopy(context, &wait)
                        break
                    }
                }
                return (try parser.batch(buffer, context), parser)
            } catch let error as PostgresError {
                throw classify(error, context, wait, committing: false)
            }
        }
    }

    /// Appends one CopyData message (one row); false when the server has sent all.
    private func appendCopyMessage(
        to buffer: inout [UInt8],
        _ connection: ServerConnection,
        _ wait: inout OperationWait
    ) throws(PostgresError) -> Bool {
        var message: UnsafeMutablePointer<CChar>?
        while true {
            let length = PQgetCopyData(connection.pointer, &message, 1)
            if length > 0, let message {
                buffer.append(contentsOf: UnsafeRawBufferPointer(start: message, count: Int(length)))
                PQfreemem(message)
                return true
            }
            if length < 0 { return false }
            try wait.wait(for: POLLIN)
            guard PQconsumeInput(connection.pointer) == 1 else { return false }
        }
    }

    /// Ends a COPY whose caller has left it, so that the connection can be used again.
    func abandonCopy() async throws {
        let context = StatementContext(query: "COPY", fileID: #fileID, line: #line)
        if copyState == .in { return await abortCopyIn(context) }
        try await operation(context, isCancellable: false) { connection, wait in
            wait.requestCancel()
            var discarded: [UInt8] = []
            while try appendCopyMessage(to: &discarded, connection, &wait) {
                discarded.removeAll(keepingCapacity: true)
            }
            copyState = .none
            do {
                _ = try finishCopy(context, &wait)
            } catch let error as PostgresError where error.sqlState == .queryCanceled {
                // Our own request.
            }
        }
    }

    // MARK: Both

    /// Starts a COPY. Returns whether it runs outside a transaction, where its end commits.
    private func beginCopy(
        _ statement: SQLQuery,
        _ context: StatementContext,
        expecting status: ExecStatusType,
        _ state: CopyState
    ) async throws -> Bool {
        guard statement.bindCount == 0 else { throw context.error(.copy, "COPY takes no bind parameters") }
        if copyState == .out { try await abandonCopy() }
        return try await operation(context) { connection, wait in
            guard copyState == .none else { throw context.error(.copy, "a COPY is running on this connection") }
            let isIdle = connection.transactionStatus == PQTRANS_IDLE
            guard connection.send(script: statement.sql) else {
                throw context.error(.connection, connection.errorMessage)
            }
            do {
                try wait.flush()
                guard let result = try wait.nextResult() else {
                    throw context.error(.connection, connection.errorMessage)
                }
                if result.status == status, result.isBinaryCopy {
                    copyState = state
                    return isIdle
                }
                if [PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR].contains(result.status) {
                    let error = result.error(context)
                    while try wait.nextResult() != nil {}
                    throw error
                }
            } catch let error as PostgresError {
                throw classify(error, context, wait, committing: false)
            }
            // Text COPY, the other direction, or no COPY at all: what the connection expects next is unclear.
            close()
            throw context.error(
                .copy,
                "the statement is not a binary COPY \(state == .in ? "FROM STDIN" : "TO STDOUT")"
            )
        }
    }

    /// Reads the results after the last data. Returns the number of rows.
    private func finishCopy(_ context: StatementContext, _ wait: inout OperationWait) throws(PostgresError) -> Int {
        try wait.flush()
        var count = 0
        var failure: PostgresError?
        while let result = try wait.nextResult() {
            if result.status == PGRES_COMMAND_OK {
                count = result.affectedRows
            } else {
                failure = failure ?? result.error(context)
            }
        }
        if let failure { throw failure }
        return count
    }
}
