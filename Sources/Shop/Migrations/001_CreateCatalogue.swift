import Postgres

extension Migration {
    /// Products, users and the catalogue's version row.
    static let createCatalogue = Migration(
        number: 1,
        name: "create_catalogue",
        sql: """
            CREATE TABLE products (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                product_id text COLLATE "C" NOT NULL UNIQUE
                    -- Not one pattern with {1,64}: that takes ten times as long to match.
                    CHECK (product_id !~ '[^A-Za-z0-9._:-]' AND length(product_id) BETWEEN 1 AND 64),
                name text NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
                description text NOT NULL DEFAULT '',
                category text NOT NULL CHECK (length(category) BETWEEN 1 AND 200),
                price_minor bigint NOT NULL CHECK (price_minor >= 0),
                currency text NOT NULL DEFAULT 'GBP' CHECK (currency ~ '^[A-Z]{3}$'),
                stock integer NOT NULL DEFAULT 0 CHECK (stock >= 0),
                active boolean NOT NULL DEFAULT true,
                metadata jsonb NOT NULL DEFAULT '{}',
                rating_count bigint NOT NULL DEFAULT 0,
                rating_average double precision,
                purchase_count bigint NOT NULL DEFAULT 0,
                created_at timestamptz NOT NULL DEFAULT now(),
                updated_at timestamptz NOT NULL DEFAULT now(),
                search tsvector GENERATED ALWAYS AS (
                    setweight(to_tsvector('english', name), 'A')
                    || setweight(to_tsvector('english', category), 'B')
                    || setweight(to_tsvector('english', description), 'C')
                ) STORED
            );
            CREATE INDEX products_search ON products USING gin (search);
            CREATE INDEX products_category ON products (category);

            CREATE TABLE users (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                user_id text COLLATE "C" NOT NULL UNIQUE
                    CHECK (user_id !~ '[^A-Za-z0-9._:-]' AND length(user_id) BETWEEN 1 AND 64),
                email text,
                display_name text,
                preferences jsonb NOT NULL DEFAULT '{}',
                segment text,
                -- Highest interaction id that made this user's lists stale; compared with a list's data_cut.
                invalidated_after bigint NOT NULL DEFAULT 0,
                created_at timestamptz NOT NULL DEFAULT now()
            );

            -- One row that every change to the catalogue moves, so that readers know when to reload their snapshot.
            CREATE TABLE catalogue_version (
                only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
                version bigint NOT NULL
            );
            INSERT INTO catalogue_version (version) VALUES (1);
            CREATE FUNCTION bump_catalogue_version() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE catalogue_version SET version = version + 1;
                RETURN NULL;
            END $$;
            CREATE TRIGGER products_bump_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON products
                FOR EACH STATEMENT EXECUTE FUNCTION bump_catalogue_version();
            """
    )
}
