package import Postgres

/// What a bulk load changed. `interactionsAdded + duplicates + unknownProducts` is what was staged.
package struct BulkLoadSummary: Sendable, Equatable {
    package var productsAdded = 0
    package var productsUpdated = 0
    /// New products whose source gives no price; they are stored with zero.
    package var productsWithoutPrice = 0
    package var usersAdded = 0
    package var interactionsStaged = 0
    package var interactionsAdded = 0
    /// Staged events whose id was there before.
    package var duplicates = 0
    /// Staged events of products that neither the load nor the catalogue has.
    package var unknownProducts = 0
    /// A few of those products' ids.
    package var unknownProductExamples: [String] = []

    package init() {}
}

/// How far a bulk load is.
package enum BulkLoadPhase: Sendable, Equatable {
    /// Another load is at work; this one begins when it ends.
    case waiting
    /// Rows come in; the caller knows how many.
    case staging
    case products
    case users
    /// Events go into the shop's table; the part of them that is done, 0…1.
    case interactions(Double)
}

/// Loads products, users and events in one transaction: all of it or nothing, and twice the same is the same as once.
///
/// Loads queue up, whatever process they come from. A load takes no lock that a reader waits for, but for the moment in which the events
/// of a first one become visible (``FirstLoad``); another writer of a product that the load changes waits for its end.
package struct BulkLoadRepository: Sendable {
    private let database: PostgresClient
    private let sliceRows: Int

    /// Held by the transaction of a load. Any number that nothing else uses; "rsload" in ASCII.
    private static let lockKey: Int64 = 0x72_736C_6F61_64
    /// How long a statement, or the wait for another load, may take.
    private static let timeout: Duration = .seconds(3_600)

    /// - Parameter sliceRows: events added by one statement. The server remembers each row until the statement's end to check
    ///   its foreign keys, so this bounds its memory; progress moves once a slice.
    package init(database: PostgresClient, sliceRows: Int = 100_000) {
        self.database = database
        self.sliceRows = sliceRows
    }

    /// Runs `body` with a session whose staging tables live as long as the transaction, then merges them. An error thrown by
    /// `body` leaves the database as it was.
    /// - Parameters:
    ///   - defaults: for what the source of a new product does not say.
    ///   - accept: sees what was merged before it is committed; an error thrown here undoes the load.
    package func load(
        defaults: CatalogueEntry.Defaults = .init(stock: 0),
        progress: @escaping (BulkLoadPhase) -> Void = { _ in },
        accept: (BulkLoadSummary) throws -> Void = { _ in },
        _ body: (BulkLoadSession) async throws -> Void
    ) async throws -> BulkLoadSummary {
        // The rows come from a stream that cannot be read twice, so the transaction is not repeated.
        let options = TransactionOptions(statementTimeout: Self.timeout, maximumRetries: 0)
        let summary = try await database.withTransaction(options) { connection in
            try await Self.waitForOtherLoads(connection, progress)
            progress(.staging)
            let session = BulkLoadSession(connection: connection, progress: progress)
            try await session.createStagingTables()
            try await body(session)
            let summary = try await session.merge(defaults: defaults, sliceRows: sliceRows)
            try accept(summary)
            return summary
        }
        try await database.withTransaction(TransactionOptions(statementTimeout: Self.timeout)) { connection in
            try await connection.execute("ANALYZE products, users, interactions")
            try await FirstLoad.validateKeys(connection)
        }
        return summary
    }

    /// Two loads at once would wait for each other's products and users in turn, which is a deadlock sooner or later.
    private static func waitForOtherLoads(
        _ connection: PostgresConnection,
        _ progress: (BulkLoadPhase) -> Void
    ) async throws {
        let rows = try await connection.query("SELECT pg_try_advisory_xact_lock(\(lockKey))")
        if try rows.first?.decode(Bool.self, at: 0) == true { return }
        progress(.waiting)
        _ = try await connection.query("SELECT pg_advisory_xact_lock(\(lockKey))")
    }
}
