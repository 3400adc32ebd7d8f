import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@testable import Shop

@Suite("Bulk loads", .serialized)
struct BulkLoadTests {
    private static let start = Date(timeIntervalSince1970: 1_700_000_000)

    private func purchase(_ id: String, user: String = "U-1", product: String = "P-1") -> NewInteraction {
        NewInteraction(eventID: id, userID: user, productID: product, type: .purchase, value: 1, timestamp: Self.start)
    }

    private func load(
        _ shop: ShopFixture,
        _ products: [CatalogueEntry] = [],
        _ events: [NewInteraction] = [],
        sliceRows: Int = 100_000,
        progress: @escaping (BulkLoadPhase) -> Void = { _ in }
    ) async throws -> BulkLoadSummary {
        var products: [CatalogueEntry]? = products
        var events: [NewInteraction]? = events
        let bulk = BulkLoadRepository(database: shop.client, sliceRows: sliceRows)
        return try await bulk.load(defaults: .init(stock: 9), progress: progress) { session in
            try await session.stageProducts {
                defer { products = nil }
                return products
            }
            try await session.stageInteractions {
                defer { events = nil }
                return events
            }
        }
    }

    private func count(_ shop: ShopFixture, _ table: String) async throws -> Int64 {
        try await shop.client.query("SELECT count(*) FROM \(identifier: table)")[0].decode(Int64.self, at: 0)
    }

    /// Runs `body` while a load waits with its events for a transaction that has written an event of the same id: a first one to make
    /// them visible, another one to add them. `body` gets the process of the load's connection and ends the wait by returning.
    private func whileLoading(
        _ shop: ShopFixture,
        commit: Bool,
        _ body: (Int32) async throws -> Void
    ) async throws -> Result<BulkLoadSummary, any Error> {
        let products = [CatalogueEntry(productID: "P-1", priceMinor: 100)]
        _ = try await load(shop, products, [])
        try await shop.client.execute("INSERT INTO users (user_id) VALUES ('U-1') ON CONFLICT DO NOTHING")
        let events = (0..<3_000).map { purchase("e-\($0)", user: "U-\($0 % 50)") }
        let other = shop.database.client()
        let loading = try await other.withConnection { connection in
            try await connection.execute("BEGIN")
            try await connection.execute(
                """
                INSERT INTO interactions (event_id, user_key, product_key, interaction_type, timestamp)
                SELECT 'e-2999', u.id, p.id, 'view', now() FROM users u, products p
                WHERE user_id = 'U-1' AND product_id = 'P-1'
                """
            )
            let loading = Task { try await load(shop, products, events, sliceRows: 500) }
            var process: Int32 = 0
            try await eventually("the load waits with its events") {
                let rows = try await shop.client.query(
                    """
                    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                        AND (query LIKE '%LOCK TABLE interactions IN ACCESS EXCLUSIVE%'
                            OR query LIKE 'INSERT INTO "interactions"%')
                    """
                )
                process = try rows.first?.decode(Int32.self, at: 0) ?? 0
                return process != 0
            }
            try await body(process)
            try await connection.execute(commit ? "COMMIT" : "ROLLBACK")
            return loading
        }
        return await loading.result
    }

    @Test("while a first load waits to make its events visible, others read and write products, users and events")
    func readersDoNotWait() async throws {
        try await ShopFixture.with { shop in
            let result = try await whileLoading(shop, commit: false) { _ in
                let reader = shop.database.client()
                // The load queues before them for a fifth of a second at a time.
                try await reader.withTransaction(.init(lockTimeout: .seconds(10))) { connection in
                    for table in ["products", "users", "interactions"] {
                        _ = try await connection.query("SELECT count(*) FROM \(identifier: table)")
                    }
                    // What an order of another customer takes.
                    try await connection.execute("INSERT INTO users (user_id) VALUES ('U-other')")
                    try await connection.execute(
                        """
                        INSERT INTO interactions (event_id, user_key, product_key, interaction_type, timestamp)
                        SELECT 'other', u.id, p.id, 'view', now() FROM users u, products p WHERE user_id = 'U-other'
                        """
                    )
                }
                _ = try await reader.read("SELECT count(*) FROM interactions")
            }
            #expect(try result.get().interactionsAdded == 3_000)
            #expect(try await count(shop, "interactions") == 3_001)
            #expect(try await count(shop, "users") == 51)
        }
    }

    @Test("first lists that go live during a load are stale for the customers whose purchases it adds")
    func firstListsMeanwhile() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let (complete, isComplete) = AsyncStream.makeStream(of: Void.self)
            let (released, release) = AsyncStream.makeStream(of: Void.self)
            let run = Task {
                try await shop.runner().hooked { point in
                    guard point == .manifestWritten else { return }
                    isComplete.finish()
                    for await _ in released {}
                }.run(.cli)
            }
            for await _ in complete {}
            let result = try await whileLoading(shop, commit: false) { _ in
                release.finish()
                _ = try await run.value
            }
            #expect(try result.get().interactionsAdded == 3_000)
            for (user, isStale) in [("U-3", true), ("U-55", false)] {
                let lookup = try #require(try await shop.cache.lookup(userID: user, list: .discover))
                let entry = try #require(lookup.entry)
                #expect((lookup.invalidatedAfter > entry.stamp.dataCut) == isStale, "\(user)")
            }
        }
    }

    @Test("an event that somebody records during a first load counts once, and the load goes on")
    func concurrentEvent() async throws {
        try await ShopFixture.with { shop in
            let result = try await whileLoading(shop, commit: true) { _ in }
            let summary = try result.get()
            #expect(summary.interactionsAdded == 2_999)
            #expect(summary.duplicates == 1)
            #expect(try await count(shop, "interactions") == 3_000)
        }
    }

    @Test("a connection that dies in the middle leaves nothing of the load, and the next one is complete")
    func killed() async throws {
        try await ShopFixture.with { shop in
            let result = try await whileLoading(shop, commit: false) { process in
                _ = try await shop.client.query("SELECT pg_terminate_backend(\(process))")
            }
            let error = #expect(throws: PostgresError.self) { try result.get() }
            #expect(error?.isTransient == true)
            #expect(try await count(shop, "interactions") == 0)
            #expect(try await count(shop, "users") == 1)
            let again = try await load(shop, [], [purchase("a"), purchase("b", user: "U-2")])
            #expect(again.interactionsAdded == 2)
        }
    }

    @Test("two first loads at once queue up and both succeed; the later one adds what the earlier one did not have")
    func twoAtOnce() async throws {
        try await ShopFixture.with { shop in
            // In opposite orders, so that row locks alone would end in a deadlock.
            let ids = (0..<400).map { $0 }
            let summaries = try await withThrowingTaskGroup(of: BulkLoadSummary.self) { group in
                for (order, price) in [(ids, 100), (ids.reversed(), 200)] as [([Int], Int64)] {
                    group.addTask {
                        try await load(
                            shop,
                            order.map { CatalogueEntry(productID: "P-\($0)", priceMinor: price) },
                            order.map { purchase("e-\($0)", user: "U-\($0)", product: "P-\($0)") }
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(summaries.map(\.interactionsAdded).sorted() == [0, 400])
            #expect(summaries.map(\.duplicates).sorted() == [0, 400])
            #expect(summaries.map(\.productsAdded).sorted() == [0, 400])
            #expect(summaries.map(\.productsUpdated).sorted() == [0, 400])
            #expect(try await count(shop, "interactions") == 400)
        }
    }

    @Test("a load that changes products and the summaries of an earlier one at the same time do not deadlock")
    func summariesMeanwhile() async throws {
        try await ShopFixture.with { shop in
            let ids = (0..<300).map { $0 }
            func entries(_ price: Int64) -> [CatalogueEntry] {
                ids.reversed().map { CatalogueEntry(productID: "P-\($0)", priceMinor: price) }
            }
            _ = try await load(shop, entries(1), ids.map { purchase("e-\($0)", product: "P-\($0)") })
            for round in 0..<5 {
                let events = ids.map { purchase("e-\(round)-\($0)", user: "U-2", product: "P-\($0)") }
                async let loading = load(shop, entries(Int64(round + 2)), events)
                async let counting: Void = shop.products.refreshSummaries()
                let (summary, _) = try await (loading, counting)
                #expect(summary.productsUpdated == 300)
                #expect(summary.interactionsAdded == 300)
            }
        }
    }

    @Test("columns, keys and indexes of the events are after a first load what they were, and its keys are checked")
    func schemaStays() async throws {
        try await ShopFixture.with { shop in
            let schema: SQLQuery = """
                SELECT conname || ' ' || convalidated || ' ' || pg_get_constraintdef(oid) AS line FROM pg_constraint
                WHERE conrelid = 'interactions'::regclass
                UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename = 'interactions'
                UNION ALL SELECT format('%s %s %s %s %s %s %s', ordinal_position, column_name, data_type, collation_name,
                    is_nullable, column_default, identity_generation)
                FROM information_schema.columns WHERE table_name = 'interactions'
                UNION ALL SELECT pg_get_serial_sequence('interactions', 'id') ORDER BY 1
                """
            let before = try await shop.client.query(schema).map { try $0.decode(String.self, at: 0) }
            let table: SQLQuery = "SELECT 'interactions'::regclass::oid::int8"
            let oid = try await shop.client.query(table)[0].decode(Int64.self, at: 0)
            _ = try await load(shop, [CatalogueEntry(productID: "P-1", priceMinor: 1)], [purchase("a")])
            #expect(try await shop.client.query(schema).map { try $0.decode(String.self, at: 0) } == before)
            #expect(
                try await shop.client.query(table)[0].decode(Int64.self, at: 0) != oid,
                "the table was not exchanged"
            )
            await #expect(throws: PostgresError.self, "a foreign key that does not hold") {
                try await shop.client.execute(
                    """
                    INSERT INTO interactions (event_id, user_key, product_key, interaction_type, timestamp)
                    SELECT 'b', 4711, id, 'view', now() FROM products
                    """
                )
            }
        }
    }

    @Test("events that others record while a first load waits stay, and ids go on after those of both")
    func recordedMeanwhile() async throws {
        try await ShopFixture.with { shop in
            let result = try await whileLoading(shop, commit: false) { _ in
                let other = shop.database.client()
                try await other.execute(
                    """
                    INSERT INTO interactions (event_id, user_key, product_key, interaction_type, timestamp)
                    SELECT 'other', u.id, p.id, 'view', now() FROM users u, products p
                    """
                )
            }
            #expect(try result.get().interactionsAdded == 3_000)
            #expect(try await load(shop, [], [purchase("last")]).interactionsAdded == 1)
            let row = try await shop.client.query(
                """
                SELECT count(*), count(DISTINCT id), max(id) FILTER (WHERE event_id = 'last') = max(id),
                    bool_or(event_id = 'other') FROM interactions
                """
            )[0]
            #expect(try row.decode(Int64.self, at: 0) == 3_002)
            #expect(try row.decode(Int64.self, at: 1) == 3_002)
            #expect(try row.decode(Bool.self, at: 2) && row.decode(Bool.self, at: 3))
        }
    }

    @Test("a table that somebody was given rights on keeps them: its first load goes the slower way")
    func rightsStay() async throws {
        try await ShopFixture.with { shop in
            try await shop.client.execute("GRANT SELECT ON interactions TO PUBLIC")
            let summary = try await load(
                shop,
                [CatalogueEntry(productID: "P-1", priceMinor: 1)],
                [purchase("a"), purchase("b")]
            )
            #expect(summary.interactionsAdded == 2)
            let rights = try await shop.client.query(
                "SELECT has_table_privilege('public', 'interactions', 'SELECT')"
            )
            #expect(try rights[0].decode(Bool.self, at: 0))
        }
    }

    @Test("what a source does not say of a product stays as the shop has it, and what it says wins")
    func silentSource() async throws {
        try await ShopFixture.with { shop in
            let full = CatalogueEntry(
                productID: "P-1",
                name: "Lamp",
                description: "Warm light",
                category: "Home",
                priceMinor: 100,
                currency: "EUR",
                stock: 3,
                metadataJSON: #"{"brand": "Lux"}"#
            )
            _ = try await load(shop, [full, CatalogueEntry(productID: "P-2", priceMinor: 1)])
            let version = try await shop.products.catalogueVersion()
            let silent = CatalogueEntry(productID: "P-1", priceMinor: 100)
            let unchanged = try await load(shop, [silent])
            #expect(unchanged.productsUpdated == 0)
            #expect(try await shop.products.catalogueVersion() == version, "nothing was written")

            let dearer = CatalogueEntry(productID: "P-1", priceMinor: 150)
            #expect(try await load(shop, [dearer]).productsUpdated == 1)
            let lamp = try #require(try await shop.products.find("P-1"))
            #expect(lamp.priceMinor == 150)
            #expect(lamp.name == "Lamp" && lamp.description == "Warm light" && lamp.category == "Home")
            #expect(lamp.currency == "EUR" && lamp.stock == 3 && lamp.metadataJSON == #"{"brand": "Lux"}"#)

            let fresh = try #require(try await shop.products.find("P-2"))
            #expect(fresh.name == "P-2" && fresh.description.isEmpty && fresh.category == "Uncategorised")
            #expect(fresh.currency == "GBP" && fresh.stock == 9 && fresh.metadataJSON == "{}")
        }
    }

    @Test("events of unknown products are counted and make no users")
    func unknownProducts() async throws {
        try await ShopFixture.with { shop in
            let events = [
                purchase("a"), purchase("b", product: "P-unknown"), purchase("c", user: "U-2", product: "P-unknown"),
            ]
            let summary = try await load(shop, [CatalogueEntry(productID: "P-1", priceMinor: 1)], events)
            #expect(summary.interactionsStaged == 3)
            #expect(summary.interactionsAdded == 1)
            #expect(summary.unknownProducts == 2)
            #expect(summary.duplicates == 0)
            #expect(summary.usersAdded == 1)
            #expect(try await shop.client.query("SELECT 1 FROM users WHERE user_id = 'U-2'").isEmpty)
        }
    }

    @Test("slices of any size add the same rows in the order they came")
    func slices() async throws {
        try await ShopFixture.with { shop in
            let events = (0..<2_000).map { purchase("e-\($0)") }
            var fractions: [Double] = []
            let summary = try await load(
                shop,
                [CatalogueEntry(productID: "P-1", priceMinor: 1)],
                events,
                sliceRows: 1
            ) { phase in
                if case .interactions(let fraction) = phase { fractions.append(fraction) }
            }
            #expect(summary.interactionsAdded == 2_000)
            #expect(fractions.count > 3 && fractions == fractions.sorted())
            let stored = try await shop.client.query("SELECT event_id FROM interactions ORDER BY id")
            #expect(try stored.map { try $0.decode(String.self, at: 0) } == events.map(\.eventID))
        }
    }
}
