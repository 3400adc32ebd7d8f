package import Postgres

/// A user with what makes it different from others.
package struct SampleUser: Sendable, Equatable {
    package var userID: String
    package var displayName: String?
    package var orders: Int64
    /// Where most of the purchases are; nil without any.
    package var category: String?
}

/// How much there is of a customer's history, beside others of the shop.
package enum CustomerActivity: String, Sendable, CaseIterable {
    case heavy, light
    /// Without any event.
    case newcomer
}

/// Picks users to look at a shop with.
package struct SampleUserRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// Up to seven recent customers of different categories, those with most orders first, and one user without purchases.
    ///
    /// Looks at the newest 20,000 purchases and the newest 1,000 users, whatever the size of the shop.
    package func find() async throws -> [SampleUser] {
        let rows = try await database.query(
            """
            WITH recent AS (
                SELECT DISTINCT user_key FROM (
                    SELECT user_key FROM interactions WHERE interaction_type = 'purchase' ORDER BY id DESC LIMIT 20000
                ) AS newest LIMIT 300
            ), bought AS (
                SELECT r.user_key, p.category, count(*) AS purchases FROM recent r
                JOIN interactions i ON i.user_key = r.user_key AND i.interaction_type = 'purchase'
                JOIN products p ON p.id = i.product_key GROUP BY r.user_key, p.category
            ), favourite AS (
                SELECT DISTINCT ON (user_key) user_key, category FROM bought ORDER BY user_key, purchases DESC, category
            ), counted AS (
                SELECT f.user_key, f.category, (
                    SELECT count(DISTINCT coalesce(order_id, event_id)) FROM interactions i
                    WHERE i.user_key = f.user_key AND i.interaction_type = 'purchase') AS orders
                FROM favourite f
            ), best AS (
                SELECT DISTINCT ON (category) user_key, category, orders FROM counted
                ORDER BY category, orders DESC, user_key
            ), newcomer AS (
                SELECT u.id FROM (SELECT id FROM users ORDER BY id DESC LIMIT 1000) AS u
                WHERE NOT EXISTS (SELECT 1 FROM interactions i
                    WHERE i.user_key = u.id AND i.interaction_type = 'purchase')
                ORDER BY u.id LIMIT 1
            )
            (SELECT u.user_id, u.display_name, b.orders, b.category FROM best b JOIN users u ON u.id = b.user_key
             ORDER BY b.orders DESC, u.user_id LIMIT 7)
            UNION ALL
            SELECT u.user_id, u.display_name, 0, NULL FROM newcomer n JOIN users u ON u.id = n.id
            """
        )
        return try rows.map { row in
            SampleUser(
                userID: try row.decode(String.self, at: 0),
                displayName: try row.decode(String?.self, at: 1),
                orders: try row.decode(Int64.self, at: 2),
                category: try row.decode(String?.self, at: 3)
            )
        }
    }

    /// Customers with long histories, with short ones, and without any: up to so many of each, each customer once.
    ///
    /// Looks at the newest 20,000 events and the newest 1,000 users, whatever the size of the shop.
    package func byActivity(each count: Int) async throws -> [(userID: String, activity: CustomerActivity)] {
        let rows = try await database.query(
            """
            WITH recent AS (
                SELECT DISTINCT user_key FROM (SELECT user_key FROM interactions ORDER BY id DESC LIMIT 20000) AS newest
                LIMIT 300
            ), counted AS (
                SELECT r.user_key, count(*) AS events FROM recent r JOIN interactions i ON i.user_key = r.user_key
                GROUP BY r.user_key
            ), ranked AS (
                SELECT u.user_id, row_number() OVER (ORDER BY c.events DESC, u.user_id) AS place,
                    row_number() OVER (ORDER BY c.events, u.user_id) AS from_below
                FROM counted c JOIN users u ON u.id = c.user_key
            )
            (SELECT user_id, CASE WHEN place <= \(count) THEN 'heavy' ELSE 'light' END FROM ranked
             WHERE place <= \(count) OR from_below <= \(count) ORDER BY place)
            UNION ALL
            (SELECT u.user_id, 'newcomer' FROM (SELECT id, user_id FROM users ORDER BY id DESC LIMIT 1000) AS u
             WHERE NOT EXISTS (SELECT 1 FROM interactions i WHERE i.user_key = u.id) ORDER BY u.id LIMIT \(count))
            """
        )
        return try rows.compactMap { row in
            guard let activity = CustomerActivity(rawValue: try row.decode(String.self, at: 1)) else { return nil }
            return (try row.decode(String.self, at: 0), activity)
        }
    }
}
