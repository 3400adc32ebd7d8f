/// The five-character code a PostgreSQL server gives every error (PostgreSQL manual, appendix A).
package struct SQLState: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The five characters, upper case.
    package let code: String

    /// Wraps a code as the server sent it.
    package init(_ code: String) { self.code = code }

    package init(stringLiteral value: String) { code = value }

    package var description: String { code }

    /// The first two characters: the class of the error.
    package var errorClass: Substring { code.prefix(2) }
}

extension SQLState {
    /// A unique or primary key already holds the value.
    package static let uniqueViolation: SQLState = "23505"
    /// Serializable or repeatable-read transactions collided; run the transaction again.
    package static let serializationFailure: SQLState = "40001"
    /// The server chose this transaction to break a deadlock; run it again.
    package static let deadlockDetected: SQLState = "40P01"
    /// The outcome of the statement is unknown.
    package static let statementCompletionUnknown: SQLState = "40003"
    /// `lock_timeout` passed, or NOWAIT found a lock.
    package static let lockNotAvailable: SQLState = "55P03"
    /// Cancelled by request or by `statement_timeout`.
    package static let queryCanceled: SQLState = "57014"
    /// The server is shutting down or the backend was terminated by an administrator.
    package static let adminShutdown: SQLState = "57P01"
    /// Another backend crashed and the server restarts.
    package static let crashShutdown: SQLState = "57P02"
    /// The server is starting up, shutting down or recovering.
    package static let cannotConnectNow: SQLState = "57P03"
    /// The server's disk is full.
    package static let diskFull: SQLState = "53100"
    /// A write in a read-only transaction or on a stand-by.
    package static let readOnlyTransaction: SQLState = "25006"
    /// The password is wrong.
    package static let invalidPassword: SQLState = "28P01"
    /// The role may not log in this way.
    package static let invalidAuthorization: SQLState = "28000"
    /// A prepared statement of this name does not exist (any more).
    package static let undefinedPreparedStatement: SQLState = "26000"
    /// Includes "cached plan must not change result type" after a table was altered.
    package static let featureNotSupported: SQLState = "0A000"
    /// No such table.
    package static let undefinedTable: SQLState = "42P01"
    /// No such column.
    package static let undefinedColumn: SQLState = "42703"
    /// No such type, role or parameter.
    package static let undefinedObject: SQLState = "42704"
    /// No such database.
    package static let undefinedDatabase: SQLState = "3D000"
}
