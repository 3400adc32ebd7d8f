import FoundationEssentials

/// What the shop wants of the lists that customers ask for: `service_objectives` in `app_config`.
package struct ServiceObjectives: Codable, Sendable, Equatable {
    /// Share of answers that are no error of the server.
    package var availability = 0.995
    /// Milliseconds in which an answer comes in time.
    package var latencyMilliseconds = 300
    /// Share of answers that come in time.
    package var latencyShare = 0.95
    /// Days that the shares are counted over. Counts of minutes are kept for thirty.
    package var windowDays = 7

    package static let shares = 0.5...0.9999
    package static let latencies = 1...60_000
    package static let windows = 1...30

    enum CodingKeys: String, CodingKey {
        case availability
        case latencyMilliseconds = "latency_ms"
        case latencyShare = "latency_share"
        case windowDays = "window_days"
    }

    package init() {}

    /// Reads what is stored; nil for the defaults.
    package init(json: String?) throws {
        self.init()
        if let json { self = try JSONDecoder().decode(ServiceObjectives.self, from: Data(json.utf8)) }
    }

    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

/// How much of what may go wrong has gone wrong (Beyer et al., The Site Reliability Workbook, chapters 2 and 5).
package struct ErrorBudget: Sendable, Equatable {
    /// Share of requests that are to be good.
    package var target: Double
    package var requests: Int64
    package var bad: Int64
    /// Of the last hour.
    package var recentRequests: Int64
    package var recentBad: Int64

    package init(target: Double, requests: Int64, bad: Int64, recentRequests: Int64, recentBad: Int64) {
        (self.target, self.requests, self.bad) = (target, requests, bad)
        (self.recentRequests, self.recentBad) = (recentRequests, recentBad)
    }

    /// Requests of the window that may be bad.
    package var allowed: Double { (1 - target) * Double(requests) }
    /// Share of the budget that is used; above 1 the objective is missed. Nil without requests.
    package var used: Double? { requests > 0 ? Double(bad) / allowed : nil }
    /// How many times as fast as the window allows the budget was used in the last hour; nil without requests.
    package var burnRate: Double? {
        recentRequests > 0 ? Double(recentBad) / Double(recentRequests) / (1 - target) : nil
    }
}
