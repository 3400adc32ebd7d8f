import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// `GET /trending`: what sells now, in the window that ends with the newest event; in a shop where too little happened in it, what
/// sold most at any time.
struct TrendingRoutes: Sendable {
    let popular: PopularProducts
    let catalogue: CatalogueCache
    let recommendations: RecommendationService
    let cards: ProductCards
    let lastKnown: LastKnownAnswers
    /// A week, as the lists of newcomers use.
    var defaultWindowSeconds = ServingOptions().trendingWindowSeconds

    var routes: [Route] {
        [
            Route(
                .get,
                "/trending",
                .anyone,
                "listTrending",
                "What sells now",
                .integer("limit", "Products in the list.", default: 10, in: 1...100),
                .filter("category", "Only products of this category.", example: "Group 0"),
                window,
                RelatedRoutes.userID,
                returning: .response(.init(.ok, "The products, best first.", TrendingAnswer.body.schema)),
                handler: list
            )
        ]
    }

    private func list(
        _ request: RoutedRequest,
        _ limit: Int,
        _ category: String?,
        _ window: Int,
        _ userID: String?
    ) async throws -> Response {
        if let userID { try request.caller.check(actsAs: userID) }
        return try await lastKnown.response(to: request, of: userID) {
            let catalogue = try await catalogue.current()
            let hidden = try await hidden(for: userID)
            let trends = try await popular.trends(catalogue, windowSeconds: window) { position in
                category?.hasSameBytes(as: catalogue.products[position].category) ?? true
                    && (hidden.isEmpty || !hidden.contains(catalogue.products[position].key))
            }
            return (trends: trends, cards: cards.fragments(of: catalogue))
        } writing: { list, isStale in
            let items = list.trends.products.prefix(limit).map { product in
                TrendingAnswer.Item(
                    card: PreparedCard(fragments: list.cards, position: product.position),
                    score: product.score
                )
            }
            let answer = TrendingAnswer(
                list: ListAnswer(items, total: list.trends.products.count, page: 1, pageSize: limit),
                window: window,
                basis: list.trends.basis,
                isStale: isStale
            )
            return .json(
                TrendingAnswer.body.bytes(answer, reserving: 4_096),
                headers: userID == nil ? [.cacheControl: "public, max-age=60"] : .noStore
            )
        }
    }

    private func hidden(for userID: String?) async throws -> Set<Int64> {
        guard let userID else { return [] }
        guard let hidden = try await recommendations.hiddenProducts(of: userID) else {
            throw Problem.notFound("user", userID)
        }
        return hidden
    }

    private var window: RouteInput<Int> {
        .text(
            "window",
            Schema(.string(.init(pattern: Self.windowPattern))),
            "The time that counts: 90m, 24h, 7d or seconds, from 1h to 365d.",
            default: .string("\(defaultWindowSeconds / 86_400)d"),
            example: "30d",
            absent: defaultWindowSeconds
        ) { (text) throws(Problem) in try Self.window(text) }
    }

    /// What `window` accepts, unit by unit: 1–365 d, 1–8,760 h, 60–525,600 m, 3,600–31,536,000 s.
    private static let windowPattern = """
        ^(([1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-5])d\
        |([1-9][0-9]{0,2}|[1-7][0-9]{3}|8[0-6][0-9]{2}|87[0-5][0-9]|8760)h\
        |([6-9][0-9]|[1-9][0-9]{2,4}|[1-4][0-9]{5}|5[01][0-9]{4}|52[0-4][0-9]{3}|525[0-5][0-9]{2}|525600)m\
        |(3[6-9][0-9]{2}|[4-9][0-9]{3}|[1-9][0-9]{4,6}|[12][0-9]{7}|30[0-9]{6}|31[0-4][0-9]{5}|315[0-2][0-9]{4}\
        |3153[0-5][0-9]{3}|31536000)s?)$
        """

    /// `90m`, `24h`, `7d` or plain seconds, from an hour to a year.
    static func window(_ text: String) throws(Problem) -> Int {
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

/// What `GET /trending` answers.
private struct TrendingAnswer: Sendable {
    struct Item: Sendable {
        let card: PreparedCard
        let score: Float
    }

    let list: ListAnswer<Item>
    /// In seconds.
    let window: Int
    let basis: TrendBasis
    let isStale: Bool

    static let body = ObjectBody<TrendingAnswer>.list(
        "TrendingList",
        of: item,
        more: [
            Member("window_seconds", .count) { $0.window },
            Member(
                "based_on",
                .choice(TrendBasis.self),
                "The events in the window; or, when fewer than eight products have any, the purchases of all time."
            ) { $0.basis.rawValue },
            Member(ifAny: "stale", .boolean, "The database does not answer; this list is an earlier one.") {
                $0.isStale ? true : nil
            },
        ]
    ) { $0.list }

    private static let item = ObjectBody<Item>("TrendingProduct") {
        Member(card: { $0.card })
        Member("score", .number, "Weight of the events in the window; 0 in a list by purchases.") { $0.score }
    }
}
