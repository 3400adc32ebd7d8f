import Postgres

/// A product of a stored list that a customer was shown.
package struct LoggedImpression: Sendable, Equatable {
    package var generation: Int64
    package var userKey: Int64
    package var productKey: Int64
    package var isClicked: Bool
}

extension ExperimentRepository {
    /// What customers were shown of stored lists, and whether they clicked, by generation and customer. Only what carries a
    /// `request_id` that was signed for the customer. Cost: a walk over all events.
    package func loggedImpressions() async throws -> [LoggedImpression] {
        try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(900))) { connection in
            try await connection.query(
                """
                SELECT generation, user_key, product_key, bool_or(interaction_type = 'click') FROM interactions
                WHERE generation > 0 AND interaction_type IN ('impression', 'click')
                GROUP BY generation, user_key, request_id, product_key HAVING bool_or(interaction_type = 'impression')
                ORDER BY generation, user_key, request_id, product_key
                """
            ).map { row in
                LoggedImpression(
                    generation: try row.decode(Int64.self, at: 0),
                    userKey: try row.decode(Int64.self, at: 1),
                    productKey: try row.decode(Int64.self, at: 2),
                    isClicked: try row.decode(Bool.self, at: 3)
                )
            }
        }
    }
}
