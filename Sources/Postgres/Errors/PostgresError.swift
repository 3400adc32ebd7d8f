/// A failed database operation: what failed, where, and what the caller may do.
///
/// `description` has the code, the server's message and the line of our source; it never has bind values.
/// `detail` is the server's and may quote values of a row: do not send it to clients.
package struct PostgresError: Error, Sendable {
    /// Why the operation failed.
    package enum Code: Sendable, Hashable {
        /// The server answered with an error.
        case server(SQLState)
        /// The connection could not be made, or was lost.
        case connection
        /// The settings of the connection cannot be used: a malformed URI.
        case configuration
        /// No connection became free in `leaseTimeout`, or `maximumWaiters` callers were waiting already.
        case poolExhausted
        /// The task was cancelled.
        case cancelled
        /// Our own deadline passed.
        case timeout
        /// A value of a row is not of the type that the caller asked for.
        case decoding
        /// A bind value cannot be sent: text with a NUL character.
        case encoding
        /// A COPY stream is malformed or was used out of order.
        case copy
        /// The client was shut down.
        case closed
        /// COMMIT was answered by ROLLBACK: a statement had failed and its error was swallowed.
        case transactionAborted
        /// The migrations in the code and in the database do not agree.
        case migration
    }

    /// What the caller may do.
    package enum Kind: String, Sendable, Hashable {
        /// Nothing was changed; the same work may succeed later on a fresh connection.
        case retryable
        /// The work may or may not have been committed: repeat only what is idempotent.
        case ambiguous
        /// Repeating the same work fails again.
        case fatal
    }

    package var code: Code
    /// One sentence, the server's own when it answered.
    package var message: String
    /// The server's DETAIL; may hold values of rows.
    package var detail: String?
    /// The server's HINT.
    package var hint: String?
    /// The violated constraint.
    package var constraint: String?
    /// The SQL text, without bind values.
    package var query: String?
    /// Where in our source the query was made.
    package var fileID: String?
    package var line: UInt?
    package var kind: Kind
    /// True for "cached plan must not change result type": a table was altered after the statement was prepared.
    /// Prepared again it works.
    var isStalePlan = false
    /// True when the statement was the BEGIN of `withTransaction`.
    var isRefusedBegin = false

    /// An error of ours; `kind` defaults to the class that fits the code.
    package init(
        _ code: Code,
        _ message: String,
        kind: Kind? = nil,
        query: String? = nil,
        fileID: String? = nil,
        line: UInt? = nil
    ) {
        self.code = code
        self.message = message
        self.query = query
        self.fileID = fileID
        self.line = line
        let usual: Kind =
            switch code {
            case .server(let state): state.kind
            case .connection, .poolExhausted, .timeout: .retryable
            default: .fatal
            }
        self.kind = kind ?? usual
    }

    /// The server's code, when the server answered with an error.
    package var sqlState: SQLState? {
        if case .server(let state) = code { state } else { nil }
    }

    /// The same error with the statement that it belongs to.
    func with(_ context: StatementContext) -> PostgresError {
        var error = self
        (error.query, error.fileID, error.line) = (context.query, context.fileID, context.line)
        return error
    }

    /// True when the same work may succeed later: the server cannot be reached, is busy, restarts or cannot write now,
    /// or this transaction lost against another one. Answer 503 with Retry-After; leave a job to its next attempt.
    ///
    /// The one definition of "transient" for database errors. `kind` says in addition whether the work may have been
    /// committed, `writeRefusal` that only writes are affected.
    package var isTransient: Bool {
        kind != .fatal || code == .closed || sqlState?.isConnectionLoss == true
    }

    /// True when a fresh password may help.
    var isRefusedPassword: Bool { sqlState == .invalidPassword || sqlState == .invalidAuthorization }

    /// Why a server that can be reached does not write.
    package enum WriteRefusal: Sendable, Hashable {
        /// It is a standby, or was set to read only.
        case readOnly
        /// Its disk is full.
        case diskFull
    }

    /// Set when the server answers reads but refuses this write; nil for every other error.
    package var writeRefusal: WriteRefusal? {
        switch sqlState {
        case .readOnlyTransaction: .readOnly
        case .diskFull: .diskFull
        // All that BEGIN asks for and a server may lack is a serializable or writing transaction on a standby.
        case .featureNotSupported where isRefusedBegin: .readOnly
        default: nil
        }
    }
}

extension SQLState {
    /// The class of an error that the server itself reported, after which the statement has no effect.
    var kind: PostgresError.Kind {
        switch self {
        case .serializationFailure, .deadlockDetected, .lockNotAvailable, .readOnlyTransaction: return .retryable
        case .statementCompletionUnknown, "08007": return .ambiguous
        case "08P01": return .fatal
        default: break
        }
        return isConnectionLoss || errorClass == "53" ? .retryable : .fatal
    }

    /// True for the states after which the connection is of no use: the server is going away.
    var isConnectionLoss: Bool {
        errorClass == "08" || [.adminShutdown, .crashShutdown, .cannotConnectNow, "57P04", "57P05"].contains(self)
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        var text = "PostgresError \(code) [\(kind.rawValue)]: \(message)"
        if let constraint { text += " (constraint \(constraint))" }
        if let hint { text += " Hint: \(hint)" }
        if let query { text += " Query: \(query.count > 200 ? query.prefix(200) + "…" : query[...])" }
        if let fileID, let line { text += " At \(fileID):\(line)" }
        return text
    }
}
