import Postgres

/// A transient error of the database in words: what it was for, repeating the same work later helps.
package struct DatabaseInterruption: Sendable, CustomStringConvertible {
    /// What kept the database from doing the work.
    package enum Cause: Sendable {
        /// It cannot be reached, is busy or restarts.
        case unavailable
        /// Another transaction kept a lock for too long.
        case lockWait
        /// It is a standby, or was set to read only.
        case readOnly
        /// Its disk is full.
        case diskFull
    }

    package let cause: Cause
    private let message: String

    /// - Returns: nil for every other error.
    package init?(_ error: any Error) {
        guard let error = error as? PostgresError else { return nil }
        switch error.writeRefusal {
        case .readOnly: cause = .readOnly
        case .diskFull: cause = .diskFull
        case nil:
            guard error.isTransient else { return nil }
            cause = error.sqlState == .lockNotAvailable ? .lockWait : .unavailable
        }
        message = error.message
    }

    package var description: String {
        switch cause {
        case .unavailable: "the database is not available: \(message)"
        case .lockWait: "another transaction kept a lock for too long: \(message)"
        case .readOnly: "the database does not accept writes: \(message)"
        case .diskFull: "the database's disk is full: \(message)"
        }
    }
}
