package import Postgres

/// A customer whose lists are to be made again.
package struct StaleCustomer: Sendable, Equatable {
    package var userKey: Int64
    /// The event that the lists do not know, or the number by which they were made stale.
    package var newestEventID: Int64
}

/// Whose lists a job makes again.
package struct StaleSelection: Sendable {
    package enum Rule: Sendable, Equatable {
        /// Customers with an event that says something about taste.
        case events
        /// Customers whose list an event made stale, and who did something within this time; then those of whom nothing is known
        /// but that all lists were made stale.
        case invalidated(activeWithin: Duration)
    }

    package var rule: Rule
    /// What the lists are compared with, and with what they are made.
    package var live: LivePointer
    /// The cut of the live generation.
    package var dataCut: Int64

    package init(rule: Rule, live: LivePointer, dataCut: Int64) {
        self.rule = rule
        self.live = live
        self.dataCut = dataCut
    }
}

/// Finds the customers whose newest list is older than what they did.
package struct StaleListRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// The customers of a selection, those with the newest events first.
    ///
    /// A list in the overlay counts if it is of a model that is live, everybody's or an arm's of an experiment, and knows the event; a customer has two, the second one empty
    /// where nothing was bought. Cost: `invalidated` reads the customers above the cut by index and one event of each, and all
    /// customers while all lists are stale; `events` reads the events above the cut.
    package func customers(_ selection: StaleSelection, limit: Int) async throws -> [StaleCustomer] {
        let known: SQLQuery = """
            (SELECT count(*) FROM recommendation_cache_overlay o
            WHERE o.generation = 0 AND o.user_key = stale.user_key AND o.model_version IN (SELECT model_version FROM live)
                AND o.data_cut >= stale.newest)
            """
        let rows = try await database.query(
            """
            SELECT user_key, newest FROM (
                SELECT user_key, max(newest) AS newest, bool_or(is_own) AS is_own
                FROM (\(Self.candidates(selection))) AS candidates GROUP BY user_key
            ) AS stale
            WHERE \(known) < \(Int64(ListKind.allCases.count)) ORDER BY is_own DESC, newest DESC, user_key LIMIT \(Int64(limit))
            """
        )
        return try rows.map {
            StaleCustomer(
                userKey: try $0.decode(Int64.self, at: 0),
                newestEventID: try $0.decode(Int64.self, at: 1)
            )
        }
    }

    private static func candidates(_ selection: StaleSelection) -> SQLQuery {
        switch selection.rule {
        case .events:
            """
            SELECT user_key, max(id) AS newest, true AS is_own FROM interactions WHERE id > \(selection.dataCut)
                AND interaction_type IN (\(InteractionType.sqlList(InteractionType.allCases.filter(\.saysTaste))))
            GROUP BY user_key
            """
        case .invalidated(let activeWithin):
            """
            SELECT u.id AS user_key, u.invalidated_after AS newest, true AS is_own FROM users u
            WHERE u.invalidated_after > \(selection.dataCut) AND (
                SELECT i.timestamp FROM interactions i WHERE i.user_key = u.id ORDER BY i.id DESC LIMIT 1
            ) > clock_timestamp() - make_interval(secs => \(activeWithin / .seconds(1)))
            UNION ALL
            SELECT u.id, l.invalidated_after, false FROM live l CROSS JOIN users u
            WHERE l.variant = \(selection.live.variant.name) AND l.invalidated_after > \(selection.dataCut)
            """
        }
    }
}
