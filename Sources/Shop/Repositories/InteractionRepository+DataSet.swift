import FoundationEssentials
import Postgres

/// An event with everything that is stored of it, as a data set describes one.
package struct RecordedInteraction: Sendable {
    package let eventID: String
    package let userKey: Int64
    package let productKey: Int64
    package let type: InteractionType
    package let value: Float?
    /// Microseconds since 1970.
    package let microseconds: Int64
    package let sessionID: String?
    package let orderID: String?
    package let requestID: String?
}

extension InteractionRepository {
    /// Streams every event up to the cut with all its fields, in id order, by binary COPY.
    package func exportRecords(
        upTo dataCut: Int64,
        _ receive: (RecordedInteraction) throws -> Void
    ) async throws {
        try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(900))) { connection in
            let rows = connection.copyOut(
                """
                COPY (SELECT event_id, user_key, product_key, interaction_type, value, timestamp, session_id, order_id,
                    request_id
                FROM interactions WHERE id <= \(unescaped: String(dataCut)) ORDER BY id) TO STDOUT (FORMAT binary)
                """
            )
            for try await batch in rows {
                for row in batch.rows {
                    guard let type = InteractionType(rawValue: try row.string(3)) else { continue }
                    let seconds = try row.date(5).timeIntervalSince1970
                    try receive(
                        RecordedInteraction(
                            eventID: try row.string(0),
                            userKey: try row.int64(1),
                            productKey: try row.int64(2),
                            type: type,
                            value: row.isNull(4) ? nil : try row.float(4),
                            microseconds: Int64((seconds * 1_000_000).rounded()),
                            sessionID: row.isNull(6) ? nil : try row.string(6),
                            orderID: row.isNull(7) ? nil : try row.string(7),
                            requestID: row.isNull(8) ? nil : try row.string(8)
                        )
                    )
                }
            }
        }
    }
}
