import HTTPTypes
import RecPipeline
import TextFormats

/// `GET /recommendations/{user_id}`: the hot route. Reads one row, copies prepared card text, writes bytes.
struct RecommendationRoutes: Sendable {
    let service: RecommendationService
    let cards: ProductCards
    let lastKnown: LastKnownAnswers

    var routes: [Route] {
        [Route(.get, "/recommendations/{user_id}", .ownUser, list)]
    }

    /// The lists that there are.
    private enum List: String, CaseIterable { case discover }

    @Sendable
    private func list(_ request: RoutedRequest) async throws -> Response {
        let userID = try request.pathParameter("user_id")
        let query = try request.queryParameters()
        _ = try query.choice("list", List.self)
        let parameters = RecommendationRequest(
            userID: userID,
            limit: try query.int("limit", default: 10, in: 1...100),
            category: try query.filter("category_filter"),
            minimumScore: try query.double("min_score", in: 0...1e9).map(Float.init)
        )
        return try await lastKnown.response(to: request, of: userID) {
            guard let answer = try await service.recommend(parameters) else { throw Problem.notFound("user", userID) }
            return answer
        } writing: { answer, isStale in
            .json(body(answer, userID: userID, isStale: isStale), headers: .noStore)
        }
    }

    private func body(_ answer: RecommendationAnswer, userID: String, isStale: Bool) -> [UInt8] {
        let cards = cards.fragments(of: answer.catalogue)
        var writer = JSONWriter(reserving: 320 + answer.items.count * 420)
        writer.object { writer in
            writer.member("user_id", userID)
            writer.member("list", "discover")
            writer.key("items")
            writer.array { writer in
                for item in answer.items { Self.write(item, answer.source, cards, to: &writer) }
            }
            writer.member("request_id", RequestID.make())
            writer.member("generation", answer.generation)
            writer.member("model_version", answer.modelVersion)
            writer.member("generated_at", Timestamp.text(answer.generatedAt))
            writer.member("source", answer.source.rawValue)
            writer.member("stale", answer.stale || isStale)
            writer.member("variant", "default")
        }
        return writer.finish()
    }

    private static func write(
        _ item: RecommendedItem,
        _ source: RecommendationSource,
        _ cards: ProductCards.Fragments,
        to writer: inout JSONWriter
    ) {
        writer.object { writer in
            writer.members(cards.cards, at: item.position)
            writer.member("score", item.score)
            guard let evidence = item.evidence else {
                writer.member("reason", source == .popular ? "Popular right now" : "Popular with other customers")
                writer.key("evidence")
                writer.array { _ in }
                return
            }
            writer.members(cards.reasons, at: evidence.position)
            writer.key("evidence")
            writer.array { writer in
                writer.object { writer in
                    writer.members(cards.evidence, at: evidence.position)
                    writer.member("share", evidence.share)
                    writer.member("occurred_at", evidence.time > 0 ? Timestamp.text(unixSeconds: evidence.time) : nil)
                }
            }
        }
    }
}
