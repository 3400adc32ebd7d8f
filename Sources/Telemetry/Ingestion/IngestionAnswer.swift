import AzureBlob
import FoundationEssentials
import TextFormats

/// What the endpoint's answer to a batch of items means.
enum IngestionAnswer: Equatable {
    /// All are accepted, or refused for good (`refused` of them).
    case done(refused: Int)
    /// These of the batch, by position, are sent again, not before `after`; `refused` others are lost.
    case again([Int], refused: Int, after: Duration?)
    /// The day's quota is used up: nothing is sent until then.
    case stop(Duration)
    /// To be sent to this address.
    case redirect(String)
    /// The token is refused, or its identity lacks the role Monitoring Metrics Publisher.
    case unauthorized
    /// Nobody will take it.
    case refused(String)

    /// How long to stop without a Retry-After: the quota is one of a day.
    private static let quotaPause: Duration = .seconds(3_600)
    /// A longer Retry-After is cut: a day is the longest that a quota lasts.
    private static let longestPause: Int64 = 86_400

    init(_ response: HTTPResponse, count: Int, now: Date = Date()) {
        let pause = Self.retryAfter(response.headers["Retry-After"], now: now)
        switch response.status {
        case 206:
            self = Self.partial(response.body, count: count, pause)
        case 200..<300:
            self = .done(refused: 0)
        case 307, 308:
            self = response.headers["Location"].map(Self.redirect) ?? .refused("a redirect without Location")
        case 401, 403:
            self = .unauthorized
        case 402, 439:
            self = .stop(pause ?? Self.quotaPause)
        case 408, 429, 500...599:
            self = .again(Array(0..<count), refused: 0, after: pause)
        default:
            self = .refused("the endpoint answered \(response.status)")
        }
    }

    /// `{"itemsReceived":3,"itemsAccepted":1,"errors":[{"index":0,"statusCode":429,"message":"…"},…]}`.
    private static func partial(_ body: [UInt8], count: Int, _ pause: Duration?) -> IngestionAnswer {
        guard let answer = try? JSONParser.parse(body), let errors = answer["errors"]?.array else {
            // Some are accepted and nobody knows which: sending all again would count them twice.
            return .done(refused: count - Int((try? JSONParser.parse(body))?["itemsAccepted"]?.integer ?? 0))
        }
        var again: [Int] = []
        var refused = 0
        for error in errors {
            guard let index = error["index"]?.integer.map(Int.init), (0..<count).contains(index) else { continue }
            switch error["statusCode"]?.integer {
            case 401, 403, 408, 429, 500, 502, 503, 504: again.append(index)
            default: refused += 1
            }
        }
        return again.isEmpty ? .done(refused: refused) : .again(again, refused: refused, after: pause)
    }

    /// Seconds, or a date of HTTP.
    static func retryAfter(_ text: String?, now: Date) -> Duration? {
        guard let text else { return nil }
        let seconds = Int64(text) ?? HTTPDate.date(text).map { Int64($0.timeIntervalSince(now).rounded(.up)) }
        return seconds.map { .seconds(min(max($0, 0), longestPause)) }
    }
}
