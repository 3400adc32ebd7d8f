import CLibPQ

/// What a statement can leave behind when the connection is lost before its answer.
enum StatementEffect: Sendable {
    /// Whatever it says; committed with it unless a transaction is open.
    case statement
    /// Nothing: BEGIN, ROLLBACK, a read.
    case none
    /// COMMIT: everything before it.
    case commit
}

extension PostgresConnection {
    /// The result of one statement.
    struct Outcome: Sendable {
        var rows: [Row] = []
        var affected = 0
        var tag = ""
    }

    /// One statement by the extended protocol, prepared from its second use on.
    func run(
        _ query: SQLQuery,
        _ place: StatementPlace,
        effect: StatementEffect = .statement,
        isCancellable: Bool = true
    ) async throws -> Outcome {
        guard !query.holdsInvalidText else {
            throw place.error(.encoding, "a text value holds a NUL character, which PostgreSQL cannot store")
        }
        return try await exclusively(place, effect: effect, isCancellable: isCancellable) { connection, wait in
            try exchange(query, place, connection, &wait)
        }
    }

    /// Statements by the simple protocol.
    func runScript(
        _ sql: String,
        _ place: StatementPlace,
        effect: StatementEffect = .statement,
        isCancellable: Bool = true
    ) async throws -> Outcome {
        try await exclusively(place, effect: effect, isCancellable: isCancellable) { connection, wait in
            guard connection.send(script: sql) else { throw place.error(.connection, connection.errorMessage) }
            return try collect(nil, place, &wait).0
        }
    }

    /// An operation outside COPY, with its errors classified.
    private func exclusively(
        _ place: StatementPlace,
        effect: StatementEffect,
        isCancellable: Bool,
        _ body: (ServerConnection, inout OperationWait) throws -> Outcome
    ) async throws -> Outcome {
        if copyState == .out { try await abandonCopy() }
        return try await operation(place, isCancellable: isCancellable) { connection, wait in
            guard copyState == .none else { throw place.error(.copy, "a COPY is running on this connection") }
            let isIdle = connection.transactionStatus == PQTRANS_IDLE
            do {
                return try body(connection, &wait)
            } catch let error as PostgresError {
                throw classify(error, place, wait, committing: effect == .commit || effect == .statement && isIdle)
            }
        }
    }

    /// Says what a failure means for the caller. `committing`: the statement may have committed without an answer.
    func classify(
        _ original: PostgresError,
        _ place: StatementPlace,
        _ wait: borrowing OperationWait,
        committing: Bool
    ) -> PostgresError {
        if gate.isClosed { return place.error(.closed, "the client was shut down") }
        if wait.wasCancelled, original.sqlState == .queryCanceled || original.code == .connection {
            if original.code == .connection { close() }
            return place.error(.cancelled, "the task was cancelled")
        }
        guard original.code == .connection || original.code == .timeout || original.sqlState?.isConnectionLoss == true
        else { return original }
        var error = original
        (error.query, error.fileID, error.line) = (place.query, place.fileID, place.line)
        error.kind = committing ? .ambiguous : .retryable
        close()
        return error
    }

    // MARK: Prepared statements

    private func exchange(
        _ query: SQLQuery,
        _ place: StatementPlace,
        _ connection: ServerConnection,
        _ wait: inout OperationWait
    ) throws -> Outcome {
        let isIdle = connection.transactionStatus == PQTRANS_IDLE
        guard usesPreparedStatements, let name = try name(for: query, place, isIdle, connection, &wait) else {
            return try unnamed(query, place, connection, &wait)
        }
        do {
            guard connection.sendPrepared(name, query) else { throw place.error(.connection, connection.errorMessage) }
            let (outcome, columns) = try collect(statements.use(query)?.columns, place, &wait)
            if let columns { statements.setColumns(columns, for: query) }
            return outcome
        } catch let error as PostgresError where error.isStalePlan || error.sqlState == .undefinedPreparedStatement {
            // The table was altered, or somebody deallocated: nothing was executed.
            statements.remove(query)
            if isIdle { return try unnamed(query, place, connection, &wait) }
            var error = error
            error.kind = .retryable
            throw error
        }
    }

    private func unnamed(
        _ query: SQLQuery,
        _ place: StatementPlace,
        _ connection: ServerConnection,
        _ wait: inout OperationWait
    ) throws -> Outcome {
        guard connection.send(query) else { throw place.error(.connection, connection.errorMessage) }
        return try collect(nil, place, &wait).0
    }

    /// The name of the prepared statement, preparing it at its second use; nil to run it without one.
    private func name(
        for query: SQLQuery,
        _ place: StatementPlace,
        _ isIdle: Bool,
        _ connection: ServerConnection,
        _ wait: inout OperationWait
    ) throws -> String? {
        guard let entry = statements.use(query) else {
            // Dropping a statement takes a command, and should that fail it must not fail a transaction with it.
            if !isIdle, statements.dropsStatement(adding: query) { return nil }
            if let evicted = statements.insert(query) {
                guard connection.send(script: "DEALLOCATE \(evicted)") else { return nil }
                _ = try collect(nil, place, &wait)
            }
            return nil
        }
        if let name = entry.name { return name }
        let name = statements.nextName()
        guard connection.sendPrepare(name, query) else { throw place.error(.connection, connection.errorMessage) }
        _ = try collect(nil, place, &wait)
        statements.setName(name, for: query)
        return name
    }

    // MARK: Results

    /// Reads all results of what was sent; throws the first error after the last result.
    private func collect(
        _ knownColumns: ColumnTable?,
        _ place: StatementPlace,
        _ wait: inout OperationWait
    ) throws -> (Outcome, ColumnTable?) {
        var outcome = Outcome()
        var columns = knownColumns
        var failure: PostgresError?
        try wait.flush()
        while let result = try wait.nextResult() {
            switch result.status {
            case PGRES_TUPLES_OK:
                let table = columns ?? result.columnTable(query: place.query)
                columns = table
                do throws(PostgresError) {
                    outcome.rows = try result.rows(table)
                } catch {
                    failure = failure ?? error
                }
                (outcome.affected, outcome.tag) = (result.affectedRows, result.commandTag)
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                (outcome.affected, outcome.tag) = (result.affectedRows, result.commandTag)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                // libpq would now wait for COPY data for ever.
                close()
                throw place.error(.copy, "COPY runs through copyIn and copyOut")
            default:
                failure = failure ?? result.error(place)
            }
        }
        if let failure { throw failure }
        return (outcome, columns)
    }
}
