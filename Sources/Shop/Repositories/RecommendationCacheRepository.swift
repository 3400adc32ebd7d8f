import FoundationEssentials
package import Postgres
import Synchronization

/// Reads customers' lists and writes the overlay. Generations are written by `GenerationRepository`.
package final class RecommendationCacheRepository: Sendable {
    private let database: PostgresClient
    /// The statements for the generation that the last look-up found live.
    private let latest = Mutex(LookupStatements(generation: nil))

    package init(database: PostgresClient) {
        self.database = database
    }

    /// Everything that serving needs about a customer, in one prepared single-row select on the pipelined lane.
    ///
    /// The live generation's table is named in the statement: read through its parent, each execution would lock and
    /// initialise every partition. The statement reads the pointer too, so a flip since the last look-up is seen in the same
    /// snapshot and answered by one more read, of the new table.
    /// - Returns: `nil` when there is no such customer.
    package func lookup(userID: String, list: ListKind) async throws -> CacheLookup? {
        for _ in 0..<Self.maximumFlips {
            let statements = latest.withLock { $0 }
            do {
                let rows = try await database.read(statements[list].binding(userID))
                guard let row = rows.first else { return nil }
                let live = try row.decode(Int64?.self, at: 2)
                if live == statements.generation { return try Self.lookup(row, live: live) }
                let next = LookupStatements(generation: live)
                latest.withLock { $0 = next }
            } catch let error as PostgresError
                where error.code == .server(.undefinedTable) && statements.generation != nil
            {
                // Dropped since: the next round asks without a table which one is live.
                latest.withLock { $0 = LookupStatements(generation: nil) }
            }
        }
        throw GenerationChanging()
    }

    /// A flip takes minutes, so more than these within one look-up are an error.
    private static let maximumFlips = 5

    private static func lookup(_ row: Row, live: Int64?) throws -> CacheLookup {
        var lookup = CacheLookup(
            userKey: try row.decode(Int64.self, at: 0),
            invalidatedAfter: try row.decode(Int64.self, at: 1)
        )
        guard let live else { return lookup }
        let modelVersion = try row.decode(String.self, at: 3)
        lookup.live = LivePointer(generation: live, modelVersion: modelVersion)
        let generated = try stamp(row, from: 5, generation: live, modelVersion: modelVersion)
        var overlay = try stamp(row, from: 8, generation: 0, modelVersion: modelVersion)
        // A list of a model that is not live is not served, however new it is.
        if overlay != nil, try row.decode(String.self, at: 10) != modelVersion { overlay = nil }
        switch (generated, overlay) {
        case (nil, nil): break
        case (let stamp?, nil): lookup.entry = try entry(row, column: 4, stamp)
        case (nil, let stamp?): lookup.entry = try entry(row, column: 7, stamp)
        case (let generated?, let overlay?):
            let overlayIsNewer = (overlay.dataCut, overlay.generatedAt) > (generated.dataCut, generated.generatedAt)
            lookup.entry = try overlayIsNewer ? entry(row, column: 7, overlay) : entry(row, column: 4, generated)
        }
        return lookup
    }

    /// Stores a list computed on demand, unless a newer one of the same model is stored.
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
        let list = try row.withBytes(at: column) { bytes in try StoredList(json: bytes ?? .init(start: nil, count: 0)) }
        return CacheEntry(list: list, stamp: stamp)
    }
}

/// The live generation changed faster than a row could be read.
package struct GenerationChanging: Error, CustomStringConvertible {
    package var description: String { "the live generation changed at every read; try again" }
}

/// The select of a customer's row for one live generation. Built once: 600 bytes of text that are the same for every request.
private struct LookupStatements: Sendable {
    /// The generation whose table is named in the statements; `nil` asks only which one is live.
    let generation: Int64?
    private let discover: SQLQuery
    private let buyAgain: SQLQuery

    init(generation: Int64?) {
        self.generation = generation
        discover = Self.statement(.discover, generation)
        buyAgain = Self.statement(.buyAgain, generation)
    }

    /// The statement for a list; its one bind is the customer's external id.
    subscript(list: ListKind) -> SQLQuery {
        switch list {
        case .discover: discover
        case .buyAgain: buyAgain
        }
    }

    private static func statement(_ list: ListKind, _ generation: Int64?) -> SQLQuery {
        let kind: SQLQuery = "'\(unescaped: list.rawValue)'"
        var columns: SQLQuery = "NULL::jsonb, NULL::bigint, NULL::timestamptz"
        var generated: SQLQuery = ""
        if let generation {
            columns = "g.recommended_products, g.data_cut, g.generated_at"
            generated = """
                LEFT JOIN \(identifier: GenerationRepository.table(generation)) g
                    ON g.generation = \(unescaped: String(generation)) AND g.user_key = u.id AND g.list = \(kind)
                """
        }
        return """
            SELECT u.id, u.invalidated_after, l.generation, l.model_version, \(columns),
                o.recommended_products, o.data_cut, o.generated_at, o.model_version FROM users u
            LEFT JOIN live l ON l.variant = 'default'
            LEFT JOIN recommendation_cache_overlay o ON o.generation = 0 AND o.user_key = u.id AND o.list = \(kind)
            \(generated) WHERE u.user_id = \("")
            """
    }
}
