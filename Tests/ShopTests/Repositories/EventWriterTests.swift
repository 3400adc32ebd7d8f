import Foundation
import Postgres
import ShopTestSupport
import TestSupport
import Testing

@testable import Shop

@Suite("Events that are posted one by one", .serialized)
struct EventWriterTests {
    private func event(_ id: String, user: String, product: String = "P-01", type: InteractionType = .view)
        -> NewInteraction
    {
        NewInteraction(eventID: id, userID: user, productID: product, type: type, timestamp: Date())
    }

    @Test("at the same time they share transactions, and each caller hears of its own event")
    func together() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 10)
            _ = try await shop.record("known", user: "U-1", product: "P-01")
            let interactions = shop.interactions
            var round = 0
            try await eventually("some events have met") {
                round += 1
                let good = (0..<60).map { event("r\(round)-\($0)", user: "U-\($0 % 10)", product: "P-0\($0 % 7)") }
                let purchase = event("r\(round)-purchase", user: "U-3", type: .purchase)
                let bad = [
                    event("known", user: "U-1"), event("r\(round)-nobody", user: "nobody"),
                    event("r\(round)-nothing", user: "U-2", product: "nothing"),
                ]
                let outcomes = try await withThrowingTaskGroup(of: (String, RecordOutcome).self) { group in
                    for event in good + bad + [purchase] {
                        group.addTask { (event.eventID, try await interactions.record([event])) }
                    }
                    return try await group.reduce(into: [String: RecordOutcome]()) { $0[$1.0] = $1.1 }
                }
                for event in good + [purchase] {
                    #expect(outcomes[event.eventID] == .recorded(inserted: 1, duplicates: 0))
                }
                #expect(outcomes["known"] == .recorded(inserted: 0, duplicates: 1))
                #expect(
                    outcomes["r\(round)-nobody"]
                        == .unknown([UnknownReference(index: 0, field: .userID, value: "nobody")])
                )
                #expect(
                    outcomes["r\(round)-nothing"]
                        == .unknown([UnknownReference(index: 0, field: .productID, value: "nothing")])
                )
                let rows = try await shop.client.query(
                    """
                    SELECT count(*), count(DISTINCT i.xmin::text),
                        count(*) FILTER (WHERE u.user_id <> 'U-' || substring(event_id FROM '.$')
                            AND event_id !~ 'purchase'),
                        (SELECT invalidated_after = (SELECT id FROM interactions WHERE event_id = \(purchase.eventID))
                            FROM users WHERE user_id = 'U-3')
                    FROM interactions i JOIN users u ON u.id = i.user_key WHERE event_id LIKE \("r\(round)-%")
                    """
                )
                let row = try #require(rows.first)
                #expect(try row.decode(Int.self, at: 0) == 61)
                #expect(try row.decode(Int.self, at: 2) == 0)
                #expect(try row.decode(Bool.self, at: 3))
                return try row.decode(Int.self, at: 1) < 61
            }
        }
    }

    @Test("the same id at the same time counts once, and another user's event with it is refused")
    func sameID() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            let interactions = shop.interactions
            let outcomes = try await withThrowingTaskGroup(of: RecordOutcome.self) { group in
                for number in 0..<20 {
                    group.addTask { try await interactions.record([event("same", user: "U-\(number % 2)")]) }
                }
                return try await group.reduce(into: [RecordOutcome]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == .recorded(inserted: 1, duplicates: 0) } == 1)
            #expect(outcomes.count { $0 == .recorded(inserted: 0, duplicates: 1) } == 9)
            #expect(outcomes.count { $0 == .conflicting([0]) } == 10)
        }
    }

    @Test("an event whose user is locked waits alone")
    func lockedUser() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 10)
            // Each event that waits for the user holds a connection.
            let client = shop.database.client { $0.maximumConnections = 6 }
            let interactions = InteractionRepository(database: client)
            let waiting = try await shop.client.withTransaction { connection in
                _ = try await connection.query("SELECT 1 FROM users WHERE user_id = 'U-1' FOR UPDATE")
                let waiting = (0..<3).map { number in
                    Task { try await interactions.record([event("locked-\(number)", user: "U-1")]) }
                }
                let outcomes = try await withThrowingTaskGroup(of: RecordOutcome.self) { group in
                    for number in 0..<30 {
                        group.addTask {
                            try await interactions.record([event("free-\(number)", user: "U-\(2 + number % 8)")])
                        }
                    }
                    return try await group.reduce(into: [RecordOutcome]()) { $0.append($1) }
                }
                #expect(outcomes.allSatisfy { $0 == .recorded(inserted: 1, duplicates: 0) })
                return waiting
            }
            for task in waiting { #expect(try await task.value == .recorded(inserted: 1, duplicates: 0)) }
            await client.shutdown()
        }
    }

    @Test("without a database every caller gets the error")
    func unavailable() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            let interactions = shop.interactions
            await shop.client.shutdown()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        await #expect(throws: PostgresError.self) {
                            try await interactions.record([event("lost-\(number)", user: "U-1")])
                        }
                    }
                }
            }
        }
    }
}
