package import Postgres

/// How complete and how new one kind of list is.
package struct CacheStats: Sendable, Equatable {
    package var variant: String
    package var list: ListKind
    /// Users of the shop.
    package var users: Int64
    /// Lists that are served as they are.
    package var fresh: Int64
    /// Lists from before something that the user did, or too old.
    package var stale: Int64
    /// How many lists are at most an hour old, six hours, …; see ``ages``. Each list counts once.
    package var byAge: [Int64]

    package var missing: Int64 { max(0, users - fresh - stale) }

    /// Upper ends of the ages that lists are counted by, in seconds; the last count is of older ones.
    package static let ages: [Int64] = [3_600, 21_600, 43_200, 86_400, 604_800]
}

/// The stored lists as a whole, for administrators.
package struct CacheStatsRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// By variant and list. A list counts as serving sees it: of the live generation, or made on demand by the live model and
    /// newer.
    ///
    /// Cost: reads every list's row, a fraction of a second for a hundred thousand users.
    /// - Parameter maximumAge: in seconds; older lists are stale.
    package func stats(maximumAge: Int) async throws -> [CacheStats] {
        let ages = CacheStats.ages.map(Double.init)
        return try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(30))) { connection in
            let rows = try await connection.query(
                """
                WITH entries AS (
                    SELECT DISTINCT ON (l.variant, c.user_key, c.list) l.variant, l.invalidated_after, c.user_key, c.list,
                        c.data_cut,
                        extract(epoch FROM now() - c.generated_at)::double precision AS age
                    FROM live l JOIN recommendation_cache c
                        ON c.generation IN (l.generation, 0) AND c.model_version = l.model_version
                    ORDER BY l.variant, c.user_key, c.list, c.data_cut DESC, c.generated_at DESC
                )
                SELECT e.variant, e.list::text, (SELECT count(*) FROM users),
                    count(*) FILTER (WHERE e.data_cut >= greatest(u.invalidated_after, e.invalidated_after)
                        AND e.age <= \(Double(maximumAge))),
                    count(*) FILTER (WHERE e.data_cut < greatest(u.invalidated_after, e.invalidated_after)
                        OR e.age > \(Double(maximumAge))),
                    ARRAY[count(*) FILTER (WHERE age <= \(ages[0])),
                        count(*) FILTER (WHERE age > \(ages[0]) AND age <= \(ages[1])),
                        count(*) FILTER (WHERE age > \(ages[1]) AND age <= \(ages[2])),
                        count(*) FILTER (WHERE age > \(ages[2]) AND age <= \(ages[3])),
                        count(*) FILTER (WHERE age > \(ages[3]) AND age <= \(ages[4])),
                        count(*) FILTER (WHERE age > \(ages[4]))]
                FROM entries e JOIN users u ON u.id = e.user_key GROUP BY e.variant, e.list ORDER BY e.variant, e.list
                """
            )
            return try rows.compactMap { row in
                guard let list = ListKind(rawValue: try row.decode(String.self, at: 1)) else { return nil }
                return CacheStats(
                    variant: try row.decode(String.self, at: 0),
                    list: list,
                    users: try row.decode(Int64.self, at: 2),
                    fresh: try row.decode(Int64.self, at: 3),
                    stale: try row.decode(Int64.self, at: 4),
                    byAge: try row.decode([Int64].self, at: 5)
                )
            }
        }
    }

    /// Seconds since the lists that everybody is served were begun; nil before the first batch.
    package func ageOfLiveLists() async throws -> Double? {
        try await database.query(
            """
            SELECT extract(epoch FROM clock_timestamp() - g.created_at)::double precision FROM live l
            JOIN generations g ON g.generation = l.generation WHERE l.variant = 'default'
            """
        ).first?.decode(Double.self, at: 0)
    }

    /// Makes a user's stored lists stale, so that the next request makes new ones. Rows stay as they are: a generation that went live
    /// is never edited, or its job could not be replayed. The number comes from the sequence of event ids, above every cut.
    /// - Returns: how many lists were served until now, or nil when there is no such user.
    package func invalidate(_ userID: String) async throws -> Int? {
        try await database.withTransaction(.init(lockTimeout: .seconds(5))) { connection in
            try await connection.query(
                """
                UPDATE users SET invalidated_after = nextval(pg_get_serial_sequence('interactions', 'id'))
                WHERE user_id = \(userID)
                RETURNING (SELECT count(DISTINCT (l.variant, c.list)) FROM live l JOIN recommendation_cache c
                    ON c.generation IN (l.generation, 0) AND c.model_version = l.model_version WHERE c.user_key = users.id)
                """
            ).first?.decode(Int.self, at: 0)
        }
    }

    /// Makes the stored lists of all users stale. They are served as such until a job has made new ones; no request makes them, or
    /// all customers would have theirs computed at once.
    /// - Returns: how many users have lists; nil before the first batch.
    package func invalidateAll() async throws -> Int? {
        try await database.withTransaction(.init(statementTimeout: .seconds(30), lockTimeout: .seconds(10))) {
            connection in
            let changed = try await connection.execute(
                """
                UPDATE live SET invalidated_after = nextval(pg_get_serial_sequence('interactions', 'id')),
                    invalidated_at = clock_timestamp()
                """
            )
            guard changed > 0 else { return nil }
            return try await connection.query(
                """
                SELECT count(DISTINCT c.user_key) FROM live l JOIN recommendation_cache c
                    ON c.generation IN (l.generation, 0) AND c.model_version = l.model_version
                """
            )[0].decode(Int.self, at: 0)
        }
    }
}
