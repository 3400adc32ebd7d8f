package import FoundationEssentials
import Postgres

/// Sums over the users of one arm of a number x and its denominator y.
package struct MetricSums: Sendable, Equatable {
    package var users: Int
    package var sumX: Double
    package var sumY: Double
    package var sumXX: Double
    package var sumXY: Double
    package var sumYY: Double
    /// Users whose x is not 0.
    package var positive: Int

    package init(
        users: Int,
        sumX: Double,
        sumY: Double,
        sumXX: Double,
        sumXY: Double,
        sumYY: Double,
        positive: Int
    ) {
        self.users = users
        self.sumX = sumX
        self.sumY = sumY
        self.sumXX = sumXX
        self.sumXY = sumXY
        self.sumYY = sumYY
        self.positive = positive
    }
}

/// What the users of one arm did.
package struct ArmFigures: Sendable, Equatable {
    /// Index of the arm.
    package var arm: Int
    package var metrics: [Experiment.Metric: MetricSums]

    package init(
        arm: Int,
        metrics: [Experiment.Metric: MetricSums]
    ) {
        self.arm = arm
        self.metrics = metrics
    }
}

/// What is known of a running or past experiment.
package struct ExperimentFigures: Sendable, Equatable {
    package var arms: [ArmFigures]
    /// Users who were shown lists of more than one arm; they are not counted.
    package var mixedUsers: Int
    /// Of interleaved lists: users with more clicks on the first arm's products, on the second's, and the others.
    package var votes: (first: Int, second: Int, ties: Int)
    /// Of each arm's newest lists: the share of the products that are in them; nil before there were any.
    package var coverage: [Double?]
    /// Of each arm, jobs that failed since it was started.
    package var failedJobs: [Int]
    package var asOf: Date

    package init(
        arms: [ArmFigures],
        mixedUsers: Int,
        votes: (first: Int, second: Int, ties: Int),
        coverage: [Double?],
        failedJobs: [Int],
        asOf: Date
    ) {
        self.arms = arms
        self.mixedUsers = mixedUsers
        self.votes = votes
        self.coverage = coverage
        self.failedJobs = failedJobs
        self.asOf = asOf
    }
    package static func == (left: ExperimentFigures, right: ExperimentFigures) -> Bool {
        left.arms == right.arms && left.mixedUsers == right.mixedUsers && left.votes == right.votes
            && left.coverage == right.coverage && left.failedJobs == right.failedJobs && left.asOf == right.asOf
    }
}

extension ExperimentRepository {
    private static let seen: SQLQuery = "count(*) FILTER (WHERE interaction_type = 'impression')"
    private static let clicked: SQLQuery = "count(*) FILTER (WHERE interaction_type = 'click')"

    /// What users did who were shown an experiment's lists.
    ///
    /// A user counts from the first impression with a `request_id` of the experiment. Impressions and clicks are those that carry one;
    /// what is put into the cart and bought counts within the window after that first impression, at today's prices.
    /// Cost: an index walk of the experiment's events and of its users' events.
    package func figures(of experiment: Experiment) async throws -> ExperimentFigures {
        try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(60))) { connection in
            let counted = try await connection.query(
                """
                WITH seen AS (
                    SELECT user_key, min(arm) AS arm, max(arm) AS other, \(Self.seen) AS impressions, \(Self.clicked) AS clicks,
                        min(timestamp) FILTER (WHERE interaction_type = 'impression') AS first_at
                    FROM interactions WHERE experiment_id = \(experiment.id) GROUP BY user_key
                ), shown AS (SELECT * FROM seen WHERE impressions > 0 AND arm = other),
                \(Self.outcomes(windowDays: experiment.windowDays))
                \(Self.sums(by: "arm"))
                """
            )
            let mixed = try await connection.query(
                """
                SELECT count(*) FROM (SELECT 1 FROM interactions WHERE experiment_id = \(experiment.id)
                    GROUP BY user_key HAVING min(arm) <> max(arm)) AS mixed
                """
            )
            let votes = try await connection.query(
                """
                SELECT count(*) FILTER (WHERE a > b), count(*) FILTER (WHERE b > a), count(*) FILTER (WHERE a = b) FROM (
                    SELECT count(*) FILTER (WHERE interaction_type = 'click' AND arm = 0) AS a,
                        count(*) FILTER (WHERE interaction_type = 'click' AND arm = 1) AS b
                    FROM interactions WHERE experiment_id = \(experiment.id)
                        AND interaction_type IN ('impression', 'click') GROUP BY user_key) AS users
                """
            )[0]
            var coverage: [Double?] = []
            var failedJobs: [Int] = []
            for variant in experiment.variants {
                let row = try await connection.query(
                    """
                    SELECT (SELECT (j.metrics->>'coverage')::double precision
                            FROM generations g JOIN batch_jobs j ON j.job_id = g.job_id
                            WHERE g.variant = \(variant.name) AND g.live_at IS NOT NULL ORDER BY g.live_at DESC LIMIT 1),
                        (SELECT count(*) FROM batch_jobs WHERE variant = \(variant.name) AND status = 'failed'
                            AND job_type = 'full' AND requested_at >= \(experiment.startedAt ?? experiment.createdAt))
                    """
                )[0]
                coverage.append(try row.decode(Double?.self, at: 0))
                failedJobs.append(try row.decode(Int.self, at: 1))
            }
            let now = try await connection.query("SELECT clock_timestamp()")[0].decode(Date.self, at: 0)
            return ExperimentFigures(
                arms: try counted.map(Self.figures),
                mixedUsers: experiment.kind == .interleaving ? 0 : try mixed[0].decode(Int.self, at: 0),
                votes: (
                    try votes.decode(Int.self, at: 0), try votes.decode(Int.self, at: 1),
                    try votes.decode(Int.self, at: 2)
                ),
                coverage: coverage,
                failedJobs: failedJobs,
                asOf: now
            )
        }
    }

    /// What the shop's users did lately, as one arm, and how many different ones came within how many days. The last 28 days up to
    /// the newest event, so that a shop with an old data set can plan too.
    package func traffic(windowDays: Int) async throws -> (figures: ArmFigures?, curve: [(days: Double, users: Double)])
    {
        try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(60))) { connection in
            let recent: SQLQuery = """
                newest AS (SELECT max(timestamp) AS at FROM interactions WHERE timestamp <= now()),
                recent AS (SELECT i.user_key, i.interaction_type, i.timestamp, newest.at FROM interactions i, newest
                    WHERE i.timestamp > newest.at - interval '28 days' AND i.timestamp <= newest.at)
                """
            let counted = try await connection.query(
                """
                WITH \(recent), shown AS (
                    SELECT user_key, 0 AS arm, \(Self.seen) AS impressions, \(Self.clicked) AS clicks, min(timestamp) AS first_at
                    FROM recent GROUP BY user_key
                ),
                \(Self.outcomes(windowDays: windowDays))
                \(Self.sums(by: "arm"))
                """
            )
            let curve = try await connection.query(
                """
                WITH \(recent), first AS (
                    SELECT extract(epoch FROM min(timestamp) - (min(at) - interval '28 days')) / 86400.0 AS day
                    FROM recent GROUP BY user_key)
                SELECT d::double precision, count(*) FILTER (WHERE day <= d)::double precision
                FROM unnest(ARRAY[1, 3, 7, 14, 21, 28]) AS d LEFT JOIN first ON true GROUP BY d ORDER BY d
                """
            )
            return (
                try counted.first.map(Self.figures),
                try curve.map { (try $0.decode(Double.self, at: 0), try $0.decode(Double.self, at: 1)) }
            )
        }
    }

    /// A row a user of `shown`: x and y of each metric.
    private static func outcomes(windowDays: Int) -> SQLQuery {
        """
        outcomes AS (
            SELECT s.user_key, s.arm, s.impressions::double precision AS y_click_through,
                least(s.clicks, s.impressions)::double precision AS x_click_through,
                coalesce(bool_or(o.interaction_type = 'add_to_cart'), false)::int::double precision AS x_add_to_cart,
                coalesce(bool_or(o.interaction_type = 'purchase'), false)::int::double precision AS x_conversion,
                coalesce(sum(p.price_minor * coalesce(o.value, 1)) FILTER (WHERE o.interaction_type = 'purchase'), 0)
                    ::double precision / 100 AS x_revenue
            FROM shown s LEFT JOIN interactions o ON o.user_key = s.user_key
                AND o.interaction_type IN ('add_to_cart', 'purchase') AND o.timestamp >= s.first_at
                AND o.timestamp < s.first_at + make_interval(days => \(Int32(windowDays)))
            LEFT JOIN products p ON p.id = o.product_key
            GROUP BY s.user_key, s.arm, s.impressions, s.clicks
        )
        """
    }

    private static func sums(by arm: SQLQuery) -> SQLQuery {
        let columns = Experiment.Metric.allCases.map { metric -> SQLQuery in
            let x: SQLQuery = "x_\(unescaped: metric.rawValue)"
            let y: SQLQuery = metric == .clickThrough ? "y_click_through" : "1::double precision"
            return """
                sum(\(x)), sum(\(y)), sum(\(x) * \(x)), sum(\(x) * \(y)), sum(\(y) * \(y)), count(*) FILTER (WHERE \(x) > 0)
                """
        }
        return
            "SELECT \(arm)::bigint, count(*), \(SQLQuery.joined(columns)) FROM outcomes GROUP BY \(arm) ORDER BY \(arm)"
    }

    private static func figures(_ row: Row) throws -> ArmFigures {
        let users = try row.decode(Int.self, at: 1)
        var metrics: [Experiment.Metric: MetricSums] = [:]
        for (index, metric) in Experiment.Metric.allCases.enumerated() {
            let first = 2 + 6 * index
            metrics[metric] = MetricSums(
                users: users,
                sumX: try row.decode(Double.self, at: first),
                sumY: try row.decode(Double.self, at: first + 1),
                sumXX: try row.decode(Double.self, at: first + 2),
                sumXY: try row.decode(Double.self, at: first + 3),
                sumYY: try row.decode(Double.self, at: first + 4),
                positive: try row.decode(Int.self, at: first + 5)
            )
        }
        return ArmFigures(arm: Int(try row.decode(Int64.self, at: 0)), metrics: metrics)
    }
}
