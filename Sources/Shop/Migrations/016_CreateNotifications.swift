import Postgres

extension Migration {
    /// Which messages about jobs were sent to the shop's people; whether a job's result was refused rather than failed.
    static let createNotifications = Migration(
        number: 16,
        name: "create_notifications",
        sql: """
            -- The model or its lists did worse than they must.
            ALTER TABLE batch_jobs ADD COLUMN rejected boolean NOT NULL DEFAULT false;

            -- A row is made by the process that is the first to send; what is to be sent follows from jobs and the live lists.
            CREATE TABLE notifications (
                -- A job's id, or stale- and the generation that has become old.
                notification_id text COLLATE "C" PRIMARY KEY,
                attempts integer NOT NULL,
                -- Before this nobody else sends it: the end of a claim, or of the pause after a failure.
                not_before timestamptz NOT NULL,
                sent_at timestamptz,
                last_error text
            );
            """
    )
}
