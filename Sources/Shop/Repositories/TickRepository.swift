package import FoundationEssentials
package import Postgres

/// A timer of the function app; the raw value is the name of its folder.
package enum TimerFunction: String, Sendable, CaseIterable {
    case generateRecommendations = "GenerateRecommendations"
    case refreshActiveUsers = "RefreshActiveUsers"
}

/// The last time that the host fired a timer.
package struct Tick: Sendable, Equatable {
    package var tickedAt: Date
    /// Seconds since then by the server's clock; negative when that clock was ahead at the time.
    package var age: Double
    /// What it led to, in words; nil while it is being worked on, or when its process ended before it could say.
    package var outcome: String?
}

/// The last tick of each timer: whether the host still fires it, and why it led to nothing.
package struct TickRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// Records that the host has fired a timer.
    package func begin(_ function: TimerFunction) async throws {
        _ = try await database.execute(
            """
            INSERT INTO ticks (function_name, ticked_at) VALUES (\(function.rawValue), clock_timestamp())
            ON CONFLICT (function_name) DO UPDATE SET ticked_at = excluded.ticked_at, outcome = NULL
            """
        )
    }

    /// Records what the tick led to.
    package func end(_ function: TimerFunction, outcome: String) async throws {
        _ = try await database.execute(
            "UPDATE ticks SET outcome = \(outcome) WHERE function_name = \(function.rawValue)"
        )
    }

    /// The last tick; nil when there was none yet.
    package func last(_ function: TimerFunction) async throws -> Tick? {
        try await database.query(
            """
            SELECT ticked_at, extract(epoch FROM clock_timestamp() - ticked_at)::double precision, outcome FROM ticks
            WHERE function_name = \(function.rawValue)
            """
        ).first.map { row in
            Tick(
                tickedAt: try row.decode(Date.self, at: 0),
                age: try row.decode(Double.self, at: 1),
                outcome: try row.decode(String?.self, at: 2)
            )
        }
    }
}
