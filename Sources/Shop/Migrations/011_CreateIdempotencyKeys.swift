import Postgres

extension Migration {
    /// Requests that are carried out once, however often they are sent.
    static let createIdempotencyKeys = Migration(
        number: 11,
        name: "create_idempotency_keys",
        sql: """
            CREATE TABLE idempotency_keys (
                -- The operation's name in the OpenAPI document.
                operation text COLLATE "C" NOT NULL,
                key text COLLATE "C" NOT NULL,
                -- SHA-256 of what was asked for.
                request text COLLATE "C" NOT NULL,
                claimed_at timestamptz NOT NULL DEFAULT now(),
                -- NULL while the first request is being carried out.
                status integer,
                -- NULL where the answer is not kept, because it holds a secret.
                answer text,
                PRIMARY KEY (operation, key)
            );
            CREATE INDEX idempotency_keys_age ON idempotency_keys (claimed_at);
            """
    )
}
