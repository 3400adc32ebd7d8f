import Postgres

extension Migration {
    /// Models, generations, the live pointer and the lists themselves.
    ///
    /// `recommendation_cache` has one partition a generation and no default partition: a generation is loaded as a table of
    /// its own and attached when it is whole. Generation 0 is the overlay that on-demand lists go to. Products and users are
    /// not foreign keys here, because a cache must never stand in the way of the data it was made from.
    static let createRecommendationCache = Migration(
        number: 3,
        name: "create_recommendation_cache",
        sql: """
            CREATE TABLE models (
                version text COLLATE "C" PRIMARY KEY,
                algorithm text NOT NULL,
                parameters jsonb NOT NULL DEFAULT '{}',
                metrics jsonb NOT NULL DEFAULT '{}',
                artifact_path text NOT NULL,
                sha256 text NOT NULL,
                data_cut bigint NOT NULL,
                status text NOT NULL CHECK (status IN ('candidate', 'live', 'retired', 'rejected')),
                created_at timestamptz NOT NULL DEFAULT now()
            );
            CREATE TABLE generations (
                generation bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                job_id text NOT NULL UNIQUE,
                model_version text NOT NULL REFERENCES models (version),
                data_cut bigint NOT NULL,
                status text NOT NULL CHECK (status IN ('building', 'live', 'retired', 'failed', 'dropped')),
                list_count bigint NOT NULL DEFAULT 0,
                created_at timestamptz NOT NULL DEFAULT now(),
                live_at timestamptz,
                retired_at timestamptz
            );
            CREATE TABLE live (
                variant text PRIMARY KEY,
                generation bigint NOT NULL REFERENCES generations (generation),
                model_version text NOT NULL REFERENCES models (version),
                changed_at timestamptz NOT NULL DEFAULT now()
            );
            CREATE TYPE recommendation_list AS ENUM ('discover', 'buy_again');
            CREATE TABLE recommendation_cache (
                generation bigint NOT NULL,
                user_key bigint NOT NULL,
                list recommendation_list NOT NULL,
                recommended_products jsonb NOT NULL,
                generated_at timestamptz NOT NULL,
                data_cut bigint NOT NULL,
                model_version text NOT NULL,
                status text NOT NULL DEFAULT 'ready',
                PRIMARY KEY (generation, user_key, list)
            ) PARTITION BY LIST (generation);
            CREATE TABLE recommendation_cache_overlay PARTITION OF recommendation_cache FOR VALUES IN (0);
            """
    )
}
