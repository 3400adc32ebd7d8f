package import Logging

/// Access to one database: exclusive connections from a pool and shared pipelined connections for reads.
package final class PostgresClient: Sendable {
    package let configuration: PostgresConfiguration
    let logger: Logger

    /// Connects lazily, never here.
    package init(configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Runs one statement on an exclusive connection and returns its rows.
    package func query(_ query: SQLQuery, fileID: String = #fileID, line: UInt = #line) async throws -> [Row] {
        throw PostgresError(.closed, "not built yet")
    }

    /// Runs one statement on an exclusive connection and returns the number of rows it affected.
    @discardableResult
    package func execute(_ query: SQLQuery, fileID: String = #fileID, line: UInt = #line) async throws -> Int {
        throw PostgresError(.closed, "not built yet")
    }

    /// Runs one SELECT on a shared connection in pipeline mode. It must only read: it may be sent twice.
    package func read(_ query: SQLQuery, fileID: String = #fileID, line: UInt = #line) async throws -> [Row] {
        throw PostgresError(.closed, "not built yet")
    }

    /// Lends an exclusive connection to `body`.
    package func withConnection<T>(_ body: (PostgresConnection) async throws -> T) async throws -> T {
        throw PostgresError(.closed, "not built yet")
    }

    /// Runs `body` in a transaction, again after 40001 or 40P01.
    package func withTransaction<T>(
        _ options: TransactionOptions = TransactionOptions(),
        _ body: (PostgresConnection) async throws -> T
    ) async throws -> T {
        throw PostgresError(.closed, "not built yet")
    }

    /// Ends all connections; what is in flight fails with `.closed`.
    package func shutdown() async {}
}
