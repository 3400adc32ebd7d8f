import Postgres

extension Migration {
    /// What was erased can still be in stored files; and lists can be made stale all at once.
    static let createErasures = Migration(
        number: 12,
        name: "create_erasures",
        sql: """
            -- Says which stored data sets and models hold somebody who was erased, and nothing of who it was.
            CREATE TABLE erasures (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                user_since timestamptz NOT NULL,
                erased_at timestamptz NOT NULL DEFAULT clock_timestamp()
            );
            -- As in users, for everybody: lists with a lower cut are stale.
            ALTER TABLE live ADD COLUMN invalidated_after bigint NOT NULL DEFAULT 0;
            ALTER TABLE live ADD COLUMN invalidated_at timestamptz;
            """
    )
}
