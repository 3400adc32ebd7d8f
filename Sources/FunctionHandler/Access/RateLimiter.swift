import HTTPTypes
import Synchronization
import TextFormats

/// A token bucket for each caller: short bursts pass, a steady stream above the rate does not. Counts are of this process; a shop
/// with several instances allows as many times more.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var time: ContinuousClock.Instant
    }

    /// Requests a minute; a caller may save up a minute's worth.
    let perMinute: Int
    private let limit: Int
    private let buckets = Mutex<[String: Bucket]>([:])

    /// - Parameter limit: callers remembered; beyond it those with full buckets are forgotten.
    init(perMinute: Int, limit: Int = 10_000) {
        (self.perMinute, self.limit) = (perMinute, limit)
    }

    /// What one request leaves.
    struct Standing: Sendable, Equatable {
        var isAllowed: Bool
        var remaining: Int
        /// Seconds until the next request passes (when refused) or the bucket is full.
        var reset: Int
    }

    func take(_ caller: String, now: ContinuousClock.Instant = .now) -> Standing {
        let rate = Double(perMinute) / 60
        return buckets.withLock { buckets in
            if buckets.count >= limit, buckets[caller] == nil {
                buckets = buckets.filter { Self.tokens($0.value, now, rate, perMinute) < Double(perMinute) }
                // Everybody is at it: then nobody new is counted apart.
                if buckets.count >= limit { buckets.removeAll() }
            }
            let known = buckets[caller] ?? Bucket(tokens: Double(perMinute), time: now)
            let tokens = Self.tokens(known, now, rate, perMinute)
            guard tokens >= 1 else {
                buckets[caller] = Bucket(tokens: tokens, time: now)
                return Standing(isAllowed: false, remaining: 0, reset: max(1, Int(((1 - tokens) / rate).rounded(.up))))
            }
            buckets[caller] = Bucket(tokens: tokens - 1, time: now)
            let full = (Double(perMinute) - tokens + 1) / rate
            return Standing(isAllowed: true, remaining: Int(tokens - 1), reset: Int(full.rounded(.up)))
        }
    }

    private static func tokens(
        _ bucket: Bucket,
        _ now: ContinuousClock.Instant,
        _ rate: Double,
        _ most: Int
    ) -> Double {
        let seconds = (now - bucket.time) / .seconds(1)
        return min(Double(most), bucket.tokens + max(0, seconds) * rate)
    }

    /// Whom a request counts for: its credential, else the address that the host saw.
    static func caller(of request: Request) -> String {
        if let key = request.headers[.adminKey] { return "key \(key.hashValue)" }
        if let token = Credentials.token(request.headers) { return "token \(token.hashValue)" }
        // The platform's proxy appends the address that it saw to what a client sent.
        let addresses = request.headers[.forwardedFor]?.split(separator: ",")
        return addresses?.last.map { "address \($0.trimmingBlanks)" } ?? "this machine"
    }
}

extension RateLimiter.Standing {
    /// https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/, the fields of its early versions.
    func decorate(_ headers: inout HTTPFields, limit: Int) {
        headers[.rateLimitLimit] = String(limit)
        headers[.rateLimitRemaining] = String(remaining)
        headers[.rateLimitReset] = String(reset)
    }
}

extension Problem {
    static func tooManyRequests(_ standing: RateLimiter.Standing) -> Problem {
        Problem(.tooManyRequests, "too-many-requests", "Too many requests").saying(
            "wait \(standing.reset) s before the next request",
            headers: [.retryAfter: String(standing.reset)]
        )
    }
}

// The names are literals of token characters, which the initialiser accepts.
// swift-format-ignore: NeverForceUnwrap
extension HTTPField.Name {
    static let forwardedFor = Self("X-Forwarded-For")!
    static let rateLimitLimit = Self("RateLimit-Limit")!
    static let rateLimitRemaining = Self("RateLimit-Remaining")!
    static let rateLimitReset = Self("RateLimit-Reset")!
}
