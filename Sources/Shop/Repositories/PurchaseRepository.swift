package import FoundationEssentials
package import Postgres

/// One order of a user.
package struct Order: Sendable, Equatable {
    /// One product of an order.
    package struct Line: Sendable, Equatable {
        /// Internal key.
        package var productKey: Int64
        package var quantity: Double
    }

    /// As the shop sent it; purchases without one are an order each, named by their event.
    package var orderID: String
    /// The newest of its purchases.
    package var orderedAt: Date
    /// In the order of the events.
    package var lines: [Line]
}

/// What users bought and what they hid.
package struct PurchaseRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// A page of a user's orders, newest first.
    /// - Parameters:
    ///   - page: 1-based.
    ///   - pageSize: 1…100.
    /// - Returns: nil when there is no such user.
    package func orders(of userID: String, page: Int, pageSize: Int) async throws -> (items: [Order], total: Int)? {
        try await database.withTransaction(.init(isolation: .repeatableRead, readOnly: true)) { connection in
            guard let key = try await Self.key(of: userID, on: connection) else { return nil }
            let total = try await connection.query(
                """
                SELECT count(DISTINCT coalesce(order_id, event_id)) FROM interactions
                WHERE user_key = \(key) AND interaction_type = 'purchase'
                """
            ).first?.decode(Int.self, at: 0)
            let rows = try await connection.query(
                """
                WITH page AS (
                    SELECT coalesce(order_id, event_id) AS name, max(timestamp) AS at FROM interactions
                    WHERE user_key = \(key) AND interaction_type = 'purchase' GROUP BY 1
                    ORDER BY at DESC, name LIMIT \(pageSize) OFFSET \((page - 1) * pageSize)
                )
                SELECT p.name, p.at, i.product_key, coalesce(i.value, 1)::double precision FROM page p
                JOIN interactions i ON i.user_key = \(key) AND i.interaction_type = 'purchase'
                    AND coalesce(i.order_id, i.event_id) = p.name
                ORDER BY p.at DESC, p.name, i.id
                """
            )
            var orders: [Order] = []
            for row in rows {
                let name = try row.decode(String.self, at: 0)
                if orders.last?.orderID != name {
                    orders.append(Order(orderID: name, orderedAt: try row.decode(Date.self, at: 1), lines: []))
                }
                orders[orders.count - 1].lines.append(
                    Order.Line(
                        productKey: try row.decode(Int64.self, at: 2),
                        quantity: try row.decode(Double.self, at: 3)
                    )
                )
            }
            return (orders, total ?? 0)
        }
    }

    /// The products that a user hid, by internal key, the one hidden last first.
    /// - Returns: nil when there is no such user.
    package func hidden(of userID: String) async throws -> [(productKey: Int64, since: Date)]? {
        try await database.withTransaction(.init(readOnly: true)) { connection in
            guard let key = try await Self.key(of: userID, on: connection) else { return nil }
            let rows = try await connection.query(
                """
                SELECT product_key, timestamp FROM (
                    SELECT DISTINCT ON (product_key) product_key, value, timestamp, id FROM interactions
                    WHERE user_key = \(key) AND interaction_type = 'feedback'
                    ORDER BY product_key, timestamp DESC, id DESC
                ) AS newest WHERE value < 0 ORDER BY timestamp DESC, id DESC
                """
            )
            return try rows.map { (try $0.decode(Int64.self, at: 0), try $0.decode(Date.self, at: 1)) }
        }
    }

    private static func key(of userID: String, on connection: PostgresConnection) async throws -> Int64? {
        try await connection.query("SELECT id FROM users WHERE user_id = \(userID)").first?.decode(Int64.self, at: 0)
    }
}
