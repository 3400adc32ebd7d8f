import Postgres

extension Migration {
    /// Experiments; which variant a job makes lists for; by which arm a customer was served what an event follows from.
    static let createExperiments = Migration(
        number: 14,
        name: "create_experiments",
        sql: """
            CREATE TABLE experiments (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                name text NOT NULL,
                status text COLLATE "C" NOT NULL DEFAULT 'draft'
                    CHECK (status IN ('draft', 'running', 'stopped', 'concluded', 'archived')),
                kind text COLLATE "C" NOT NULL CHECK (kind IN ('ab', 'interleaving')),
                -- Two of {"name", "share", "configuration"}, the control first; a null configuration is the shop's own settings.
                arms jsonb NOT NULL,
                -- Of the hash that decides a user's arm.
                salt text COLLATE "C" NOT NULL,
                metric text COLLATE "C" NOT NULL
                    CHECK (metric IN ('click_through', 'add_to_cart', 'conversion', 'revenue')),
                -- What a user does counts for so long after the first answer.
                window_days integer NOT NULL CHECK (window_days BETWEEN 1 AND 90),
                -- At about how many users its intervals are narrowest.
                planned_users bigint NOT NULL CHECK (planned_users > 0),
                winner text,
                conclusion text,
                created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                started_at timestamptz,
                ended_at timestamptz,
                version bigint NOT NULL DEFAULT 1
            );
            CREATE UNIQUE INDEX experiments_one_running ON experiments ((true)) WHERE status = 'running';

            ALTER TABLE batch_jobs ADD COLUMN variant text COLLATE "C" NOT NULL DEFAULT 'default'
                CHECK (variant ~ '^[a-z0-9_-]{1,32}$');

            -- From the signed request_id: the generation that the list came from, 0 for one made on demand, and the experiment's
            -- arm (of interleaved lists, the one that brought the product).
            ALTER TABLE interactions ADD COLUMN generation bigint, ADD COLUMN experiment_id bigint, ADD COLUMN arm smallint;
            -- What answers' ids are signed with, so that no request has to write it.
            INSERT INTO app_config (key, value, version)
            SELECT 'signing_key', to_jsonb(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')), 1
            ON CONFLICT (key) DO NOTHING;
            CREATE INDEX interactions_experiment ON interactions (experiment_id, user_key) WHERE experiment_id IS NOT NULL;
            """
    )
}
