import CLibPQ
import Logging
import Synchronization
import Threading

/// What a statement can leave behind when the connection is lost before its answer.
enum StatementEffect: Sendable {
    /// A write or a read; a write is committed with it unless a transaction is open.
    case statement
    /// Nothing: BEGIN, ROLLBACK, a read.
    case none
    /// COMMIT: everything before it.
    case commit
}

/// One exclusive connection: an actor whose executor is the one thread that ever touches the PGconn, so libpq may
/// block without starving the cooperative pool.
///
/// Leased by `PostgresClient.withConnection` and `withTransaction`; do not use it after they return.
package actor PostgresConnection {
    /// The result of one statement.
    struct Outcome: Sendable {
        var rows: [Row] = []
        var affected = 0
        var tag = ""
    }

    nonisolated private let executor: ThreadExecutor
    nonisolated let gate: CancelGate
    /// True when the connection must be cleaned before the next lease: open transaction, unfinished COPY.
    nonisolated private let needsReset = Atomic<Bool>(false)
    /// True from the start of a lease to its first statement: only then may a dead connection be replaced. Later a
    /// new connection would silently stand outside the caller's transaction.
    nonisolated private let mayConnect = Atomic<Bool>(false)

    private let configuration: PostgresConfiguration
    private let breaker: SharedConnectBreaker
    let logger: Logger
    private(set) var connection: ServerConnection?
    /// The last password of the hook.
    private var givenPassword: String?
    private var statements: StatementCache
    var copyState = CopyState.none

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Does not connect. Throws when the process has no file descriptor left.
    init(
        index: Int,
        configuration: PostgresConfiguration,
        breaker: SharedConnectBreaker,
        logger: Logger
    ) throws(PostgresError) {
        gate = try CancelGate()
        executor = ThreadExecutor(name: "postgres-\(index)")
        self.configuration = configuration
        self.breaker = breaker
        self.logger = logger
        statements = StatementCache(capacity: configuration.maximumPreparedStatements)
    }

    /// Runs one statement and returns its rows. Throws `PostgresError`.
    package func query(_ query: SQLQuery, fileID: String = #fileID, line: UInt = #line) async throws -> [Row] {
        try await run(query, StatementContext(query: query.sql, fileID: fileID, line: line)).rows
    }

    /// Runs one statement and returns the number of rows it affected. Throws `PostgresError`.
    @discardableResult
    package func execute(_ query: SQLQuery, fileID: String = #fileID, line: UInt = #line) async throws -> Int {
        try await run(query, StatementContext(query: query.sql, fileID: fileID, line: line)).affected
    }

    /// Runs several statements, in one transaction unless the text has its own. No binds, no rows.
    package func executeScript(_ sql: String, fileID: String = #fileID, line: UInt = #line) async throws {
        _ = try await runScript(sql, StatementContext(query: sql, fileID: fileID, line: line))
    }

    // MARK: Leases

    /// Marks the start of a lease.
    nonisolated func beginLease() { mayConnect.store(true, ordering: .relaxed) }

    /// True when nothing has to be cleaned before the next lease.
    nonisolated var isClean: Bool { !needsReset.load(ordering: .acquiring) }

    /// Prepares the connection for the next lease: ends a COPY, rolls back, or closes.
    func reset() async {
        do {
            if copyState != .none { try await abandonCopy() }
            if let connection, connection.transactionStatus != PQTRANS_IDLE {
                let context = StatementContext(query: "ROLLBACK", fileID: #fileID, line: #line)
                _ = try await runScript("ROLLBACK", context, effect: .none, isCancellable: false)
            }
        } catch {
            logger.debug("a connection could not be cleaned and is closed", metadata: ["error": "\(error)"])
            close()
        }
        if connection?.transactionStatus != PQTRANS_IDLE { close() }
        needsReset.store(false, ordering: .releasing)
    }

    /// Ends the connection; the next lease makes a new one.
    func close() {
        connection = nil
        statements.removeAll()
        copyState = .none
    }

    /// Closes the connection for good and ends its thread.
    func shutdown() {
        gate.close()
        close()
        executor.shutdown()
    }

    // MARK: Operations

    /// Runs a body that may block this connection's thread. A cancelled task ends the statement on the server.
    func operation<R>(
        _ context: StatementContext,
        isCancellable: Bool = true,
        _ body: (ServerConnection, inout OperationWait) throws -> R
    ) async throws -> R {
        let ticket = gate.makeTicket()
        guard isCancellable else {
            try await openIfAllowed(ticket, context)
            return try begin(ticket, context, body)
        }
        return try await withTaskCancellationHandler {
            try await openIfAllowed(ticket, context)
            return try begin(ticket, context) { connection, wait in
                // A cancellation from before `begin` found nothing to cancel; one from now on ends the wait.
                if Task.isCancelled { throw context.error(.cancelled, "the task was cancelled") }
                return try body(connection, &wait)
            }
        } onCancel: {
            gate.cancel(ticket)
        }
    }

    private func begin<R>(
        _ ticket: UInt64,
        _ context: StatementContext,
        _ body: (ServerConnection, inout OperationWait) throws -> R
    ) throws -> R {
        guard !gate.isClosed else { throw context.error(.closed, "the client was shut down") }
        guard let connection else { throw context.error(.connection, "the connection was lost before this statement") }
        mayConnect.store(false, ordering: .relaxed)
        gate.begin(ticket)
        defer {
            gate.end()
            let isClean = connection.transactionStatus == PQTRANS_IDLE && copyState == .none
            needsReset.store(!isClean, ordering: .releasing)
        }
        var wait = OperationWait(connection, gate, limit: configuration.statementDeadline)
        let result = Result { try body(connection, &wait) }
        if !wait.isSettled() { close() }
        return try result.get()
    }

    // MARK: Connecting

    /// Lets the next statement replace this connection, which is dead; only when no transaction can be lost with it.
    func replaceOnNextStatement() {
        close()
        mayConnect.store(true, ordering: .relaxed)
    }

    private func openIfAllowed(_ ticket: UInt64, _ context: StatementContext) async throws {
        guard mayConnect.load(ordering: .relaxed) else { return }
        // An idle connection may have died since its last use: the server restarted, a firewall dropped it.
        if let connection, !connection.isAlive() { close() }
        guard connection == nil, !gate.isClosed else { return }
        do {
            try await open(ticket)
        } catch {
            if gate.isClosed { throw context.error(.closed, "the client was shut down") }
            throw error.with(context)
        }
    }

    private func open(_ ticket: UInt64) async throws(PostgresError) {
        try breaker.permit()
        do throws(PostgresError) {
            do throws(PostgresError) {
                try await connect(ticket, refused: nil)
            } catch  where error.isRefusedPassword && configuration.password != nil {
                // The hook's token may have expired on the way; it is asked for a fresh one once.
                try await connect(ticket, refused: givenPassword)
            }
            breaker.succeeded()
        } catch {
            breaker.failed(error)
            throw error
        }
    }

    private func connect(_ ticket: UInt64, refused: String?) async throws(PostgresError) {
        let parameters = try await ConnectionParameters.fetchingPassword(configuration, refused: refused)
        givenPassword = parameters.password
        // While the hook was asked another task of the same lease may have connected.
        guard connection == nil else { return }
        gate.begin(ticket)
        defer { gate.end() }
        if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
        let fresh = try ServerConnection(parameters, logger: logger)
        try fresh.connect(within: parameters.timeout, gate: gate)
        statements.removeAll()
        connection = fresh
    }

    // MARK: Statements

    /// One statement by the extended protocol, prepared from its second use on.
    func run(
        _ query: SQLQuery,
        _ context: StatementContext,
        effect: StatementEffect = .statement,
        isCancellable: Bool = true
    ) async throws -> Outcome {
        guard !query.holdsInvalidText else {
            throw context.error(.encoding, "a text value holds a NUL character, which PostgreSQL cannot store")
        }
        return try await exclusively(context, effect: effect, isCancellable: isCancellable) { connection, wait in
            try exchange(query, context, connection, &wait)
        }
    }

    /// Statements by the simple protocol.
    func runScript(
        _ sql: String,
        _ context: StatementContext,
        effect: StatementEffect = .statement,
        isCancellable: Bool = true
    ) async throws -> Outcome {
        try await exclusively(context, effect: effect, isCancellable: isCancellable) { connection, wait in
            guard connection.send(script: sql) else { throw context.error(.connection, connection.errorMessage) }
            return try collect(nil, context, &wait).0
        }
    }

    /// An operation outside COPY, with its errors classified.
    private func exclusively(
        _ context: StatementContext,
        effect: StatementEffect,
        isCancellable: Bool,
        _ body: (ServerConnection, inout OperationWait) throws -> Outcome
    ) async throws -> Outcome {
        if copyState == .out { try await abandonCopy() }
        return try await operation(context, isCancellable: isCancellable) { connection, wait in
            guard copyState == .none else { throw context.error(.copy, "a COPY is running on this connection") }
            let isIdle = connection.transactionStatus == PQTRANS_IDLE
            do {
                return try body(connection, &wait)
            } catch let error as PostgresError {
                throw classify(error, context, wait, committing: effect == .commit || effect == .statement && isIdle)
            }
        }
    }

    /// Sets the kind of a failure. `committing`: the statement may have committed before its response was lost.
    func classify(
        _ original: PostgresError,
        _ context: StatementContext,
        _ wait: borrowing OperationWait,
        committing: Bool
    ) -> PostgresError {
        if gate.isClosed { return context.error(.closed, "the client was shut down") }
        if wait.wasCancelled, original.sqlState == .queryCanceled || original.code == .connection {
            if original.code == .connection { close() }
            return context.error(.cancelled, "the task was cancelled")
        }
        guard original.code == .connection || original.code == .timeout || original.sqlState?.isConnectionLoss == true
        else { return original }
        var error = original.with(context)
        error.kind = committing ? .ambiguous : .retryable
        close()
        return error
    }

    // MARK: Prepared statements

    private func exchange(
        _ query: SQLQuery,
        _ context: StatementContext,
        _ connection: ServerConnection,
        _ wait: inout OperationWait
    ) throws -> Outcome {
        let isIdle = connection.transactionStatus == PQTRANS_IDLE
        guard configuration.usesPreparedStatements, let name = try name(for: query, context, isIdle, connection, &wait)
        else {
            return try unnamed(query, context, connection, &wait)
        }
        do {
            guard connection.sendPrepared(name, query) else {
                throw context.error(.connection, connection.errorMessage)
            }
            let (outcome, columns) = try collect(statements.use(query)?.columns, context, &wait)
            if let columns { statements.setColumns(columns, for: query) }
            return outcome
        } catch let error as PostgresError where error.isStalePlan || error.sqlState == .undefinedPreparedStatement {
            // The table was altered, or the statement was deallocated: nothing was executed.
            statements.remove(query)
            if isIdle { return try unnamed(query, context, connection, &wait) }
            var error = error
            error.kind = .retryable
            throw error
        }
    }

    private func unnamed(
        _ query: SQLQuery,
        _ context: StatementContext,
        _ connection: ServerConnection,
        _ wait: inout OperationWait
    ) throws -> Outcome {
        guard connection.send(query) else { throw context.error(.connection, connection.errorMessage) }
        return try collect(nil, context, &wait).0
    }

    /// The name of the prepared statement, preparing it at its second use; nil to run it without one.
    private func name(
        for query: SQLQuery,
        _ context: StatementContext,
        _ isIdle: Bool,
        _ connection: ServerConnection,
        _ wait: inout OperationWait
    ) throws -> String? {
        guard let entry = statements.use(query) else {
            // Dropping a statement takes a command, and should that fail it must not fail a transaction with it.
            if !isIdle, statements.dropsStatement(adding: query) { return nil }
            if let evicted = statements.insert(query) {
                guard connection.send(script: "DEALLOCATE \(evicted)") else { return nil }
                _ = try collect(nil, context, &wait)
            }
            return nil
        }
        if let name = entry.name { return name }
        let name = statements.nextName()
        guard connection.sendPrepare(name, query) else { throw context.error(.connection, connection.errorMessage) }
        _ = try collect(nil, context, &wait)
        statements.setName(name, for: query)
        return name
    }

    // MARK: Results

    /// Reads all results of what was sent; throws the first error after the last result.
    private func collect(
        _ knownColumns: ColumnTable?,
        _ context: StatementContext,
        _ wait: inout OperationWait
    ) throws -> (Outcome, ColumnTable?) {
        var outcome = Outcome()
        var columns = knownColumns
        var failure: PostgresError?
        try wait.flush()
        while let result = try wait.nextResult() {
            switch result.status {
            case PGRES_TUPLES_OK:
                let table = columns ?? result.columnTable(query: context.query)
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
                // libpq would now wait for COPY data without end.
                close()
                throw context.error(.copy, "COPY runs through copyIn and copyOut")
            default:
                failure = failure ?? result.error(context)
            }
        }
        if let failure { throw failure }
        return (outcome, columns)
    }
}
