import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// `GET /trending`: what sells now, in the window that ends with the newest event.
struct TrendingRoutes: Sendable {
    let popular: PopularProducts
    let catalogue: CatalogueCache
    let cards: ProductCards
    let lastKnown: LastKnownAnswers
    /// A week, as the lists of newcomers use.
    var defaultWindowSeconds = ServingOptions().trendingWindowSeconds

    var routes: [Route] { [Route(.get, "/trending", .anyone, list)] }

    @Sendable
    private func list(_ request: RoutedRequest) async throws -> Response {
        let query = try request.queryParameters()
        let limit = try query.int("limit", default: 10, in: 1...100)
        let category = try query.filter("category")
        let window = try Self.window(try query.string("window")) ?? defaultWindowSeconds
        return try await lastKnown.response(to: request) {
            let catalogue = try await catalogue.current()
            let ranked = try await popular.trending(catalogue, windowSeconds: window).filter {
                category?.hasSameBytes(as: catalogue.products[$0.position].category) ?? true
            }
            return (ranked: ranked, cards: cards.fragments(of: catalogue))
        } writing: { list, isStale in
            let body = ListBody.bytes(
                total: list.ranked.count,
                page: 1,
                pageSize: limit,
                items: { writer in
                    for item in list.ranked.prefix(limit) {
                        writer.object { writer in
                            writer.members(list.cards.cards, at: item.position)
                            writer.member("score", item.score)
                        }
                    }
                },
                more: { writer in
                    writer.member("window_seconds", window)
                    if isStale { writer.member("stale", true) }
                }
            )
            return .json(body, headers: [.cacheControl: "public, max-age=60"])
        }
    }

    /// `90m`, `24h`, `7d` or plain seconds, from an hour to a year.
    static func window(_ text: String?) throws(Problem) -> Int? {
        guard let text else { return nil }
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        guard let count = Int(unit == nil ? text[...] : text.dropLast()), (1...31_536_000).contains(count),
            (3_600...31_536_000).contains(count * (unit ?? 1))
        else {
            throw .invalidParameter(
                "window",
                "must be a time from 1h to 365d, such as 24h or 7d, not \(text.quotedForMessage)"
            )
        }
        return count * (unit ?? 1)
    }
}
