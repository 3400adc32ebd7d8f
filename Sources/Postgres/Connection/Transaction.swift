import CLibPQ

/// How `withTransaction` begins and how often it runs its body.
package struct TransactionOptions: Sendable, Hashable {
    /// The isolation of the transaction (PostgreSQL manual, §13.2).
    package enum Isolation: String, Sendable, Hashable {
        case readCommitted = "READ COMMITTED"
        case repeatableRead = "REPEATABLE READ"
        case serializable = "SERIALIZABLE"
    }

    package var isolation: Isolation
    package var isReadOnly: Bool
    /// Ends a statement that runs longer with 57014. Nil keeps the role's setting.
    package var statementTimeout: Duration?
    /// Ends a wait for a lock with 55P03. Nil keeps the role's setting.
    package var lockTimeout: Duration?
    /// How often the body is run again after 40001 or 40P01; the body must have no effect outside the database.
    package var maximumRetries: Int

    /// Read committed, read-write, the role's timeouts, three retries.
    package init(
        isolation: Isolation = .readCommitted,
        readOnly: Bool = false,
        statementTimeout: Duration? = nil,
        lockTimeout: Duration? = nil,
        maximumRetries: Int = 3
    ) {
        self.isolation = isolation
        self.isReadOnly = readOnly
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.maximumRetries = maximumRetries
    }

    /// BEGIN and the timeouts, one round trip by the simple protocol. SET LOCAL ends with the transaction, so this
    /// holds behind proxies that pool transactions too.
    ///
    /// READ WRITE is left to the server's default: a standby would refuse such a BEGIN before the first read, and a
    /// server that its operator set to read only would write all the same.
    var beginStatement: String {
        var sql = "BEGIN ISOLATION LEVEL \(isolation.rawValue)\(isReadOnly ? " READ ONLY" : "")"
        if let statementTimeout { sql += "; SET LOCAL statement_timeout = \(statementTimeout.timeoutMilliseconds)" }
        if let lockTimeout { sql += "; SET LOCAL lock_timeout = \(lockTimeout.timeoutMilliseconds)" }
        return sql
    }
}

extension PostgresConnection {
    /// Runs `body` in a transaction on this connection and commits; rolls back when it throws.
    ///
    /// After 40001 (serialisation failure) or 40P01 (deadlock), in `body` or at COMMIT, `body` runs again, up to
    /// `maximumRetries` times with a growing random pause: it must have no effect outside the database. A connection
    /// lost during COMMIT throws an error of kind `.ambiguous`.
    @discardableResult
    package nonisolated func withTransaction<T>(
        _ options: TransactionOptions = TransactionOptions(),
        fileID: String = #fileID,
        line: UInt = #line,
        _ body: (PostgresConnection) async throws -> T
    ) async throws -> T {
        var attempt = 0
        while true {
            try await begin(options, StatementContext(query: options.beginStatement, fileID: fileID, line: line))
            do {
                let value = try await body(self)
                try await commit(StatementContext(query: "COMMIT", fileID: fileID, line: line))
                return value
            } catch {
                await rollback()
                attempt += 1
                guard let failure = error as? PostgresError, failure.isTransactionConflict,
                    attempt <= options.maximumRetries
                else { throw error }
                let pause = TransactionRetry.pause(attempt: attempt, random: Double.random(in: 0..<1))
                do {
                    try await Task.sleep(for: pause)
                } catch {
                    throw PostgresError(.cancelled, "cancelled between two attempts", fileID: fileID, line: line)
                }
            }
        }
    }

    private func begin(_ options: TransactionOptions, _ context: StatementContext) async throws {
        if let connection, !connection.isBroken, connection.transactionStatus != PQTRANS_IDLE, copyState == .none {
            throw context.error(.transactionAborted, "a transaction is already open on this connection")
        }
        let wasOpen = connection != nil
        do {
            _ = try await runScript(context.query, context, effect: .none)
        } catch let error as PostgresError
            where wasOpen && connection == nil && error.kind == .retryable && error.code != .timeout
        {
            // The idle connection died just now. BEGIN alone has no effect, so a fresh connection may repeat it.
            replaceOnNextStatement()
            _ = try await runScript(context.query, context, effect: .none)
        } catch var error as PostgresError where error.sqlState == .featureNotSupported {
            error.isRefusedBegin = true
            error.kind = .retryable
            throw error
        }
    }

    private func commit(_ context: StatementContext) async throws {
        let outcome = try await runScript("COMMIT", context, effect: .commit)
        // The server answers COMMIT of a failed transaction with success and the tag ROLLBACK.
        if outcome.tag == "ROLLBACK" {
            throw context.error(
                .transactionAborted,
                "nothing was committed: a statement had failed and its error was dropped"
            )
        }
    }

    private func rollback() async {
        if let connection, !connection.isBroken, connection.transactionStatus == PQTRANS_IDLE, copyState == .none {
            return
        }
        await reset()
    }
}

/// The pauses between the attempts of a transaction.
enum TransactionRetry {
    /// 5 ms doubling to at most 200 ms, times 0.5 ..< 1.5, so that two transactions that collided do not meet again.
    static func pause(attempt: Int, random: Double) -> Duration {
        let base = min(200.0, 5.0 * Double(1 << min(attempt - 1, 10)))
        return .microseconds(Int64(base * (0.5 + random) * 1000))
    }
}

extension PostgresError {
    /// True when the same transaction may succeed at once: a conflict with another one, or a plan made before a table
    /// was altered.
    var isTransactionConflict: Bool {
        sqlState == .serializationFailure || sqlState == .deadlockDetected || isStalePlan
    }
}
