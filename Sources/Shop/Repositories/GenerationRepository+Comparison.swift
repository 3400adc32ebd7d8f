import Postgres

/// What differs between the "discover" lists of two generations.
package struct GenerationComparison: Sendable, Equatable {
    /// How often a product is listed.
    package struct Mover: Sendable, Equatable {
        package var productKey: Int64
        package var before: Int
        package var after: Int
    }

    package var before: GenerationRecord
    package var after: GenerationRecord
    /// Customers with a list in both.
    package var customers: Int
    /// One customer in so many was looked at: 1 when all were.
    package var samplingStep: Int
    /// Customers whose list has other products, or the same in another order.
    package var changed: Int
    /// Customers whose list has other products.
    package var changedProducts: Int
    /// Mean share of a list's products that both have; nil without customers.
    package var meanOverlap: Double?
    /// Different products in the lists.
    package var productsBefore: Int
    package var productsAfter: Int
    /// Products that are listed more often, the most first, and less often.
    package var risers: [Mover]
    package var fallers: [Mover]
}

extension GenerationRepository {
    /// Compares the lists of customers who have one in both. In a large shop one customer in so many is looked at, the same ones
    /// each time, so that about 20,000 are.
    /// - Returns: nil when the lists of one of them are not stored any more.
    package func compare(
        _ before: GenerationRecord,
        _ after: GenerationRecord,
        atMost customers: Int = 20_000,
        movers: Int = 10
    ) async throws -> GenerationComparison? {
        let step = max(1, Int(max(before.listCount, after.listCount)) / customers)
        let rows = try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(9))) {
            connection -> [Row]? in
            let tables = [before, after].map { Self.table($0.generation) }
            for table in tables {
                let found = try await connection.query("SELECT 1 FROM pg_class WHERE oid = to_regclass(\(table)::text)")
                guard !found.isEmpty else { return nil }
            }
            return try await connection.query(
                """
                SELECT (b.recommended_products->'p')::text, (a.recommended_products->'p')::text
                FROM \(identifier: tables[0]) b JOIN \(identifier: tables[1]) a USING (user_key, list)
                WHERE list = 'discover' AND mod(abs(hashint8(user_key)::bigint), \(step)) = 0
                """
            )
        }
        guard let rows else { return nil }
        var comparison = GenerationComparison(
            before: before,
            after: after,
            customers: rows.count,
            samplingStep: step,
            changed: 0,
            changedProducts: 0,
            meanOverlap: nil,
            productsBefore: 0,
            productsAfter: 0,
            risers: [],
            fallers: []
        )
        var counts: [Int64: (before: Int, after: Int)] = [:]
        var overlap = 0.0
        for row in rows {
            let (old, new) = (
                Self.keys(try row.decode(String?.self, at: 0)), Self.keys(try row.decode(String?.self, at: 1))
            )
            let (oldSet, newSet) = (Set(old), Set(new))
            if old != new { comparison.changed += 1 }
            if oldSet != newSet { comparison.changedProducts += 1 }
            let length = max(oldSet.count, newSet.count)
            overlap += length > 0 ? Double(oldSet.intersection(newSet).count) / Double(length) : 1
            for key in oldSet { counts[key, default: (0, 0)].before += 1 }
            for key in newSet { counts[key, default: (0, 0)].after += 1 }
        }
        if !rows.isEmpty { comparison.meanOverlap = overlap / Double(rows.count) }
        comparison.productsBefore = counts.values.count { $0.before > 0 }
        comparison.productsAfter = counts.values.count { $0.after > 0 }
        let moved = counts.map {
            GenerationComparison.Mover(productKey: $0.key, before: $0.value.before, after: $0.value.after)
        }
        .sorted { ($1.after - $1.before, $0.productKey) < ($0.after - $0.before, $1.productKey) }
        comparison.risers = Array(moved.prefix(movers).filter { $0.after > $0.before })
        comparison.fallers = Array(moved.reversed().prefix(movers).filter { $0.after < $0.before })
        return comparison
    }

    /// Product keys of `[12, 7]`.
    private static func keys(_ json: String?) -> [Int64] {
        (json ?? "").split { !$0.isNumber }.compactMap { Int64($0) }
    }
}
