import HTTPTypes
import Postgres
import RecPipeline
import Synchronization
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct LastKnownAnswersTests {
    /// A route `/lists/{id}` that fails with the error, if there is one.
    private func calls(
        _ lastKnown: LastKnownAnswers,
        _ failure: @escaping @Sendable () -> (any Error & Sendable)?
    ) -> Calls {
        let route = Route(.get, "/lists/{id}", .anyone, isPrefixed: true) { request in
            try await lastKnown.response(to: request) {
                if let error = failure() { throw error }
                return try request.pathValue("id")
            } writing: { id, isStale in
                .json { writer in
                    writer.member("id", id)
                    writer.member("stale", isStale)
                }
            }
        }
        return Calls(responder: AppResponder(AppConfig(), [route], Calls.quiet))
    }

    @Test("the last answer to the same request stands in for the database, and only for that")
    func standsIn() async throws {
        let failure = Mutex<(any Error & Sendable)?>(nil)
        let calls = calls(LastKnownAnswers(limit: 2)) { failure.withLock { $0 } }
        for id in ["a", "b", "c"] {
            let answer = try await calls(.get, "/lists/\(id)")
            #expect(answer.text == #"{"id":"\#(id)","stale":false}"#)
            #expect(answer.headers[.warning] == nil)
        }
        failure.withLock { $0 = PostgresError(.connection, "gone") }
        let known = try await calls(.get, "/lists/c")
        #expect(known.status == 200)
        #expect(known.text == #"{"id":"c","stale":true}"#)
        #expect(known.headers[.warning]?.hasPrefix("110 ") == true)
        #expect(known.headers[.cacheControl]?.contains("no-store") == true)
        // Two are kept: the first one had to go. What was never asked for is not known either.
        for path in ["/lists/a", "/lists/d", "/lists/c?limit=3"] {
            let unknown = try await calls(.get, path)
            #expect(unknown.status == 503)
            #expect(unknown.headers[.retryAfter] != nil)
        }
        // A fault of ours is not covered up.
        failure.withLock { $0 = PostgresError(.decoding, "column x") }
        #expect(try await calls(.get, "/lists/c").status == 500)
        failure.withLock { $0 = nil }
        #expect(try await calls(.get, "/lists/c").text.contains(#""stale":false"#))
    }

    @Test("within the interval after one answer no other is kept")
    func interval() async throws {
        let isGone = Mutex(false)
        let calls = calls(LastKnownAnswers(limit: 8, interval: .seconds(3_600))) {
            isGone.withLock { $0 } ? PostgresError(.connection, "gone") : nil
        }
        for id in ["a", "b"] { #expect(try await calls(.get, "/lists/\(id)").status == 200) }
        isGone.withLock { $0 = true }
        #expect(try await calls(.get, "/lists/a").status == 200)
        #expect(try await calls(.get, "/lists/b").status == 503)
    }

    @Test("a list from before a purchase does not stand in for the database, a list from before a view does")
    func purchase() async throws {
        try await ApiShop.with { shop in
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            for (user, type) in [("U-1", "purchase"), ("U-2", "view")] {
                #expect(try await shop.calls(.get, "/api/recommendations/\(user)").status == 200)
                let event = #"{"user_id":"\#(user)","product_id":"P-00","interaction_type":"\#(type)"}"#
                #expect(try await shop.calls(.post, "/api/interactions", body: event).status == 201)
            }
            await shop.services.database.shutdown()
            #expect(try await shop.calls(.get, "/api/recommendations/U-1").status == 503)
            #expect(try await shop.calls(.get, "/api/recommendations/U-2").status == 200)
        }
    }

    @Test("lists and trends of a shop whose database goes away are served from memory")
    func shop() async throws {
        try await ApiShop.with { shop in
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            // A trend is good for a minute without the database; here for no time at all.
            var options = ServingOptions()
            options.trendingTTL = .zero
            let trends = TrendingRoutes(
                popular: PopularProducts(interactions: shop.services.interactions, options: options),
                catalogue: shop.services.catalogue,
                recommendations: shop.services.recommendations,
                cards: ProductCards(),
                lastKnown: LastKnownAnswers(limit: 1)
            ).routes
            let trending = Calls(responder: AppResponder(AppConfig(), trends, Calls.quiet))
            let paths = [("/api/recommendations/U-1?limit=5", shop.calls), ("/api/trending?window=30d", trending)]
            var before: [JSONValue] = []
            for (path, calls) in paths { before.append(try await calls(.get, path).json()["items"] ?? .null) }
            await shop.services.database.shutdown()
            for ((path, calls), items) in zip(paths, before) {
                let answer = try await calls(.get, path)
                #expect(answer.status == 200)
                #expect(answer.headers[.warning]?.hasPrefix("110 ") == true, "\(path)")
                #expect(try answer.json()["items"] == items)
                #expect(try answer.json()["stale"] == .bool(true))
            }
            #expect(try await shop.calls(.get, "/api/recommendations/U-2").status == 503)
        }
    }
}
