import Postgres

extension Migration {
    /// Texts that were stored before every door put them into normal form C. Categories are compared byte by byte, so one
    /// that was stored in another form would never be found.
    ///
    /// Nothing is written, and the catalogue's version stays, when all texts are in normal form. A text that would break the
    /// limit of its column stays as it is: a few scripts get longer.
    static let normaliseText = Migration(
        number: 7,
        name: "normalise_text",
        sql: """
            DO $$ BEGIN
                IF EXISTS (SELECT 1 FROM products WHERE (name || category || description) IS NOT NFC NORMALIZED) THEN
                    UPDATE products SET name = normalize(name), category = normalize(category),
                        description = normalize(description), updated_at = now()
                    WHERE (name || category || description) IS NOT NFC NORMALIZED
                        AND length(normalize(name)) <= 500 AND length(normalize(category)) <= 200;
                END IF;
            END $$;
            UPDATE users SET display_name = normalize(display_name), segment = normalize(segment),
                preferences = normalize(preferences::text)::jsonb
            WHERE concat(display_name, segment, preferences::text) IS NOT NFC NORMALIZED;
            """
    )
}
