import FoundationEssentials
import Postgres
import Synchronization

/// Stores events that are posted one by one. Those that come while others are being written go together, in one statement and one
/// commit: a commit waits for the disk, and two connections serve any number of requests.
final class EventWriter: Sendable {
    private struct Waiting {
        let event: NewInteraction
        let outcome: CheckedContinuation<RecordOutcome, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var writers = 0
    }

    /// While one waits for the disk, the other one collects.
    private static let maximumWriters = 2
    private static let maximumTogether = 64
    /// More than these are refused: the database is too slow for what comes.
    private static let maximumWaiting = 4_096

    private let database: PostgresClient
    private let state = Mutex(State())

    init(database: PostgresClient) {
        self.database = database
    }

    /// Stores one event, or nothing when its user or its product does not exist or when its id is known.
    func record(_ event: NewInteraction) async throws -> RecordOutcome {
        try await withCheckedThrowingContinuation { outcome in
            let (isRefused, startsWriter) = state.withLock { state in
                guard state.waiting.count < Self.maximumWaiting else { return (true, false) }
                state.waiting.append(Waiting(event: event, outcome: outcome))
                guard state.writers < Self.maximumWriters else { return (false, false) }
                state.writers += 1
                return (false, true)
            }
            if isRefused {
                outcome.resume(throwing: PostgresError(.poolExhausted, "too many events wait to be stored"))
            }
            if startsWriter { Task { await self.write() } }
        }
    }

    private func write() async {
        while true {
            let batch = next()
            guard !batch.isEmpty else { return }
            await store(batch)
        }
    }

    /// What is written next; ends the writer when there is nothing.
    private func next() -> [Waiting] {
        state.withLock { state in
            var ids: Set<String> = []
            var rest: [Waiting] = []
            var batch: [Waiting] = []
            for waiting in state.waiting {
                // Of two with the same id it must show which one was stored.
                if batch.count < Self.maximumTogether, ids.insert(waiting.event.eventID).inserted {
                    batch.append(waiting)
                } else {
                    rest.append(waiting)
                }
            }
            state.waiting = rest
            if batch.isEmpty { state.writers -= 1 }
            return batch
        }
    }

    private func store(_ batch: [Waiting]) async {
        let stored: Set<String>
        do {
            stored = try await storeTogether(batch.map(\.event))
        } catch let error as PostgresError where error.code == .server(.queryCanceled) || error.sqlState == nil {
            return fail(batch, error)
        } catch is PostgresError {
            // One of them may be at fault; the others must not suffer.
            stored = []
        } catch {
            return fail(batch, error)
        }
        for waiting in batch {
            if stored.contains(waiting.event.eventID) {
                waiting.outcome.resume(returning: .recorded(inserted: 1, duplicates: 0))
            } else {
                // What is wrong with it, or whom it waits for, holds up nobody else.
                Task { await storeAlone(waiting) }
            }
        }
    }

    private func fail(_ batch: [Waiting], _ error: any Error) {
        for waiting in batch { waiting.outcome.resume(throwing: error) }
    }

    private func storeAlone(_ waiting: Waiting) async {
        do {
            waiting.outcome.resume(returning: try await recordAlone(waiting.event))
        } catch {
            waiting.outcome.resume(throwing: error)
        }
    }

    // MARK: Statements

    /// Stores those whose user can be locked at once, whose user and product exist and whose id is new; their ids.
    private func storeTogether(_ events: [NewInteraction]) async throws -> Set<String> {
        let users: SQLQuery = """
            ARRAY(SELECT owner.id FROM unnest(\(events.map(\.userID))) WITH ORDINALITY AS asked (user_id, n)
                LEFT JOIN owner USING (user_id) ORDER BY n)
            """
        let products: SQLQuery = """
            ARRAY(SELECT p.id FROM unnest(\(events.map(\.productID))) WITH ORDINALITY AS asked (product_id, n)
                LEFT JOIN products p USING (product_id) ORDER BY n)
            """
        let statement: SQLQuery = """
            WITH owner AS (
                SELECT id, user_id FROM users WHERE user_id = ANY(\(Array(Set(events.map(\.userID)))))
                FOR NO KEY UPDATE SKIP LOCKED
            ), \(Self.insertion(events, users: users, products: products))
            SELECT ARRAY(SELECT event_id FROM added)
            """
        let rows = try await repeatedAfterLoss { try await database.query(statement) }
        return Set(try rows[0].decode([String].self, at: 0))
    }

    private func recordAlone(_ event: NewInteraction) async throws -> RecordOutcome {
        let product: SQLQuery = "(SELECT id FROM products WHERE product_id = \(event.productID))"
        let statement: SQLQuery = """
            WITH owner AS (SELECT id FROM users WHERE user_id = \(event.userID) FOR NO KEY UPDATE),
            \(Self.insertion([event], users: "ARRAY[(SELECT id FROM owner)]", products: "ARRAY[\(product)]"))
            SELECT (SELECT count(*) FROM added), (SELECT id FROM owner), \(product)
            """
        let row = try await repeatedAfterLoss { try await database.query(statement) }[0]
        let inserted = try row.decode(Int.self, at: 0)
        let user = try row.decode(Int64?.self, at: 1)
        let key = try row.decode(Int64?.self, at: 2)
        guard let user, let key else {
            var unknown: [UnknownReference] = []
            if user == nil { unknown.append(.init(index: 0, field: .userID, value: event.userID)) }
            if key == nil { unknown.append(.init(index: 0, field: .productID, value: event.productID)) }
            return .unknown(unknown)
        }
        if inserted == 0 {
            let owners = try await database.withConnection { connection in
                try await InteractionRepository.owners([event.eventID], on: connection)
            }
            if let owner = owners[event.eventID], owner != (user, key) { return .conflicting([0]) }
        }
        return .recorded(inserted: inserted, duplicates: 1 - inserted)
    }

    /// Runs a statement once more on another connection when the first one was lost. What was stored all the same is known by its id.
    private func repeatedAfterLoss(_ statement: () async throws -> [Row]) async throws -> [Row] {
        do {
            return try await statement()
        } catch let error as PostgresError where error.code == .connection {
            return try await statement()
        }
    }

    /// What inserts events and makes the lists of their users stale: parts of a WITH, of which `added` has a row for each new event.
    /// - Parameters:
    ///   - users: an array of the users' keys, one an event; an event without one is left out.
    ///   - products: the same of products.
    static func insertion(_ events: [NewInteraction], users: SQLQuery, products: SQLQuery) -> SQLQuery {
        // Arrays have no holes: empty text, NaN and -1 stand for null on the way in.
        """
        added AS (
            INSERT INTO interactions
                (event_id, user_key, product_key, interaction_type, value, timestamp, session_id, order_id, request_id,
                position, generation, experiment_id, arm)
            SELECT e, u, p, t::interaction_type, nullif(v, 'NaN'), to_timestamp(at), nullif(s, ''), nullif(o, ''), nullif(r, ''),
                nullif(n, -1), nullif(g, -1), nullif(x, -1), nullif(a, -1)::smallint
            FROM unnest(
                \(events.map(\.eventID)), \(users), \(products), \(events.map(\.type.rawValue)),
                \(events.map { $0.value ?? .nan }), \(events.map(\.timestamp.timeIntervalSince1970)),
                \(events.map { $0.sessionID ?? "" }), \(events.map { $0.orderID ?? "" }),
                \(events.map { $0.requestID ?? "" }), \(events.map { $0.position ?? -1 }),
                \(events.map { $0.shownBy?.generation ?? -1 }), \(events.map { $0.shownBy?.experiment?.id ?? -1 }),
                \(events.map { Int64($0.shownBy?.experiment?.arm ?? -1) })
            ) AS new (e, u, p, t, v, at, s, o, r, n, g, x, a)
            WHERE u IS NOT NULL AND p IS NOT NULL
            ON CONFLICT (event_id) DO NOTHING
            RETURNING id, event_id, user_key, interaction_type
        ), stale AS (
            UPDATE users SET invalidated_after = newest.id
            FROM (SELECT user_key, max(id) AS id FROM added
                  WHERE interaction_type IN (\(InteractionType.sqlList(InteractionType.invalidating)))
                  GROUP BY user_key) AS newest
            WHERE users.id = newest.user_key
        )
        """
    }
}
