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

    /// Removes what is older than thirty days.
    package func removeOld() async throws {
        _ = try await database.execute("DELETE FROM serving_minutes WHERE minute < now() - interval '30 days'")
    }
}
