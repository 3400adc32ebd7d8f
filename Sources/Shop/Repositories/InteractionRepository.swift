import FoundationEssentials
package import Postgres

/// Events in PostgreSQL: recorded one request at a time, read in full by the batch.
package struct InteractionRepository: Sendable {
    private let database: PostgresClient
    private let writer: EventWriter

    package init(database: PostgresClient) {
        self.database = database
        writer = EventWriter(database: database)
    }

    /// Stores all events or none. Events that change what "discover" may show make their user's lists stale in the same
    /// transaction.
    ///
    /// The user's row is locked before ids are drawn, so one user's event ids grow in commit order: a list made from what a
    /// reader saw up to id n misses nothing at or below n.
    /// - Parameter tracksStock: whether new purchases take their pieces out of the stock; all are refused when one cannot.
    package func record(_ events: [NewInteraction], tracksStock: Bool = false) async throws -> RecordOutcome {
        guard !events.isEmpty else { return .recorded(inserted: 0, duplicates: 0) }
        if events.count == 1, !(tracksStock && events[0].type == .purchase) {
            return try await writer.record(events[0])
        }
        do {
            return try await database.withTransaction(.init()) { connection in
                let users = try await Self.lockUsers(Set(events.map(\.userID)).sorted(), on: connection)
                let products = try await Self.productKeys(Set(events.map(\.productID)).sorted(), on: connection)
                var unknown: [UnknownReference] = []
                for (index, event) in events.enumerated() {
                    if users[event.userID] == nil {
                        unknown.append(UnknownReference(index: index, field: .userID, value: event.userID))
                    }
                    if products[event.productID] == nil {
                        unknown.append(UnknownReference(index: index, field: .productID, value: event.productID))
                    }
                }
                guard unknown.isEmpty else { return .unknown(unknown) }
                if tracksStock {
                    let shortages = try await Self.takeStock(events, products, on: connection)
                    guard shortages.isEmpty else { throw OutOfStock(shortages: shortages) }
                }
                let inserted = try await Self.insert(events, users: users, products: products, on: connection)
                if inserted < events.count {
                    let owners = try await Self.owners(Set(events.map(\.eventID)).sorted(), on: connection)
                    let foreign = events.indices.filter { index in
                        let event = events[index]
                        return owners[event.eventID].map { $0 != (users[event.userID], products[event.productID]) }
                            ?? false
                    }
                    guard foreign.isEmpty else { throw ForeignEventIDs(indices: foreign) }
                }
                return .recorded(inserted: inserted, duplicates: events.count - inserted)
            }
        } catch let error as ForeignEventIDs {
            return .conflicting(error.indices)
        } catch let error as OutOfStock {
            return .outOfStock(error.shortages)
        }
    }

    /// Rolls the transaction of ``record(_:tracksStock:)`` back.
    private struct OutOfStock: Error {
        var shortages: [StockShortage]
    }

    /// Takes the pieces of purchases that are not stored yet out of the stock. A part of a piece counts as a piece.
    private static func takeStock(
        _ events: [NewInteraction],
        _ products: [String: Int64],
        on connection: PostgresConnection
    ) async throws -> [StockShortage] {
        let purchases = events.enumerated().filter { $0.element.type == .purchase }
        guard !purchases.isEmpty else { return [] }
        // The users' rows are locked, so none of these ids can be stored in between.
        let known = Set(try await owners(purchases.map(\.element.eventID), on: connection).keys)
        var wanted: [Int64: Int64] = [:]
        var seen = known
        var counted: [(index: Int, event: NewInteraction, key: Int64)] = []
        for (index, event) in purchases {
            guard seen.insert(event.eventID).inserted, let key = products[event.productID] else { continue }
            wanted[key, default: 0] += Int64((event.value ?? 1).rounded(.up))
            counted.append((index, event, key))
        }
        guard !wanted.isEmpty else { return [] }
        // In key order, so that two checkouts cannot deadlock.
        let rows = try await connection.query(
            "SELECT id, stock::bigint FROM products WHERE id = ANY(\(wanted.keys.sorted())) ORDER BY id FOR NO KEY UPDATE"
        )
        var stock: [Int64: Int64] = [:]
        for row in rows { stock[try row.decode(Int64.self, at: 0)] = try row.decode(Int64.self, at: 1) }
        let shortages = counted.filter { (stock[$0.key] ?? 0) < wanted[$0.key] ?? 0 }.map { purchase in
            StockShortage(
                index: purchase.index,
                productID: purchase.event.productID,
                available: stock[purchase.key] ?? 0
            )
        }
        guard shortages.isEmpty else { return shortages }
        let keys = wanted.keys.sorted()
        _ = try await connection.execute(
            """
            UPDATE products SET stock = stock - taken.pieces::integer
            FROM unnest(\(keys), \(keys.map { wanted[$0] ?? 0 })) AS taken (key, pieces) WHERE products.id = taken.key
            """
        )
        return []
    }

    /// Rolls the transaction of ``record(_:)`` back.
    private struct ForeignEventIDs: Error {
        var indices: [Int]
    }

    /// What one customer did, oldest first: the newest `limit` events of these types.
    ///
    /// The limit is there for programs that pose as customers; it is beyond what a person does. What "discover" must not
    /// show is asked with ``metProducts(userKey:)``, which has none.
    package func history(
        userKey: Int64,
        types: [InteractionType],
        limit: Int = 100_000
    ) async throws -> [InteractionEvent] {
        let rows = try await database.read(
            """
            SELECT product_key, interaction_type::text, value, timestamp FROM interactions
            WHERE user_key = \(userKey) AND interaction_type IN (\(InteractionType.sqlList(types)))
            ORDER BY id DESC LIMIT \(Int64(limit))
            """
        )
        return try rows.reversed().compactMap { row in
            guard let type = InteractionType(rawValue: try row.decode(String.self, at: 1)) else { return nil }
            return InteractionEvent(
                productKey: try row.decode(Int64.self, at: 0),
                type: type,
                value: try row.decode(Float?.self, at: 2),
                time: try row.decode(Date.self, at: 3).timeIntervalSince1970
            )
        }
    }

    /// The products that a customer looked at last in one visit, the newest first, each with its last view.
    ///
    /// Cost: the customer's events are read from the index.
    package func lastViews(userKey: Int64, sessionID: String, limit: Int) async throws -> [InteractionEvent] {
        try await database.read(
            """
            SELECT product_key, max(timestamp) FROM interactions
            WHERE user_key = \(userKey) AND session_id = \(sessionID) AND interaction_type = 'view'
            GROUP BY product_key ORDER BY max(id) DESC LIMIT \(Int64(limit))
            """
        ).map { row in
            InteractionEvent(
                productKey: try row.decode(Int64.self, at: 0),
                type: .view,
                time: try row.decode(Date.self, at: 1).timeIntervalSince1970
            )
        }
    }

    /// What a customer has met, from all of the customer's events: the rule of
    /// ``InteractionType/effectOnDiscover(value:)``.
    ///
    /// One row on the pipelined lane. Cost: the customer's events are read from the index.
    package func metProducts(userKey: Int64) async throws -> MetProducts {
        let judged = InteractionType.allCases.filter {
            $0 != .purchase && $0.effectOnDiscover(value: nil) == .excludes
        }
        let rows = try await database.read(
            """
            SELECT coalesce((SELECT max(id) FROM interactions WHERE user_key = \(userKey)), 0), ARRAY(
                SELECT DISTINCT product_key FROM interactions
                WHERE user_key = \(userKey) AND interaction_type = 'purchase'), ARRAY(
                SELECT DISTINCT product_key FROM interactions
                WHERE user_key = \(userKey) AND interaction_type IN (\(InteractionType.sqlList(judged)))), ARRAY(
                SELECT product_key FROM (
                    SELECT DISTINCT ON (product_key) product_key, value FROM interactions
                    WHERE user_key = \(userKey) AND interaction_type = 'feedback'
                    ORDER BY product_key, timestamp DESC, id DESC
                ) AS newest WHERE value < 0)
            """
        )
        return MetProducts(
            purchased: Set(try rows[0].decode([Int64].self, at: 1)),
            judged: Set(try rows[0].decode([Int64].self, at: 2)),
            hidden: Set(try rows[0].decode([Int64].self, at: 3)),
            lastID: try rows[0].decode(Int64.self, at: 0)
        )
    }

    /// The highest number drawn for an event such that every event at or below it is visible to whoever reads afterwards; 0 without
    /// events. Lists that were dropped by hand have numbers of the same sequence, and what is made from this cut is newer.
    ///
    /// A plain `max(id)` would miss rows whose transaction is still open, so this waits for writers: SHARE conflicts with the
    /// lock that an insert holds until it commits. Held for one index look-up only; a wait over two seconds throws
    /// `lockNotAvailable` (`DatabaseInterruption.Cause.lockWait`), which the caller retries.
    package func dataCut() async throws -> Int64 {
        try await database.withTransaction(.init(lockTimeout: .seconds(2))) { connection in
            _ = try await connection.execute("LOCK TABLE interactions IN SHARE MODE")
            return try await connection.query(
                """
                SELECT greatest((SELECT max(id) FROM interactions), (SELECT max(invalidated_after) FROM users), 0)
                """
            )[0].decode(Int64.self, at: 0)
        }
    }

    /// Highest stored id without waiting for writers: cheap, for "has anything happened since".
    package func lastID() async throws -> Int64 {
        try await database.query("SELECT max(id) FROM interactions").first?.decode(Int64?.self, at: 0) ?? 0
    }

    /// How many users and products there are, and about how many events up to the cut, by the planner's statistics: never more
    /// than the cut.
    package func expectedCounts(upTo dataCut: Int64) async throws -> (users: Int, products: Int, events: Int) {
        let row = try await database.query(
            """
            SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM products),
                least(\(dataCut), CASE WHEN reltuples < 0 THEN \(dataCut) ELSE (reltuples * 1.05)::bigint + 1000 END)
            FROM pg_class WHERE oid = 'interactions'::regclass
            """
        )[0]
        return (
            try row.decode(Int.self, at: 0), try row.decode(Int.self, at: 1), try row.decode(Int.self, at: 2)
        )
    }

    /// Streams every event up to the cut, in id order, by binary COPY.
    /// - Parameters:
    ///   - withOrders: whether order ids are read too; a fit does without them.
    ///   - receive: called for each event.
    package func export(
        upTo dataCut: Int64,
        withOrders: Bool = false,
        _ receive: (ExportedInteraction) throws -> Void
    ) async throws {
        try await stream(Self.exported(withOrders: withOrders), upTo: dataCut) { try Self.receive($0, receive) }
    }

    /// Streams the events of some users up to the cut by binary COPY: user by user, of each in id order.
    ///
    /// Cost: one walk of the index of users for each; the events of a user lie where they were added.
    package func export(
        of userKeys: [Int64],
        upTo dataCut: Int64,
        _ receive: (ExportedInteraction) throws -> Void
    ) async throws {
        let keys = userKeys.map(String.init).joined(separator: ",")
        let condition: SQLQuery = "user_key = ANY('{\(unescaped: keys)}'::bigint[])"
        try await stream(Self.exported(withOrders: false), where: condition, upTo: dataCut, orderBy: "user_key, id") {
            try Self.receive($0, receive)
        }
    }

    /// The type as a number: its name would cost the server a quarter of the time, and the reader a comparison of texts.
    private static func exported(withOrders: Bool) -> SQLQuery {
        let cases = InteractionType.allCases.enumerated().map { number, type -> SQLQuery in
            "WHEN '\(unescaped: type.rawValue)' THEN \(unescaped: String(number))"
        }
        return """
            user_key, product_key, (CASE interaction_type \(SQLQuery.joined(cases, separator: " ")) END)::int2, value, timestamp\
            \(withOrders ? ", order_id" : "" as SQLQuery)
            """
    }

    private static func receive(_ row: CopyRow, _ receive: (ExportedInteraction) throws -> Void) throws {
        try receive(
            ExportedInteraction(
                userKey: try row.int64(0),
                productKey: try row.int64(1),
                type: InteractionType.allCases[Int(try row.int16(2))],
                value: row.isNull(3) ? nil : try row.float(3),
                time: try row.date(4).timeIntervalSince1970,
                orderID: row.isNull(5) ? nil : try row.string(5)
            )
        )
    }

    /// Streams every event up to the cut with all its fields, in id order, by binary COPY.
    package func exportRecords(upTo dataCut: Int64, _ receive: (RecordedInteraction) throws -> Void) async throws {
        try await stream(
            "event_id, user_key, product_key, interaction_type, value, timestamp, session_id, order_id, request_id",
            upTo: dataCut
        ) { row in
            guard let type = InteractionType(rawValue: try row.string(3)) else { return }
            try receive(
                RecordedInteraction(
                    eventID: try row.string(0),
                    userKey: try row.int64(1),
                    productKey: try row.int64(2),
                    type: type,
                    value: row.isNull(4) ? nil : try row.float(4),
                    microseconds: try row.microseconds(5),
                    sessionID: row.isNull(6) ? nil : try row.string(6),
                    orderID: row.isNull(7) ? nil : try row.string(7),
                    requestID: row.isNull(8) ? nil : try row.string(8)
                )
            )
        }
    }

    private func stream(
        _ columns: SQLQuery,
        where condition: SQLQuery = "true",
        upTo dataCut: Int64,
        orderBy order: SQLQuery = "id",
        _ receive: (CopyRow) throws -> Void
    ) async throws {
        try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(900))) { connection in
            try await connection.copyOut(
                """
                COPY (SELECT \(columns) FROM interactions
                    WHERE \(condition) AND id <= \(unescaped: String(dataCut)) ORDER BY \(order))
                TO STDOUT (FORMAT binary)
                """,
                receive
            )
        }
    }

    /// Products by the sum of their events' weights within the window that ends with the newest event, highest first. A
    /// weight halves with each quarter of the window.
    ///
    /// The window is anchored at the newest event and not at the clock, so that a shop with an old data set has trends too.
    /// - Parameter weights: of each type that counts.
    package func trending(
        windowSeconds: Int,
        limit: Int,
        weights: [InteractionType: Double]
    ) async throws -> [(productKey: Int64, score: Double)] {
        let types = weights.keys.sorted { $0.rawValue < $1.rawValue }
        let cases = types.map { type -> SQLQuery in
            "WHEN '\(unescaped: type.rawValue)' THEN \(weights[type] ?? 0)"
        }
        return try await database.query(
            """
            WITH newest AS (SELECT max(timestamp) AS at FROM interactions WHERE timestamp <= now())
            SELECT i.product_key, sum(CASE i.interaction_type \(SQLQuery.joined(cases, separator: " ")) END
                * power(2, extract(epoch FROM i.timestamp - newest.at)::double precision / \(Double(windowSeconds) / 4)))
                ::double precision AS score
            FROM interactions i, newest
            WHERE i.timestamp > newest.at - make_interval(secs => \(Double(windowSeconds))) AND i.timestamp <= newest.at
                AND i.interaction_type IN (\(InteractionType.sqlList(types)))
            GROUP BY i.product_key ORDER BY score DESC, i.product_key LIMIT \(limit)
            """
        ).map { (try $0.decode(Int64.self, at: 0), try $0.decode(Double.self, at: 1)) }
    }

    private static func lockUsers(
        _ userIDs: [String],
        on connection: PostgresConnection
    ) async throws -> [String: Int64] {
        // In key order, so that two requests naming the same users cannot deadlock.
        let rows = try await connection.query(
            "SELECT user_id, id FROM users WHERE user_id = ANY(\(userIDs)) ORDER BY id FOR NO KEY UPDATE"
        )
        return try keys(rows)
    }

    private static func productKeys(
        _ productIDs: [String],
        on connection: PostgresConnection
    ) async throws -> [String: Int64] {
        try keys(
            try await connection.query("SELECT product_id, id FROM products WHERE product_id = ANY(\(productIDs))")
        )
    }

    private static func keys(_ rows: [Row]) throws -> [String: Int64] {
        Dictionary(
            uniqueKeysWithValues: try rows.map { (try $0.decode(String.self, at: 0), try $0.decode(Int64.self, at: 1)) }
        )
    }

    /// Whose each stored event id is: keys of the user and the product.
    static func owners(
        _ eventIDs: [String],
        on connection: PostgresConnection
    ) async throws -> [String: (Int64?, Int64?)] {
        var owners: [String: (Int64?, Int64?)] = [:]
        for row in try await connection.query(
            "SELECT event_id, user_key, product_key FROM interactions WHERE event_id = ANY(\(eventIDs))"
        ) {
            owners[try row.decode(String.self, at: 0)] = (
                try row.decode(Int64.self, at: 1), try row.decode(Int64.self, at: 2)
            )
        }
        return owners
    }

    private static func insert(
        _ events: [NewInteraction],
        users: [String: Int64],
        products: [String: Int64],
        on connection: PostgresConnection
    ) async throws -> Int {
        let (users, products) = (events.map { users[$0.userID] ?? 0 }, events.map { products[$0.productID] ?? 0 })
        return try await connection.query(
            "WITH \(EventWriter.insertion(events, users: "\(users)", products: "\(products)")) SELECT count(*) FROM added"
        )[0].decode(Int.self, at: 0)
    }
}

extension InteractionType {
    /// The types whose events make lists stale.
    static let invalidating = allCases.filter(\.invalidatesLists)

    /// `'purchase', 'rating'`: SQL literals for an IN list.
    static func sqlList(_ types: [InteractionType]) -> SQLQuery {
        SQLQuery.joined(types.map { "'\(unescaped: $0.rawValue)'" })
    }
}
