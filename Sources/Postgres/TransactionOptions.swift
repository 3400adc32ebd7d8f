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

extension Duration {
    /// Whole milliseconds, at least one: zero would switch a server timeout off.
    var timeoutMilliseconds: Int {
        max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
