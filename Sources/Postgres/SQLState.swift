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
    /// A foreign key points at no row, or rows still point at the one removed.
    package static let foreignKeyViolation: SQLState = "23503"
    /// NULL in a NOT NULL column.
    package static let notNullViolation: SQLState = "23502"
    /// A CHECK constraint failed, or no partition takes the row.
    package static let checkViolation: SQLState = "23514"
    /// An EXCLUDE constraint failed.
    package static let exclusionViolation: SQLState = "23P01"
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
    /// max_connections is reached.
    package static let tooManyConnections: SQLState = "53300"
    /// A statement inside a transaction that has already failed.
    package static let inFailedTransaction: SQLState = "25P02"
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
    /// A table of this name exists.
    package static let duplicateTable: SQLState = "42P07"
    /// A database of this name exists.
    package static let duplicateDatabase: SQLState = "42P04"
    /// The statement cannot be parsed.
    package static let syntaxError: SQLState = "42601"
    /// The role lacks a privilege.
    package static let insufficientPrivilege: SQLState = "42501"
    /// Text that is not a value of the wanted type.
    package static let invalidTextRepresentation: SQLState = "22P02"
    /// A binary parameter or COPY field that is not a value of the wanted type.
    package static let invalidBinaryRepresentation: SQLState = "22P03"
    /// COPY data with a wrong number of fields or a broken header.
    package static let badCopyFileFormat: SQLState = "22P04"
    /// A number that does not fit.
    package static let numericValueOutOfRange: SQLState = "22003"
    /// Division by zero.
    package static let divisionByZero: SQLState = "22012"
}
