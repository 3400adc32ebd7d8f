import Postgres

/// The events of a first load: into a table without keys and indexes, which get them afterwards, and which then takes the place of the
/// empty `interactions`. For ten million rows that is an index sorted once instead of grown row by row, and one join for each
/// foreign key instead of a look-up a row.
///
/// Readers and other writers wait for the exchange alone, some milliseconds; where a transaction of theirs stays open, the load waits.
/// Events that they record meanwhile are taken over. Keys and indexes are those that the catalogue says `interactions` has.
struct FirstLoad {
    let connection: PostgresConnection

    /// What the new table and its indexes are called until the exchange.
    private static let prefix = "loading_"
    /// Milliseconds that the exchange waits for open transactions at a time: for so long others queue behind it.
    private static let exchangeWait = 200
    private static let exchangePause: Duration = .milliseconds(300)
    /// Ten minutes. After so many the load ends with the error of the last one.
    private static let exchangeAttempts = 1_200

    /// Whether the table is empty and nothing hangs on it that an exchange would lose, as rights, rules or settings do.
    func isPossible() async throws -> Bool {
        // Held from before the first id is drawn to the commit, so that no data cut falls in between.
        try await connection.execute("LOCK TABLE interactions IN ROW EXCLUSIVE MODE")
        return try await connection.query(
            """
            SELECT NOT EXISTS (SELECT 1 FROM interactions) AND relacl IS NULL AND reloptions IS NULL AND NOT relrowsecurity
                AND NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
                AND NOT EXISTS (SELECT 1 FROM pg_publication_rel WHERE prrelid = c.oid)
                AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE confrelid = c.oid)
                AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE refobjid = c.oid AND classid = 'pg_rewrite'::regclass)
            FROM pg_class c WHERE oid = 'interactions'::regclass
            """
        )[0].decode(Bool.self, at: 0)
    }

    /// Makes the table; `add` fills it.
    /// - Throws: a unique violation when two events have one id; what was done has to be rolled back to a savepoint then.
    /// - Returns: what `add` returned.
    func load(_ add: (_ table: String) async throws -> Int) async throws -> Int {
        let table = "\(Self.prefix)interactions"
        // Sorting 10 million keys takes some 300 MB; more than this is written to disk.
        try await connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        try await connection.executeScript(
            """
            CREATE TABLE \(table)
                (LIKE interactions INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING STORAGE INCLUDING COMMENTS);
            ALTER TABLE \(table) ALTER id SET DEFAULT nextval(pg_get_serial_sequence('interactions', 'id'))
            """
        )
        // A product that is removed meanwhile would leave events without one; the load has locked the users already.
        try await connection.execute("SELECT 1 FROM products ORDER BY id FOR KEY SHARE")
        let added = try await add(table)
        try await connection.executeScript(
            """
            DO $$
            DECLARE part record;
            BEGIN
                FOR part IN
                    SELECT format('\(Self.prefix)%s', i.relname) AS name, pg_get_constraintdef(k.oid) AS key,
                        pg_get_indexdef(x.indexrelid) AS index
                    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
                        LEFT JOIN pg_constraint k ON k.conindid = x.indexrelid AND k.conrelid = x.indrelid
                    WHERE x.indrelid = 'interactions'::regclass
                LOOP
                    IF part.key IS NULL THEN
                        EXECUTE regexp_replace(part.index, '^(CREATE( UNIQUE)? INDEX) .* ON \\S+ USING ',
                            format('\\1 %I ON \(table) USING ', part.name));
                    ELSE
                        EXECUTE format('ALTER TABLE \(table) ADD CONSTRAINT %I %s', part.name, part.key);
                    END IF;
                END LOOP;
            END $$
            """
        )
        try await exchange(table)
        return added
    }

    /// Foreign keys are validated by ``validateKeys``: meanwhile they hold for whatever is written, and the loaded rows were joined
    /// with locked users and products.
    private func exchange(_ table: String) async throws {
        let usualWait = try await connection.query("SELECT current_setting('lock_timeout')")[0].decode(
            String.self,
            at: 0
        )
        let exchange = """
            SET LOCAL lock_timeout = \(Self.exchangeWait);
            LOCK TABLE interactions IN ACCESS EXCLUSIVE MODE;
            INSERT INTO \(table) SELECT * FROM interactions;
            DO $$
            DECLARE part record;
            DECLARE next bigint := nextval(pg_get_serial_sequence('interactions', 'id'));
            DECLARE indexes text[];
            BEGIN
                FOR part IN
                    SELECT conname, pg_get_constraintdef(oid) AS key FROM pg_constraint
                    WHERE conrelid = 'interactions'::regclass AND contype = 'f'
                LOOP
                    EXECUTE format('ALTER TABLE \(table) ADD CONSTRAINT %I %s NOT VALID', part.conname, part.key);
                END LOOP;
                indexes := ARRAY(SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'interactions'::regclass);
                ALTER TABLE \(table) ALTER id DROP DEFAULT;
                DROP TABLE interactions;
                ALTER TABLE \(table) RENAME TO interactions;
                EXECUTE format('ALTER TABLE interactions ALTER id ADD GENERATED ALWAYS AS IDENTITY (START WITH %s)', next);
                FOR part IN SELECT unnest(indexes) AS name LOOP
                    EXECUTE format('ALTER INDEX %I RENAME TO %I', '\(Self.prefix)' || part.name, part.name);
                END LOOP;
            END $$
            """
        try await connection.execute("SAVEPOINT exchange")
        for attempt in 1... {
            do {
                try await connection.executeScript(exchange)
                break
            } catch let error as PostgresError where error.code == .server(.lockNotAvailable) {
                guard attempt < Self.exchangeAttempts else { throw error }
                try await connection.execute("ROLLBACK TO SAVEPOINT exchange")
                try await Task.sleep(for: Self.exchangePause)
            }
        }
        _ = try await connection.query("SELECT set_config('lock_timeout', \(usualWait), true)")
    }

    /// Checks the foreign keys of rows that an exchange brought; others go on reading and writing.
    static func validateKeys(_ connection: PostgresConnection) async throws {
        let keys = try await connection.query(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'interactions'::regclass AND NOT convalidated"
        )
        for key in keys {
            let name = try key.decode(String.self, at: 0)
            try await connection.execute("ALTER TABLE interactions VALIDATE CONSTRAINT \(identifier: name)")
        }
    }
}
