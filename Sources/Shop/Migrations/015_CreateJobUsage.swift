import Postgres

extension Migration {
    /// What work on jobs has used of what is paid for.
    static let createJobUsage = Migration(
        number: 15,
        name: "create_job_usage",
        sql: """
            CREATE TABLE job_usage (
                -- One process's work of one kind on a job.
                work_id text COLLATE "C" PRIMARY KEY,
                -- Not a foreign key: jobs that refresh lists are removed after days, what they have cost is counted by the month.
                job_id text COLLATE "C" NOT NULL,
                kind text COLLATE "C" NOT NULL CHECK (kind IN ('run', 'chunks', 'completion', 'housekeeping')),
                started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                seconds double precision NOT NULL,
                -- Of the instance; null where no setting says.
                memory_mb integer,
                database_seconds double precision NOT NULL,
                blob_reads bigint NOT NULL,
                blob_writes bigint NOT NULL
            );
            CREATE INDEX job_usage_job ON job_usage (job_id);
            CREATE INDEX job_usage_started ON job_usage (started_at);
            """
    )
}
