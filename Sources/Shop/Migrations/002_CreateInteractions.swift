import Postgres

extension Migration {
    /// What customers did. Rows are only ever added (or erased with their user), so `id <= data_cut` names a fixed set.
    static let createInteractions = Migration(
        number: 2,
        name: "create_interactions",
        sql: """
            CREATE TYPE interaction_type AS ENUM
                ('view', 'add_to_cart', 'purchase', 'rating', 'feedback', 'impression', 'click');
            CREATE TABLE interactions (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                event_id text COLLATE "C" NOT NULL UNIQUE
                    CHECK (event_id !~ '[^A-Za-z0-9._:-]' AND length(event_id) BETWEEN 1 AND 64),
                user_key bigint NOT NULL REFERENCES users (id),
                product_key bigint NOT NULL REFERENCES products (id),
                interaction_type interaction_type NOT NULL,
                value real,
                timestamp timestamptz NOT NULL,
                session_id text,
                order_id text,
                request_id text
            );
            CREATE INDEX interactions_user ON interactions (user_key, id);
            CREATE INDEX interactions_timestamp ON interactions (timestamp);
            """
    )
}
