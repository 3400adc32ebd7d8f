/// A failed database operation: what failed, where, and what the caller may do.
///
/// `description` has the code, the server's message and the line of our source; it never has bind values.
/// `detail` is the server's and may quote values of a row: do not send it to clients.
package struct PostgresError: Error, Sendable {
    /// Why the operation failed. A struct with static members, so that cases may be added.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Base: Hashable {
            case server(SQLState)
            case named(String)
        }

        private let base: Base

        private init(_ base: Base) { self.base = base }

        /// The server answered with an error.
        package static func server(_ state: SQLState) -> Code { Code(.server(state)) }
        /// The connection could not be made, or was lost.
        package static let connection = Code(.named("connection"))
        /// The settings of the connection cannot be used: a malformed URI.
        package static let configuration = Code(.named("configuration"))
        /// No connection became free in `leaseTimeout`, or `maximumWaiters` callers were waiting already.
        package static let poolExhausted = Code(.named("poolExhausted"))
        /// The task was cancelled.
        package static let cancelled = Code(.named("cancelled"))
        /// Our own deadline passed.
        package static let timeout = Code(.named("timeout"))
        /// A value of a row is not of the type that the caller asked for.
        package static let decoding = Code(.named("decoding"))
        /// A bind value cannot be sent: text with a NUL character.
        package static let encoding = Code(.named("encoding"))
        /// A COPY stream is malformed or was used out of order.
        package static let copy = Code(.named("copy"))
        /// The client was shut down.
        package static let closed = Code(.named("closed"))
        /// COMMIT was answered by ROLLBACK: a statement had failed and its error was swallowed.
        package static let transactionAborted = Code(.named("transactionAborted"))
        /// The migrations in the code and in the database do not agree.
        package static let migration = Code(.named("migration"))

        /// The server's code, when the server answered with an error.
        package var sqlState: SQLState? {
            if case .server(let state) = base { state } else { nil }
        }

        package var description: String {
            switch base {
            case .server(let state): "server(\(state))"
            case .named(let name): name
            }
        }
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
        self.kind = kind ?? code.defaultKind
    }

    /// The server's code, when the server answered with an error.
    package var sqlState: SQLState? { code.sqlState }

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

extension PostgresError.Code {
    fileprivate var defaultKind: PostgresError.Kind {
        switch self {
        case .connection, .poolExhausted, .timeout: .retryable
        default: sqlState?.kind ?? .fatal
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
