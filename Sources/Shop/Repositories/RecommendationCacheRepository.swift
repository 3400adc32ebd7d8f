import FoundationEssentials
package import Postgres

/// Reads customers' lists and writes the overlay. Generations are written by `GenerationRepository`.
package struct RecommendationCacheRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// Everything that serving needs about a customer, in one prepared single-row select on the pipelined lane.
    /// - Returns: `nil` when there is no such user.
    package func lookup(userID: String, list: ListKind) async throws -> CacheLookup? {
        let rows = try await database.read(
            """
            SELECT u.id, u.invalidated_after, l.generation, l.model_version,
                g.recommended_products, g.data_cut, g.generated_at,
                o.recommended_products, o.data_cut, o.generated_at, o.model_version
            FROM users u
            LEFT JOIN live l ON l.variant = 'default'
            LEFT JOIN recommendation_cache g
                ON g.generation = l.generation AND g.user_key = u.id AND g.list = \(list.rawValue)::text::recommendation_list
            LEFT JOIN recommendation_cache_overlay o
                ON o.generation = 0 AND o.user_key = u.id AND o.list = \(list.rawValue)::text::recommendation_list
            WHERE u.user_id = \(userID)
            """
        )
        guard let row = rows.first else { return nil }
        var lookup = CacheLookup(
            userKey: try row.decode(Int64.self, at: 0),
            invalidatedAfter: try row.decode(Int64.self, at: 1)
        )
        guard let generation = try row.decode(Int64?.self, at: 2) else { return lookup }
        let modelVersion = try row.decode(String.self, at: 3)
        lookup.live = LivePointer(generation: generation, modelVersion: modelVersion)
        let generated = try Self.stamp(row, from: 5, generation: generation, modelVersion: modelVersion)
        var overlay = try Self.stamp(row, from: 8, generation: 0, modelVersion: modelVersion)
        // A list of a model that is not live is not served, however new it is.
        if overlay != nil, try row.decode(String.self, at: 10) != modelVersion { overlay = nil }
        switch (generated, overlay) {
        case (nil, nil): break
        case (let stamp?, nil): lookup.entry = try Self.entry(row, column: 4, stamp)
        case (nil, let stamp?): lookup.entry = try Self.entry(row, column: 7, stamp)
        case (let generated?, let overlay?):
            let overlayIsNewer = (overlay.dataCut, overlay.generatedAt) > (generated.dataCut, generated.generatedAt)
            lookup.entry =
                overlayIsNewer
                ? try Self.entry(row, column: 7, overlay) : try Self.entry(row, column: 4, generated)
        }
        return lookup
    }

    /// Stores a list computed on demand, unless a newer one is there already.
    package func storeOverlay(userKey: Int64, list: ListKind, _ recommended: StoredList, _ stamp: CacheStamp)
        async throws
    {
        let json = String(decoding: recommended.jsonBytes(), as: UTF8.self)
        _ = try await database.execute(
            """
            INSERT INTO recommendation_cache_overlay AS o
                (generation, user_key, list, recommended_products, generated_at, data_cut, model_version)
            VALUES (0, \(userKey), \(list.rawValue)::text::recommendation_list, \(JSONText(json)),
                \(stamp.generatedAt), \(stamp.dataCut), \(stamp.modelVersion))
            ON CONFLICT (generation, user_key, list) DO UPDATE SET
                recommended_products = excluded.recommended_products, generated_at = excluded.generated_at,
                data_cut = excluded.data_cut, model_version = excluded.model_version
            WHERE (o.data_cut, o.generated_at) <= (excluded.data_cut, excluded.generated_at)
                OR o.model_version <> excluded.model_version
            """
        )
    }

    private static func stamp(
        _ row: Row,
        from column: Int,
        generation: Int64,
        modelVersion: String
    ) throws -> CacheStamp? {
        guard let dataCut = try row.decode(Int64?.self, at: column) else { return nil }
        return CacheStamp(
            generation: generation,
            dataCut: dataCut,
            modelVersion: modelVersion,
            generatedAt: try row.decode(Date.self, at: column + 1)
        )
    }

    private static func entry(_ row: Row, column: Int, _ stamp: CacheStamp) throws -> CacheEntry {
        let text = try row.decode(JSONText.self, at: column)
        return CacheEntry(list: try StoredList(json: Array(text.text.utf8)), stamp: stamp)
    }
}
