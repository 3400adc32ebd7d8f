import Postgres

extension Migration {
    /// Housekeeping after a batch as work of its own, with a lease of its own; and what tells a valid lease from one that was
    /// written while the clock was wrong.
    static let createHousekeeping = Migration(
        number: 6,
        name: "create_housekeeping",
        sql: """
            ALTER TABLE batch_jobs ADD COLUMN lease_seconds double precision;
            CREATE INDEX batch_jobs_newest ON batch_jobs (status, fencing_token DESC NULLS LAST);
            CREATE TABLE housekeeping (
                only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
                -- the job that it is due for; null: nothing is due
                job_id text COLLATE "C",
                attempts integer NOT NULL DEFAULT 0,
                -- after a failure: when it is tried again
                not_before timestamptz,
                lease_owner text,
                lease_until timestamptz,
                lease_seconds double precision,
                fencing_token bigint
            );
            INSERT INTO housekeeping (job_id) VALUES (
                (SELECT job_id FROM batch_jobs WHERE status = 'completed' AND generation IS NOT NULL
                 ORDER BY fencing_token DESC NULLS LAST LIMIT 1)
            );
            """
    )
}
