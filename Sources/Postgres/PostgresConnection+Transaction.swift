import CLibPQ

extension PostgresConnection {
    /// Runs `body` in a transaction on this connection and commits; rolls back when it throws.
    ///
    /// After 40001 (serialisation failure) or 40P01 (deadlock), in `body` or at COMMIT, the whole body runs again, up to
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
            try await begin(options, StatementPlace(query: options.beginStatement, fileID: fileID, line: line))
            do {
                let value = try await body(self)
                try await commit(StatementPlace(query: "COMMIT", fileID: fileID, line: line))
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

    private func begin(_ options: TransactionOptions, _ place: StatementPlace) async throws {
        if let connection, !connection.isBroken, connection.transactionStatus != PQTRANS_IDLE, copyState == .none {
            throw place.error(.transactionAborted, "a transaction is already open on this connection")
        }
        let wasOpen = connection != nil
        do {
            _ = try await runScript(place.query, place, effect: .none)
        } catch let error as PostgresError
            where wasOpen && connection == nil && error.kind == .retryable && error.code != .timeout
        {
            // The idle connection died just now. BEGIN alone has no effect, so a fresh connection may repeat it.
            replaceOnNextStatement()
            _ = try await runScript(place.query, place, effect: .none)
        } catch var error as PostgresError where error.sqlState == .featureNotSupported {
            error.isRefusedBegin = true
            error.kind = .retryable
            throw error
        }
    }

    private func commit(_ place: StatementPlace) async throws {
        let outcome = try await runScript("COMMIT", place, effect: .commit)
        // The server answers COMMIT of a failed transaction with success and the tag ROLLBACK.
        if outcome.tag == "ROLLBACK" {
            throw place.error(
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
