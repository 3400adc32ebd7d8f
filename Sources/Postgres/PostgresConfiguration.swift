/// One call of the client: a statement, or all that was done with a borrowed connection.
package struct PostgresCall: Sendable {
    /// Module and file that made it, such as `Shop/UserRepository.swift`.
    package var fileID: String
    /// Waiting for a connection included.
    package var duration: Duration
    /// False for errors of the database and of the way to it.
    package var isSuccess: Bool
}

/// How to reach the database and how many connections to hold.
package struct PostgresConfiguration: Sendable {
    /// A libpq URI or key=value string; "" means the PG* environment. TLS options pass through untouched.
    /// May hold a password: never log it.
    package var uri: String
    /// Shown in pg_stat_activity, unless the URI or PGAPPNAME names another.
    package var applicationName: String

    /// Exclusive connections. Instances × (this + `pipelineLanes`) must stay under the server's limit: a small Azure
    /// server allows 35 in all, so 3 + 1 lets eight instances live.
    package var maximumConnections = 3
    /// Connections in pipeline mode, shared by all callers of `PostgresClient.read`.
    package var pipelineLanes = 1
    /// How long a caller waits for an exclusive connection before `.poolExhausted`.
    package var leaseTimeout: Duration = .seconds(2)
    /// How many callers may wait; one more gets `.poolExhausted` immediately.
    package var maximumWaiters = 1000
    /// How long one attempt to connect may take, DNS look-up aside, unless the URI has `connect_timeout`.
    package var connectTimeout: Duration = .seconds(5)
    /// How long `PostgresClient.read` waits for its rows, a reconnect included, before `.timeout`.
    package var readTimeout: Duration = .seconds(5)
    /// How long an exclusive connection waits for the response to one statement, or for one chunk of a COPY, before
    /// `.timeout`; the connection is then closed, and the server's `statement_timeout` ends what still runs there. Nil: no
    /// limit. It protects from a server that accepts connections and never responds: set it where a request is waiting.
    package var statementDeadline: Duration?
    /// Named prepared statements. False behind proxies that pool transactions and do not track them.
    package var usesPreparedStatements = true
    /// Prepared statements kept on each connection; the least recently used one is dropped.
    package var maximumPreparedStatements = 256
    /// Runs a closure on the calling thread once that thread has done what it has at hand; by default at once. Where many callers
    /// share a thread, a pipelined lane is woken once for all of them: fewer system calls, and more requests in a packet.
    package var deferral: @Sendable (@escaping @Sendable () -> Void) -> Void = { $0() }
    /// Called for each connect, and once more, with what it gave, when the server refused that; nil takes the URI's.
    package var password: (@Sendable (_ refused: String?) async throws -> String)?
    /// Told, in the caller's task, of each call of the client that ended; nil for nobody.
    package var observer: (@Sendable (PostgresCall) -> Void)?

    /// Defaults for everything but the address.
    package init(uri: String, applicationName: String = "recommender-shop") {
        self.uri = uri
        self.applicationName = applicationName
    }
}
