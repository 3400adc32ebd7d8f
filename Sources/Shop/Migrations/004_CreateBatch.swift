import Postgres

extension Migration {
    /// Jobs, their chunks and logs, and the settings that change at run time.
    ///
    /// A running job's row is the lease: the partial unique index lets one job run at a time, `lease_until` says until when
    /// its owner may write, and `fencing_token` grows with each new holder.
    static let createBatch = Migration(
        number: 4,
        name: "create_batch",
        sql: """
            CREATE SEQUENCE batch_job_number;
            CREATE SEQUENCE fencing_token;
            CREATE TABLE batch_jobs (
                job_id text COLLATE "C" PRIMARY KEY DEFAULT 'job-' || lpad(nextval('batch_job_number')::text, 6, '0'),
                job_type text NOT NULL DEFAULT 'full' CHECK (job_type IN ('full', 'incremental', 'active_users')),
                trigger text NOT NULL CHECK (trigger IN ('timer', 'manual', 'api', 'cli')),
                status text NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
                requested_at timestamptz NOT NULL DEFAULT now(),
                started_at timestamptz,
                completed_at timestamptz,
                error_message text,
                stage text NOT NULL DEFAULT 'pending',
                progress double precision NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
                metrics jsonb NOT NULL DEFAULT '{}',
                data_cut bigint,
                catalogue_version bigint,
                as_of timestamptz,
                model_version text,
                generation bigint,
                attempts integer NOT NULL DEFAULT 0,
                lease_owner text,
                lease_until timestamptz,
                fencing_token bigint,
                idempotency_key text UNIQUE
            );
            CREATE UNIQUE INDEX batch_jobs_one_running ON batch_jobs ((true)) WHERE status = 'running';
            CREATE INDEX batch_jobs_requested ON batch_jobs (requested_at DESC, job_id DESC);
            CREATE TABLE batch_chunks (
                job_id text NOT NULL REFERENCES batch_jobs (job_id) ON DELETE CASCADE,
                chunk integer NOT NULL,
                first_user integer NOT NULL,
                user_count integer NOT NULL,
                status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done')),
                list_count integer NOT NULL DEFAULT 0,
                fencing_token bigint,
                completed_at timestamptz,
                PRIMARY KEY (job_id, chunk)
            );
            CREATE TABLE batch_job_logs (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                -- null: a tick that started no job
                job_id text REFERENCES batch_jobs (job_id) ON DELETE CASCADE,
                logged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                level text NOT NULL CHECK (level IN ('debug', 'info', 'warning', 'error')),
                message text NOT NULL
            );
            CREATE INDEX batch_job_logs_job ON batch_job_logs (job_id, id);
            CREATE TABLE app_config (
                key text PRIMARY KEY,
                value jsonb NOT NULL,
                version bigint NOT NULL DEFAULT 1,
                updated_at timestamptz NOT NULL DEFAULT now()
            );
            """
    )
}
