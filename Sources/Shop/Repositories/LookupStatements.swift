import Postgres

/// The select of a customer's row, for one live generation, built once: text of 600 bytes that is the same for every request.
struct LookupStatements: Sendable {
    /// The generation whose table is named in the statements; `nil` asks only which one is live.
    let generation: Int64?
    private let discover: SQLQuery
    private let buyAgain: SQLQuery

    init(generation: Int64?) {
        self.generation = generation
        discover = Self.statement(.discover, generation: generation)
        buyAgain = Self.statement(.buyAgain, generation: generation)
    }

    /// The statement of a list; its one bind is the customer's external id.
    subscript(list: ListKind) -> SQLQuery {
        switch list {
        case .discover: discover
        case .buyAgain: buyAgain
        }
    }

    private static func statement(_ list: ListKind, generation: Int64?) -> SQLQuery {
        let kind = SQLQuery("'\(unescaped: list.rawValue)'")
        var query: SQLQuery = "SELECT u.id, u.invalidated_after, l.generation, l.model_version, "
        query.append(
            generation == nil
                ? "NULL::jsonb, NULL::bigint, NULL::timestamptz, "
                : "g.recommended_products, g.data_cut, g.generated_at, "
        )
        query.append(
            """
            o.recommended_products, o.data_cut, o.generated_at, o.model_version FROM users u
            LEFT JOIN live l ON l.variant = 'default'
            LEFT JOIN recommendation_cache_overlay o ON o.generation = 0 AND o.user_key = u.id AND o.list =
            """
        )
        query.append(" ")
        query.append(kind)
        if let generation {
            let table = GenerationRepository.table(generation)
            query.append(" LEFT JOIN \(identifier: table) g ON g.generation = \(unescaped: String(generation))")
            query.append(" AND g.user_key = u.id AND g.list = ")
            query.append(kind)
        }
        query.append(" WHERE u.user_id = \("")")
        return query
    }
}
