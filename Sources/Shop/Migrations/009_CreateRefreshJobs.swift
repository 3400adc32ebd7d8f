import Postgres

extension Migration {
    /// Generations belong to a variant; jobs of each type run beside those of the others; the last tick of each timer is a row.
    static let createRefreshJobs = Migration(
        number: 9,
        name: "create_refresh_jobs",
        sql: """
            ALTER TABLE generations ADD COLUMN variant text COLLATE "C" NOT NULL DEFAULT 'default'
                CHECK (variant ~ '^[a-z0-9_-]{1,32}$');
            ALTER TABLE live ADD CHECK (variant ~ '^[a-z0-9_-]{1,32}$');

            DROP INDEX batch_jobs_one_running;
            CREATE UNIQUE INDEX batch_jobs_one_running ON batch_jobs (job_type) WHERE status = 'running';
            DROP INDEX batch_jobs_newest;
            CREATE INDEX batch_jobs_newest ON batch_jobs (job_type, status, fencing_token DESC NULLS LAST);
            -- stand_in: a process that serves requests, while the host's timer is silent
            ALTER TABLE batch_jobs DROP CONSTRAINT batch_jobs_trigger_check;
            ALTER TABLE batch_jobs ADD CONSTRAINT batch_jobs_trigger_check
                CHECK (trigger IN ('timer', 'manual', 'api', 'cli', 'stand_in'));

            -- Customers whose lists are stale: those above the live generation's cut.
            CREATE INDEX users_invalidated_after ON users (invalidated_after);

            CREATE TABLE ticks (
                -- The timer function; one row each.
                function_name text COLLATE "C" PRIMARY KEY,
                ticked_at timestamptz NOT NULL,
                -- What the tick led to, in words; null while it is being worked on.
                outcome text
            );
            """
    )
}
