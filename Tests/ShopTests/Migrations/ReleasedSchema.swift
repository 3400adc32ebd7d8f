import Postgres

@testable import Shop

/// The schema of an earlier release: rows of a shop that ran on it, and what its program read.
struct ReleasedSchema: CustomStringConvertible {
    /// The number of its newest migration.
    let number: Int

    var description: String { "schema \(number)" }

    var migrations: [Migration] { ShopMigrations.all.filter { $0.number <= number } }

    /// Statements that put at least one row into every table.
    var rows: [String] { Self.rows.filter { $0.since <= number && number < $0.until }.map(\.sql) }

    /// Statements of the program of that time, as it prepared them.
    var reads: [SQLQuery] { Self.reads.filter { $0.since <= number && number < $0.until }.map(\.sql) }

    /// Up to this number `rows` fill every table; a migration that makes a table moves it.
    static let filled = 14

    private static let never = Int.max

    private static let rows: [(since: Int, until: Int, sql: String)] = [
        (
            1, never,
            """
            INSERT INTO products (product_id, name, description, category, price_minor, stock, metadata)
            SELECT 'P-' || n, 'Café no. ' || n, 'Text ' || n, 'Category ' || n % 3, 100 * n, n, jsonb_build_object('brand', 'B' || n)
            FROM generate_series(1, 40) n
            """
        ),
        (
            1, never,
            """
            INSERT INTO users (user_id, display_name, preferences)
            SELECT 'U-' || n, 'Customer ' || n, '{"categories": ["Category 1"]}' FROM generate_series(1, 20) n
            """
        ),
        (
            2, never,
            """
            INSERT INTO interactions (event_id, user_key, product_key, interaction_type, value, timestamp, order_id)
            SELECT 'e-' || u.id || '-' || p.id, u.id, p.id, (ARRAY['view', 'purchase', 'rating'])[1 + p.id % 3]::interaction_type,
                1 + p.id % 5, timestamptz '2024-05-01 10:00+00' + p.id * interval '1 hour', 'o-' || u.id
            FROM users u CROSS JOIN products p WHERE (u.id + p.id) % 4 = 0
            """
        ),
        (
            3, never,
            """
            INSERT INTO models (version, algorithm, artifact_path, sha256, data_cut, status)
            VALUES ('m-1', 'item_knn', 'models/m-1', repeat('0', 64), 100, 'live')
            """
        ),
        (
            3, never,
            "INSERT INTO generations (job_id, model_version, data_cut, status, list_count) VALUES ('job-000001', 'm-1', 100, 'live', 20)"
        ),
        (3, never, "INSERT INTO live (variant, generation, model_version) VALUES ('default', 1, 'm-1')"),
        (3, never, "CREATE TABLE \(generationTable) (LIKE recommendation_cache INCLUDING DEFAULTS)"),
        (
            3, never,
            """
            INSERT INTO \(generationTable) (generation, user_key, list, recommended_products, generated_at, data_cut, model_version)
            SELECT 1, u.id, 'discover', '{"v": 1, "p": [1, 2, 3], "s": [0.5, 0.25, 0.125]}', '2024-05-02 10:00+00', 100, 'm-1' FROM users u
            """
        ),
        (3, never, "ALTER TABLE \(generationTable) ADD PRIMARY KEY (generation, user_key, list)"),
        (3, never, "ALTER TABLE recommendation_cache ATTACH PARTITION \(generationTable) FOR VALUES IN (1)"),
        (
            3, never,
            """
            INSERT INTO recommendation_cache_overlay
                (generation, user_key, list, recommended_products, generated_at, data_cut, model_version)
            SELECT 0, id, 'buy_again', '{"v": 1, "p": [4], "s": [1]}', '2024-05-03 10:00+00', 120, 'm-1' FROM users WHERE user_id = 'U-1'
            """
        ),
        (
            4, never,
            """
            INSERT INTO batch_jobs (trigger, status, started_at, completed_at, stage, progress, metrics, data_cut, model_version,
                generation, attempts, fencing_token)
            VALUES ('timer', 'completed', '2024-05-02 10:00+00', '2024-05-02 10:01+00', 'done', 100, '{"users": 20}', 100, 'm-1', 1, 1,
                nextval('fencing_token')),
                ('api', 'failed', '2024-05-02 12:00+00', '2024-05-02 12:01+00', 'scoring', 40, '{}', 110, NULL, NULL, 2,
                nextval('fencing_token'))
            """
        ),
        (
            4, never,
            """
            INSERT INTO batch_chunks (job_id, chunk, first_user, user_count, status, list_count) VALUES ('job-000001', 0, 0, 20, 'done', 20)
            """
        ),
        (
            4, never,
            "INSERT INTO batch_job_logs (job_id, level, message) VALUES ('job-000001', 'info', 'done'), (NULL, 'debug', 'not due')"
        ),
        (4, never, #"INSERT INTO app_config (key, value) VALUES ('batch_schedule', '{"interval_seconds": 3600}')"#),
        (9, never, "INSERT INTO ticks VALUES ('GenerateRecommendations', '2024-05-02 10:00+00', 'a job was started')"),
        (
            10, never,
            """
            INSERT INTO serving_minutes (minute, instance, route, status, source, requests, latencies)
            VALUES ('2024-05-02 10:00+00', 'host-1', 'getRecommendations', 200, 'cache', 7, '3:7')
            """
        ),
        (
            11, never,
            "INSERT INTO idempotency_keys (operation, key, request, status) VALUES ('triggerBatch', 'k', repeat('0', 64), 202)"
        ),
        (12, never, "INSERT INTO erasures (user_since) VALUES ('2024-01-01 00:00+00')"),
        (13, never, "INSERT INTO batch_quarantine (job_id, user_key, reason) VALUES ('job-000002', 3, 'no list')"),
        (
            14, never,
            """
            INSERT INTO experiments (name, kind, arms, salt, metric, window_days, planned_users)
            VALUES ('two models', 'ab', '[{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5}]', 'salt', 'conversion', 7, 1000)
            """
        ),
    ]

    private static let generationTable = GenerationRepository.table(1)

    private static let reads: [(since: Int, until: Int, sql: SQLQuery)] = [
        (1, never, "SELECT version FROM catalogue_version"),
        (
            1, never,
            """
            SELECT id, product_id, name, description, category, price_minor, currency, stock, active, metadata, rating_count,
                rating_average, purchase_count FROM products ORDER BY product_id
            """
        ),
        (
            1, never,
            "SELECT id, user_id, email, display_name, preferences, segment, invalidated_after FROM users WHERE user_id = \("U-1")"
        ),
        (
            2, never,
            """
            SELECT i.id, p.product_id, i.interaction_type::text, i.value, i.timestamp FROM interactions i
            JOIN users u ON u.id = i.user_key JOIN products p ON p.id = i.product_key WHERE u.user_id = \("U-1") ORDER BY i.id
            """
        ),
        // The look-up of a list, in each of its forms.
        (3, 12, lookup(invalidated: "")),
        (12, never, lookup(invalidated: "l.invalidated_after, ")),
        (4, never, "SELECT value, version FROM app_config WHERE key = \("batch_schedule")"),
        (
            4, never,
            "SELECT job_id, status, stage, progress, metrics, completed_at, error_message FROM batch_jobs ORDER BY job_id"
        ),
        (4, never, "SELECT level, message FROM batch_job_logs WHERE job_id = \("job-000001") ORDER BY id"),
        (9, never, "SELECT ticked_at, outcome FROM ticks WHERE function_name = \("GenerateRecommendations")"),
        (
            14, never,
            "SELECT id, name, status, kind, arms, salt, metric FROM experiments WHERE status <> 'archived' ORDER BY id"
        ),
    ]

    private static func lookup(invalidated: String) -> SQLQuery {
        """
        SELECT u.id, u.invalidated_after, l.generation, l.model_version, \(unescaped: invalidated)g.recommended_products, g.data_cut,
            g.generated_at, o.recommended_products, o.data_cut, o.generated_at, o.model_version FROM users u
        LEFT JOIN live l ON l.variant = 'default'
        LEFT JOIN recommendation_cache_overlay o ON o.generation = 0 AND o.user_key = u.id AND o.list = 'discover'
        LEFT JOIN \(identifier: generationTable) g ON g.generation = 1 AND g.user_key = u.id AND g.list = 'discover'
        WHERE u.user_id = \("U-2")
        """
    }
}
