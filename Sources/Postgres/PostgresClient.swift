package import Logging
import Synchronization
import Threading

/// Access to one database: exclusive connections from a pool, and shared pipelined connections for reads.
///
/// Every call ends: with rows, with an error of the server, or with `.poolExhausted`, `.timeout`, `.connection` or
/// `.cancelled`. All errors are `PostgresError` unless a body of the caller throws its own.
package final class PostgresClient: Sendable {
    package let configuration: PostgresConfiguration
    let logger: Logger
    private let pool: ConnectionPool
    private let lanes: Mutex<[PipelineLane]?>
    private let breaker = SharedConnectBreaker()

    /// Connects lazily, never here.
    package init(configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        pool = ConnectionPool(configuration: configuration, breaker: breaker, logger: logger)
        lanes = Mutex([])
    }

    /// Runs one statement on an exclusive connection and returns its rows.
    package func query(_ query: SQLQuery, fileID: String = #fileID, line: UInt = #line) async throws -> [Row] {
        let context = StatementContext(query: query.sql, fileID: fileID, line: line)
        return try await withLease(context) { try await $0.run(query, context).rows }
    }

    /// Runs one statement on an exclusive connection and returns the number of rows it affected.
    @discardableResult
    package func execute(_ query: SQLQuery, fileID: String = #fileID, line: UInt = #line) async throws -> Int {
        let context = StatementContext(query: query.sql, fileID: fileID, line: line)
        return try await withLease(context) { try await $0.run(query, context).affected }
    }

    /// Runs one SELECT on a shared connection in pipeline mode, where many callers' reads share a round trip.
    ///
    /// It must only read: after a lost connection it is sent once more, and the server refuses a write there (25006; not
    /// behind a proxy that pools transactions, whose sessions are shared). It is bounded by `readTimeout`, for the caller
    /// and on the server; cancelling abandons the answer. Without prepared statements it runs like `query`.
    package func read(_ query: SQLQuery, fileID: String = #fileID, line: UInt = #line) async throws -> [Row] {
        let context = StatementContext(query: query.sql, fileID: fileID, line: line)
        guard !query.holdsInvalidText else {
            throw context.error(.encoding, "a text value holds a NUL character, which PostgreSQL cannot store")
        }
        guard configuration.usesPreparedStatements, configuration.pipelineLanes > 0 else {
            return try await readExclusively(query, context)
        }
        let timer = WorkMeter.databaseTimer()
        defer { timer?.stop() }
        return try await observed(context) { try await lane(context).read(query, context) }
    }

    /// Lends an exclusive connection to `body`. What it leaves open (a transaction, a COPY) is rolled back.
    @discardableResult
    package func withConnection<T>(
        fileID: String = #fileID,
        line: UInt = #line,
        _ body: (PostgresConnection) async throws -> T
    ) async throws -> T {
        try await withLease(StatementContext(query: "", fileID: fileID, line: line), body)
    }

    /// Runs `body` in a transaction on an exclusive connection, again after 40001 or 40P01; see
    /// `PostgresConnection.withTransaction`.
    @discardableResult
    package func withTransaction<T>(
        _ options: TransactionOptions = TransactionOptions(),
        fileID: String = #fileID,
        line: UInt = #line,
        _ body: (PostgresConnection) async throws -> T
    ) async throws -> T {
        try await withLease(StatementContext(query: options.beginStatement, fileID: fileID, line: line)) { connection in
            try await connection.withTransaction(options, fileID: fileID, line: line, body)
        }
    }

    /// Ends all connections. What is in flight fails with `.closed`, and so does every later call.
    package func shutdown() async {
        let lanes = self.lanes.withLock { lanes in
            defer { lanes = nil }
            return lanes ?? []
        }
        for lane in lanes { lane.shutdown() }
        await pool.shutdown()
    }

    // MARK: Leases and lanes

    private func withLease<T>(
        _ context: StatementContext,
        _ body: (PostgresConnection) async throws -> T
    ) async throws -> T {
        try await observed(context) { try await lend(context, body) }
    }

    private func observed<T>(_ context: StatementContext, _ call: () async throws -> T) async throws -> T {
        guard let observer = configuration.observer else { return try await call() }
        let start = ContinuousClock.now
        do {
            let value = try await call()
            observer(PostgresCall(fileID: context.fileID, duration: .now - start, isSuccess: true))
            return value
        } catch {
            let isSuccess = !(error is PostgresError)
            observer(PostgresCall(fileID: context.fileID, duration: .now - start, isSuccess: isSuccess))
            throw error
        }
    }

    private func lend<T>(
        _ context: StatementContext,
        _ body: (PostgresConnection) async throws -> T
    ) async throws -> T {
        let lease = try await pool.lease(context)
        let timer = WorkMeter.databaseTimer()
        defer { timer?.stop() }
        do {
            let value = try await body(lease.connection)
            await pool.release(lease)
            return value
        } catch {
            await pool.release(lease)
            throw error
        }
    }

    private func readExclusively(_ query: SQLQuery, _ context: StatementContext) async throws -> [Row] {
        try await withLease(context) { connection in
            do {
                return try await connection.run(query, context, effect: .none).rows
            } catch let error as PostgresError where error.code == .connection && error.kind == .retryable {
                await connection.replaceOnNextStatement()
                return try await connection.run(query, context, effect: .none).rows
            }
        }
    }

    /// The lane with the least to do; lanes are made at the first read.
    private func lane(_ context: StatementContext) throws(PostgresError) -> PipelineLane {
        let chosen: PipelineLane? = try lanes.withLock { lanes throws(PostgresError) in
            guard var made = lanes else { return nil }
            while made.count < configuration.pipelineLanes {
                made.append(
                    try PipelineLane(
                        index: made.count,
                        configuration: configuration,
                        breaker: breaker,
                        logger: logger
                    )
                )
                lanes = made
            }
            return made.count == 1 ? made[0] : made.min { $0.load < $1.load }
        }
        guard let chosen else { throw context.error(.closed, "the client was shut down") }
        return chosen
    }
}
