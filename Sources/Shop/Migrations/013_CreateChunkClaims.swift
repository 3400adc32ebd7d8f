import Postgres

extension Migration {
    /// Chunks that any process can score: who has claimed one, how often, and what came of it; what every process needs to know of
    /// a planned job; customers who could not be scored.
    static let createChunkClaims = Migration(
        number: 13,
        name: "create_chunk_claims",
        sql: """
            -- Counts and checksum of the data that the job was planned over, with its generation.
            ALTER TABLE batch_jobs ADD COLUMN plan jsonb;
            -- Since when its chunks wait for other processes; such a job has no holder until they are done.
            ALTER TABLE batch_jobs ADD COLUMN scoring_since timestamptz;

            -- The claim is a lease (columns as in batch_jobs), fencing_token its token.
            ALTER TABLE batch_chunks ADD COLUMN lease_owner text, ADD COLUMN lease_until timestamptz,
                ADD COLUMN lease_seconds double precision,
                -- Claims that ended without lists.
                ADD COLUMN attempts integer NOT NULL DEFAULT 0,
                ADD COLUMN error_message text,
                ADD COLUMN filled_count integer NOT NULL DEFAULT 0,
                ADD COLUMN empty_count integer NOT NULL DEFAULT 0,
                -- Two 64-bit digests a customer ("discover", "buy again"), and the set of listed items as words of 64 bits;
                -- until the job has ended.
                ADD COLUMN digests bigint[],
                ADD COLUMN listed bigint[];
            CREATE TABLE batch_quarantine (
                job_id text COLLATE "C" NOT NULL REFERENCES batch_jobs (job_id) ON DELETE CASCADE,
                user_key bigint NOT NULL,
                reason text NOT NULL,
                quarantined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                PRIMARY KEY (job_id, user_key)
            );
            CREATE INDEX batch_quarantine_user ON batch_quarantine (user_key);
            """
    )
}
