import CLibPQ
import Logging
import Synchronization
import Threading

/// One exclusive connection: an actor whose executor is the one thread that ever touches the PGconn, so libpq may
/// block without starving the cooperative pool.
///
/// Lent by `PostgresClient.withConnection` and `withTransaction`; do not keep it after they return.
package actor PostgresConnection {
    nonisolated private let executor: ThreadExecutor
    nonisolated let gate = CancelGate()
    /// True when the connection must be cleaned before the next lease: open transaction, unfinished COPY.
    nonisolated private let needsReset = Atomic<Bool>(false)
    /// True from the start of a lease to its first statement: only then may a dead connection be replaced. Later a
    /// new connection would silently stand outside the caller's transaction.
    nonisolated private let mayConnect = Atomic<Bool>(false)

    private let configuration: PostgresConfiguration
    private let breaker: SharedConnectBreaker
    let logger: Logger
    private(set) var connection: ServerConnection?
    /// What the password hook gave last.
    private var givenPassword: String?
    var statements: StatementCache
    var copyState = CopyState.none

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(index: Int, configuration: PostgresConfiguration, breaker: SharedConnectBreaker, logger: Logger) {
        executor = ThreadExecutor(name: "postgres-\(index)")
        self.configuration = configuration
        self.breaker = breaker
        self.logger = logger
        statements = StatementCache(capacity: configuration.maximumPreparedStatements)
    }

    /// Runs one statement and returns its rows. Throws `PostgresError`.
    package func query(_ query: SQLQuery, fileID: String = #fileID, line: UInt = #line) async throws -> [Row] {
        try await run(query, StatementPlace(query: query.sql, fileID: fileID, line: line)).rows
    }

    /// Runs one statement and returns the number of rows it affected. Throws `PostgresError`.
    @discardableResult
    package func execute(_ query: SQLQuery, fileID: String = #fileID, line: UInt = #line) async throws -> Int {
        try await run(query, StatementPlace(query: query.sql, fileID: fileID, line: line)).affected
    }

    /// Runs several statements, in one transaction unless the text has its own. No binds, no rows.
    package func executeScript(_ sql: String, fileID: String = #fileID, line: UInt = #line) async throws {
        _ = try await runScript(sql, StatementPlace(query: sql, fileID: fileID, line: line))
    }

    var usesPreparedStatements: Bool { configuration.usesPreparedStatements }

    // MARK: Leases

    /// Marks the start of a lease.
    nonisolated func beginLease() { mayConnect.store(true, ordering: .relaxed) }

    /// True when nothing has to be cleaned before the next lease.
    nonisolated var isClean: Bool { !needsReset.load(ordering: .acquiring) }

    /// Makes the connection fit for the next lease: ends a COPY, rolls back, or closes.
    func reset() async {
        do {
            if copyState != .none { try await abandonCopy() }
            if let connection, connection.transactionStatus != PQTRANS_IDLE {
                let place = StatementPlace(query: "ROLLBACK", fileID: #fileID, line: #line)
                _ = try await runScript("ROLLBACK", place, effect: .none, isCancellable: false)
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

    /// Ends the connection for good and lets its thread go.
    func shutdown() {
        gate.close()
        close()
        executor.shutdown()
    }

    // MARK: Operations

    /// Runs a body that may block this connection's thread. A cancelled task ends the statement on the server.
    func operation<R>(
        _ place: StatementPlace,
        isCancellable: Bool = true,
        _ body: (ServerConnection, inout OperationWait) throws -> R
    ) async throws -> R {
        let ticket = gate.makeTicket()
        guard isCancellable else {
            try await openIfAllowed(ticket, place)
            return try begin(ticket, place, body)
        }
        return try await withTaskCancellationHandler {
            try await openIfAllowed(ticket, place)
            return try begin(ticket, place) { connection, wait in
                // A cancellation from before `begin` found nothing to cancel; one from now on ends the wait.
                if Task.isCancelled { throw place.error(.cancelled, "the task was cancelled") }
                return try body(connection, &wait)
            }
        } onCancel: {
            gate.cancel(ticket)
        }
    }

    private func begin<R>(
        _ ticket: UInt64,
        _ place: StatementPlace,
        _ body: (ServerConnection, inout OperationWait) throws -> R
    ) throws -> R {
        guard !gate.isClosed else { throw place.error(.closed, "the client was shut down") }
        guard let connection else { throw place.error(.connection, "the connection was lost before this statement") }
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

    private func openIfAllowed(_ ticket: UInt64, _ place: StatementPlace) async throws {
        guard mayConnect.load(ordering: .relaxed) else { return }
        // An idle connection may have died since its last use: the server restarted, a firewall dropped it.
        if let connection, !connection.isAlive() { close() }
        guard connection == nil, !gate.isClosed else { return }
        do {
            try await open(ticket)
        } catch {
            if gate.isClosed { throw place.error(.closed, "the client was shut down") }
            var error = error
            error.query = place.query
            error.fileID = place.fileID
            error.line = place.line
            throw error
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
}

extension PostgresError {
    /// True when a fresh password may help.
    var isRefusedPassword: Bool { sqlState == .invalidPassword || sqlState == .invalidAuthorization }
}

extension ConnectionParameters {
    /// Asks the connect hook for a password if there is one.
    static func fetchingPassword(
        _ configuration: PostgresConfiguration,
        refused: String?
    ) async throws(PostgresError) -> ConnectionParameters {
        guard let hook = configuration.password else { return try ConnectionParameters(configuration, password: nil) }
        let password: String
        do {
            password = try await hook(refused)
        } catch is CancellationError {
            throw PostgresError(.cancelled, "the task was cancelled")
        } catch {
            throw PostgresError(.connection, "no password for the database: \(error)")
        }
        return try ConnectionParameters(configuration, password: password)
    }
}
