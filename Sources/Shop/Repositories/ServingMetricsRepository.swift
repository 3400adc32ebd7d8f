package import FoundationEssentials
package import Postgres

/// What one process served in one minute, by route, status and source.
package struct ServingMinute: Sendable, Equatable {
    /// What requests are counted by.
    package struct Key: Sendable, Hashable {
        /// The operation's name.
        package var route: String
        package var status: Int
        /// Where a list came from: `cache`, `computed`, …; empty for other routes.
        package var source: String

        package init(route: String, status: Int, source: String) {
            (self.route, self.status, self.source) = (route, status, source)
        }
    }

    /// Its beginning.
    package var minute: Date
    package var key: Key
    package var latencies: LatencyHistogram

    package init(minute: Date, key: Key, latencies: LatencyHistogram) {
        (self.minute, self.key, self.latencies) = (minute, key, latencies)
    }
}

/// What was served in some time, as it is billed.
package struct ServedUsage: Sendable, Equatable {
    /// At the most, of instances.
    package var seconds: Double
    /// Of every kind, the host's own calls too.
    package var requests: Int64
    /// Lists for customers among them.
    package var lists: Int64
    /// The first minute that is known of it.
    package var first: Date?
}

/// Requests of some time, and those of them that customers noticed.
package struct ServingCount: Sendable, Equatable {
    package var requests: Int64
    /// Answered with 500 and more.
    package var failed: Int64
    /// Answered, but not in time.
    package var slow: Int64

    package init(requests: Int64, failed: Int64, slow: Int64) {
        (self.requests, self.failed, self.slow) = (requests, failed, slow)
    }
}

/// Counts of requests in PostgreSQL, per instance and minute.
package struct ServingMetricsRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// Writes what an instance counted; counts of a minute that it wrote before are replaced, they only grow.
    package func write(_ minutes: [ServingMinute], instance: String) async throws {
        guard !minutes.isEmpty else { return }
        _ = try await database.execute(
            """
            INSERT INTO serving_minutes (minute, instance, route, status, source, requests, latencies)
            SELECT to_timestamp(m), \(instance), r, s, c, n, l FROM unnest(
                \(minutes.map(\.minute.timeIntervalSince1970)), \(minutes.map(\.key.route)),
                \(minutes.map { Int64($0.key.status) }), \(minutes.map(\.key.source)),
                \(minutes.map(\.latencies.count)), \(minutes.map(\.latencies.text))
            ) AS new (m, r, s, c, n, l)
            ON CONFLICT (minute, instance, route, status, source) DO UPDATE
                SET requests = EXCLUDED.requests, latencies = EXCLUDED.latencies
            """
        )
    }

    /// What all instances served from a time on.
    package func read(since: Date, route: String?) async throws -> [ServingMinute] {
        let rows = try await database.query(
            """
            SELECT minute, route, status, source, latencies FROM serving_minutes
            WHERE minute >= \(since) AND (\(route)::text IS NULL OR route = \(route)) ORDER BY minute
            """
        )
        return try rows.map { row in
            ServingMinute(
                minute: try row.decode(Date.self, at: 0),
                key: ServingMinute.Key(
                    route: try row.decode(String.self, at: 1),
                    status: Int(try row.decode(Int64.self, at: 2)),
                    source: try row.decode(String.self, at: 3)
                ),
                latencies: LatencyHistogram(text: try row.decode(String.self, at: 4))
            )
        }
    }

    /// What all instances served from a time on, as it is billed at the most.
    ///
    /// An execution is billed for a second at least, an instance for what it has executions in: of a minute the smaller of its
    /// requests and sixty. Cost: 43,200 minutes a month and instance, some rows each.
    package func billed(since: Date) async throws -> ServedUsage {
        let row = try await database.query(
            """
            SELECT coalesce(sum(least(60, requests)), 0)::double precision, coalesce(sum(requests), 0)::bigint,
                coalesce(sum(lists), 0)::bigint, min(minute)
            FROM (SELECT minute, sum(requests) AS requests, sum(requests) FILTER (WHERE source <> '') AS lists
                FROM serving_minutes WHERE minute >= \(since) GROUP BY minute, instance) AS instances
            """
        )[0]
        return ServedUsage(
            seconds: try row.decode(Double.self, at: 0),
            requests: try row.decode(Int64.self, at: 1),
            lists: try row.decode(Int64.self, at: 2),
            first: try row.decode(Date?.self, at: 3)
        )
    }

    /// How requests of a route kept to a duration, of all instances, counted by the database: an entry a route and minute is much
    /// to carry over. Failed requests are in ``ServingCount/failed`` alone.
    /// - Parameter recent: the beginning of the newest part, which is counted a second time by itself.
    package func count(
        since: Date,
        recent: Date,
        route: String,
        within milliseconds: Int
    ) async throws -> (all: ServingCount, recent: ServingCount) {
        let bucket = LatencyHistogram.lastBucket(upTo: Int64(milliseconds) * 1_000)
        let rows = try await database.query(
            """
            SELECT coalesce(sum(requests), 0)::bigint, coalesce(sum(requests) FILTER (WHERE status >= 500), 0)::bigint,
                coalesce(sum(slow) FILTER (WHERE status < 500), 0)::bigint,
                coalesce(sum(requests) FILTER (WHERE minute >= \(recent)), 0)::bigint,
                coalesce(sum(requests) FILTER (WHERE status >= 500 AND minute >= \(recent)), 0)::bigint,
                coalesce(sum(slow) FILTER (WHERE status < 500 AND minute >= \(recent)), 0)::bigint
            FROM (
                SELECT minute, status, requests, requests - (
                    SELECT coalesce(sum(split_part(entry, ':', 2)::bigint), 0)
                    FROM unnest(string_to_array(latencies, ',')) AS entry
                    WHERE split_part(entry, ':', 1)::integer <= \(bucket)
                ) AS slow
                FROM serving_minutes WHERE minute >= \(since) AND route = \(route)
            ) AS minutes
            """
        )
        let numbers = try (0..<6).map { try rows[0].decode(Int64.self, at: $0) }
        return (
            ServingCount(requests: numbers[0], failed: numbers[1], slow: numbers[2]),
            ServingCount(requests: numbers[3], failed: numbers[4], slow: numbers[5])
        )
    }

    /// Removes what is older than thirty-two days: costs are counted by the month.
    package func removeOld() async throws {
        _ = try await database.execute("DELETE FROM serving_minutes WHERE minute < now() - interval '32 days'")
    }
}
