import Foundation
import Postgres
import ShopTestSupport
import TestSupport
import Testing

@testable import Shop

@Suite("Interactions", .serialized)
struct InteractionTests {
    private func event(_ id: String, user: String = "U-1", product: String = "P-01", type: InteractionType = .view)
        -> NewInteraction
    {
        NewInteraction(eventID: id, userID: user, productID: product, type: type, timestamp: Date())
    }

    @Test("an event counts once, however often it is sent, alone or within one request")
    func idempotent() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            #expect(try await shop.record("a", user: "U-1", product: "P-01") == .recorded(inserted: 1, duplicates: 0))
            #expect(try await shop.record("a", user: "U-1", product: "P-01") == .recorded(inserted: 0, duplicates: 1))
            let outcome = try await shop.interactions.record([event("b"), event("b"), event("a"), event("c")])
            #expect(outcome == .recorded(inserted: 2, duplicates: 2))
        }
    }

    @Test("one unknown id leaves all of them out and is named with its place")
    func allOrNothing() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            let before = try await shop.interactions.lastID()
            let outcome = try await shop.interactions.record([
                event("a"), event("b", user: "nobody"), event("c", product: "nothing"),
            ])
            #expect(
                outcome
                    == .unknown([
                        UnknownReference(index: 1, field: .userID, value: "nobody"),
                        UnknownReference(index: 2, field: .productID, value: "nothing"),
                    ])
            )
            #expect(try await shop.interactions.lastID() == before)
        }
    }

    @Test("an event id of another user's or product's event is named with its place, and nothing is stored")
    func foreignEventID() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            _ = try await shop.record("a", user: "U-1", product: "P-01")
            let before = try await shop.interactions.lastID()
            for (events, conflicts) in [
                ([event("n"), event("a", user: "U-2")], [1]),
                ([event("n"), event("a", product: "P-02")], [1]),
                // Inside one request.
                ([event("n"), event("n", user: "U-2"), event("n")], [1]),
                ([event("n", user: "U-2"), event("n"), event("a", user: "U-2")], [1, 2]),
            ] {
                #expect(try await shop.interactions.record(events) == .conflicting(conflicts))
                #expect(try await shop.interactions.lastID() == before)
            }
            #expect(try await shop.interactions.record([event("a")]) == .recorded(inserted: 0, duplicates: 1))
        }
    }

    @Test("purchases, ratings and feedback make lists stale; views, clicks, carts and impressions do not")
    func staleness() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            for type in InteractionType.allCases {
                let before = try #require(try await shop.cache.lookup(userID: "U-1", list: .discover)).invalidatedAfter
                _ = try await shop.record("e-\(type.rawValue)", user: "U-1", product: "P-01", type: type)
                let after = try #require(try await shop.cache.lookup(userID: "U-1", list: .discover)).invalidatedAfter
                #expect((after > before) == type.invalidatesLists, "\(type)")
            }
        }
    }

    @Test("the data cut waits for an insert that is still open, and then includes it")
    func dataCut() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            let inserted = AsyncStream.makeStream(of: Void.self)
            let commit = AsyncStream.makeStream(of: Void.self)
            let writer = Task {
                try await shop.client.withTransaction { connection in
                    let rows = try await connection.query(
                        """
                        INSERT INTO interactions (event_id, user_key, product_key, interaction_type, timestamp)
                        SELECT 'open', u.id, p.id, 'view', now() FROM users u, products p LIMIT 1 RETURNING id
                        """
                    )
                    inserted.continuation.yield()
                    for await _ in commit.stream { break }
                    return try #require(rows.first).decode(Int64.self, at: 0)
                }
            }
            for await _ in inserted.stream { break }
            let cut = Task { try await shop.interactions.dataCut() }
            try await eventually("the cut waits for the table") {
                let waiting = try await shop.client.query(
                    "SELECT count(*) FROM pg_locks WHERE relation = 'interactions'::regclass AND NOT granted"
                )
                return try #require(waiting.first).decode(Int64.self, at: 0) == 1
            }
            commit.continuation.yield()
            #expect(try await cut.value == writer.value)
        }
    }

    @Test("a cut that waits too long gives up with an error that says it may be tried again")
    func dataCutTimeout() async throws {
        try await ShopFixture.with { shop in
            try await shop.client.withTransaction { connection in
                _ = try await connection.execute("LOCK TABLE interactions IN ROW EXCLUSIVE MODE")
                let error = await #expect(throws: PostgresError.self) { try await shop.interactions.dataCut() }
                #expect(DatabaseInterruption(try #require(error))?.cause == .lockWait)
            }
        }
    }

    @Test("the export gives every event up to the cut and none after it")
    func export() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 6)
            let cut = try await shop.interactions.dataCut()
            _ = try await shop.record("later", user: "U-1", product: "P-01")
            var count = 0
            try await shop.interactions.export(upTo: cut) { event in
                count += 1
                #expect(event.type == .purchase)
                #expect(event.value == 1)
                #expect(event.time >= 1_700_000_000)
                #expect(event.orderID == nil)
            }
            let stored = try await shop.client.query("SELECT count(*) FROM interactions WHERE id <= \(cut)")
            #expect(try #require(stored.first).decode(Int64.self, at: 0) == Int64(count))
        }
    }

    @Test("a load makes lists stale for the customers whose purchases it brings, and the same again for nobody")
    func bulkLoad() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 6)
            // Lists can be stale only where there are some.
            try await shop.generateLists()
            func invalidated(_ user: String) async throws -> Int64 {
                try #require(try await shop.cache.lookup(userID: user, list: .discover)).invalidatedAfter
            }
            let before = (try await invalidated("U-1"), try await invalidated("U-2"))
            let purchase = [
                NewInteraction(
                    eventID: "new",
                    userID: "U-1",
                    productID: "P-01",
                    type: .purchase,
                    value: 1,
                    timestamp: Date()
                )
            ]
            let bulk = BulkLoadRepository(database: shop.client)
            for expected in [1, 0] {
                var batches = [purchase, [event("seen", user: "U-2")]].makeIterator()
                let summary = try await bulk.load { try await $0.stageInteractions { batches.next() } }
                #expect(summary.interactionsAdded == 2 * expected)
                #expect(summary.duplicates == 2 - 2 * expected)
                let after = try await invalidated("U-1")
                #expect(after > before.0)
                #expect(try await invalidated("U-2") == before.1)
                let newest = try await shop.client.query("SELECT id FROM interactions WHERE event_id = 'new'")[0]
                #expect(try newest.decode(Int64.self, at: 0) == after)
            }
        }
    }
}
