package import FoundationEssentials
package import Postgres
import Synchronization

/// Reads customers' lists and writes the overlay. Generations are written by `GenerationRepository`.
package final class RecommendationCacheRepository: Sendable {
    private let database: PostgresClient
    /// The statements for the generation that a variant's last look-up found live.
    private let latest = Mutex<[Variant: LookupStatements]>([:])

    package init(database: PostgresClient) {
        self.database = database
    }

    /// Everything that serving needs about a customer, in one prepared single-row select on the pipelined lane.
    ///
    /// The live generation's table is named in the statement: read through its parent, each execution would lock and
    /// initialise every partition. The statement reads the pointer too, so a flip since the last look-up is seen in the same
    /// snapshot and answered by one more read, of the new table.
    /// - Returns: `nil` when there is no such customer.
    package func lookup(userID: String, list: ListKind, variant: Variant = .default) async throws -> CacheLookup? {
        for _ in 0..<Self.maximumFlips {
            let statements = latest.withLock { $0[variant] } ?? LookupStatements(variant, generation: nil)
            do {
                let rows = try await database.read(statements[list].binding(userID))
                guard let row = rows.first else { return nil }
                let live = try row.decode(Int64?.self, at: 2)
                if live == statements.generation { return try Self.lookup(row, variant, live: live) }
                let next = LookupStatements(variant, generation: live)
                latest.withLock { $0[variant] = next }
            } catch let error as PostgresError
                where error.code == .server(.undefinedTable) && statements.generation != nil
            {
                // Dropped since: the next round asks without a table which one is live.
                latest.withLock { $0[variant] = nil }
            }
        }
        throw GenerationChanging()
    }

    /// A flip takes minutes, so more than these within one look-up are an error.
    private static let maximumFlips = 5

    private static func lookup(_ row: Row, _ variant: Variant, live: Int64?) throws -> CacheLookup {
        var lookup = CacheLookup(
            userKey: try row.decode(Int64.self, at: 0),
            invalidatedAfter: try row.decode(Int64.self, at: 1)
        )
        guard let live else { return lookup }
        let modelVersion = try row.decode(String.self, at: 3)
        lookup.live = LivePointer(variant: variant, generation: live, modelVersion: modelVersion)
        lookup.allInvalidatedAfter = try row.decode(Int64.self, at: 4)
        let generated = try stamp(row, from: 6, generation: live, modelVersion: modelVersion)
        var overlay = try stamp(row, from: 9, generation: 0, modelVersion: modelVersion)
        // A list of a model that is not live is not served, however new it is.
        if overlay != nil, try row.decode(String.self, at: 11) != modelVersion { overlay = nil }
        if let cut = overlay, let generated,
            (cut.dataCut, cut.generatedAt) <= (generated.dataCut, generated.generatedAt)
        {
            overlay = nil
        }
        // An empty one says that a job had nothing to list: the request decides what there is instead.
        if let stamp = overlay, case let entry = try entry(row, column: 8, stamp), entry.list.count > 0 {
            lookup.entry = entry
        } else if let generated {
            lookup.entry = try entry(row, column: 5, generated)
        }
        return lookup
    }

    /// Stores a list computed on demand, unless a newer one of the same model is stored.
    package func storeOverlay(userKey: Int64, list: ListKind, _ recommended: StoredList, _ stamp: CacheStamp)
        async throws
    {
        let list = OverlayList(userKey: userKey, list: list, payload: recommended, dataCut: stamp.dataCut)
        _ = try await database.execute(
            Self.overlayInsertion([list], modelVersion: stamp.modelVersion, generatedAt: stamp.generatedAt)
        )
    }

    /// Stores lists that a job made with the live model, in one transaction that compares the fencing token.
    /// - Returns: false, and nothing is stored, when another generation went live since.
    package func storeOverlay(
        _ lists: [OverlayList],
        of live: LivePointer,
        generatedAt: Date,
        _ lease: BatchLease
    ) async throws -> Bool {
        try await database.withTransaction(.init(statementTimeout: .seconds(60), lockTimeout: .seconds(15))) {
            connection in
            // The pointer before the job's row, as a flip takes them; it stays where it is until this commits.
            let current = try await connection.query("\(LivePointer.selection(of: live.variant)) FOR SHARE").first
            guard try current.map(LivePointer.init) == live else { return false }
            _ = try await connection.execute(
                Self.overlayInsertion(lists, modelVersion: live.modelVersion, generatedAt: generatedAt)
            )
            try await lease.confirm(on: connection)
            return true
        }
    }

    /// In the order of keys, so that two writers never wait for each other in a circle.
    private static func overlayInsertion(
        _ lists: [OverlayList],
        modelVersion: String,
        generatedAt: Date
    ) -> SQLQuery {
        """
        INSERT INTO recommendation_cache_overlay AS o
            (generation, user_key, list, recommended_products, generated_at, data_cut, model_version)
        SELECT 0, u.id, l::recommendation_list, p::jsonb, \(generatedAt), cut, \(modelVersion)
        FROM unnest(
            \(lists.map(\.userKey)), \(lists.map(\.list.rawValue)),
            \(lists.map { String(decoding: $0.payload.jsonBytes(), as: UTF8.self) }), \(lists.map(\.dataCut))
        ) AS new (k, l, p, cut)
        JOIN users u ON u.id = k ORDER BY u.id, l
        ON CONFLICT (generation, user_key, list) DO UPDATE SET
            recommended_products = excluded.recommended_products, generated_at = excluded.generated_at,
            data_cut = excluded.data_cut, model_version = excluded.model_version
        WHERE (o.data_cut, o.generated_at) <= (excluded.data_cut, excluded.generated_at)
            OR o.model_version <> excluded.model_version
        """
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

/// The select of a customer's row for one live generation of a variant. Built once: 600 bytes of text that are the same for every request.
private struct LookupStatements: Sendable {
    /// The generation whose table is named in the statements; `nil` asks only which one is live.
    let generation: Int64?
    private let discover: SQLQuery
    private let buyAgain: SQLQuery

    init(_ variant: Variant, generation: Int64?) {
        self.generation = generation
        discover = Self.statement(.discover, variant, generation)
        buyAgain = Self.statement(.buyAgain, variant, generation)
    }

    /// The statement for a list; its one bind is the customer's external id.
    subscript(list: ListKind) -> SQLQuery {
        switch list {
        case .discover: discover
        case .buyAgain: buyAgain
        }
    }

    private static func statement(_ list: ListKind, _ variant: Variant, _ generation: Int64?) -> SQLQuery {
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
            SELECT u.id, u.invalidated_after, l.generation, l.model_version, l.invalidated_after, \(columns),
                o.recommended_products, o.data_cut, o.generated_at, o.model_version FROM users u
            LEFT JOIN live l ON l.variant = '\(unescaped: variant.name)'
            LEFT JOIN recommendation_cache_overlay o ON o.generation = 0 AND o.user_key = u.id AND o.list = \(kind)
            \(generated) WHERE u.user_id = \("")
            """
    }
}
