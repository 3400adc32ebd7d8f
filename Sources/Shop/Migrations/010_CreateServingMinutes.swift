import Postgres

extension Migration {
    /// Counts of requests; the position at which an answer showed a product.
    static let createServingMinutes = Migration(
        number: 10,
        name: "create_serving_minutes",
        sql: """
            CREATE TABLE serving_minutes (
                minute timestamptz NOT NULL,
                -- Host and process.
                instance text COLLATE "C" NOT NULL,
                -- The operation's name in the OpenAPI document.
                route text COLLATE "C" NOT NULL,
                status bigint NOT NULL,
                -- Where a list came from; empty for other routes.
                source text COLLATE "C" NOT NULL DEFAULT '',
                requests bigint NOT NULL,
                -- Durations: bucket and count, see LatencyHistogram.
                latencies text NOT NULL,
                PRIMARY KEY (minute, instance, route, status, source)
            );
            ALTER TABLE interactions ADD COLUMN position integer CHECK (position >= 0);
            """
    )
}
