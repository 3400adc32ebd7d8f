import FoundationEssentials
import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// `GET /recommendations/{user_id}`: the hot route. Reads one row, copies prepared card text, writes bytes. And the same for many
/// users at once.
struct RecommendationRoutes: Sendable {
    let service: RecommendationService
    let cards: ProductCards
    let lastKnown: LastKnownAnswers
    let signer: RequestIDSigner

    var routes: [Route] {
        [
            Route(
                .get,
                "/recommendations/{user_id}",
                .ownUser,
                "getRecommendations",
                "A user's list of recommendations",
                UserRoutes.userID,
                .choice("list", "Products new to the user, or own purchases to buy again.", default: ListKind.discover),
                .integer("limit", "Products in the list.", default: 10, in: 1...100, example: "5"),
                .filter("category_filter", "Only products of this category."),
                .number("min_score", "Only products of at least this score.", in: 0...1e9),
                Self.sessionID,
                returning: .response(.init(.ok, "The list.", Self.schema)),
                handler: list
            ),
            Route(
                .post,
                "/recommendations/batch",
                .admin,
                "getManyRecommendations",
                "The lists of many users at once, as each of them would get it",
                Self.users,
                returning: .response(.init(.ok, "The lists, in the order of the users.", Self.manySchema)),
                handler: many
            ),
        ]
    }

    private func list(
        _ request: RoutedRequest,
        _ userID: String,
        _ list: ListKind,
        _ limit: Int,
        _ category: String?,
        _ minimumScore: Double?,
        _ sessionID: String?
    ) async throws -> Response {
        let parameters = RecommendationRequest(
            userID: userID,
            list: list,
            limit: limit,
            category: category,
            minimumScore: minimumScore.map(Float.init),
            sessionID: sessionID
        )
        let ids = await signer.current()
        return try await lastKnown.response(to: request, of: userID) {
            guard let answer = try await service.recommend(parameters) else { throw Problem.notFound("user", userID) }
            return answer
        } writing: { answer, isStale in
            var response = Response.json(
                body(answer, parameters, ids, isStale: isStale),
                headers: .noStore
            )
            response.source = answer.source.rawValue
            return response
        }
    }

    // MARK: Many users

    private static let mostUsers = 1_000
    /// A category or, blank, none.
    private static let categoryFilter = TextRule(0...200)
    /// Look-ups at a time: they share round trips, and a list that is computed does not hold up the others.
    private static let concurrentUsers = 16

    /// What is asked for each user.
    private static let users = RouteInput<[RecommendationRequest]>.object(
        .object([
            .init(name: "user_ids", schema: .list(of: .externalID, count: 1...mostUsers)),
            .init(name: "list", schema: Schema.choice(ListKind.self).nullable, isRequired: false),
            .init(name: "limit", schema: Schema.integer(1...100).nullable, isRequired: false),
            .init(name: "category_filter", schema: Schema.text(categoryFilter).nullable, isRequired: false),
        ]).named("ManyUsers"),
        example: #"{"user_ids":["U-1","U-2"],"limit":5}"#
    ) { reader in
        let users = reader.identifiers("user_ids", count: 1...mostUsers)
        let list = reader.choice("list", ListKind.self)
        let limit = reader.integer("limit", in: 1...100)
        let category = reader.text("category_filter", categoryFilter)
        return users?.map {
            RecommendationRequest(
                userID: $0,
                list: list ?? .discover,
                limit: limit ?? 10,
                category: category.flatMap { $0.isEmpty ? nil : $0 }
            )
        }
    }

    private static let manySchema = Schema.object([
        .init(name: "items", schema: .list(of: schema)),
        .init(
            name: "unknown_users",
            schema: Schema.list(of: .externalID).saying("Of whom there are no lists: no such users.")
        ),
    ]).named("ManyRecommendations")

    private func many(_: RoutedRequest, _ requests: [RecommendationRequest]) async throws -> Response {
        let ids = await signer.current()
        let lists = try await withThrowingTaskGroup(of: (Int, [UInt8]?).self) { group in
            var lists = [[UInt8]?](repeating: nil, count: requests.count)
            for (index, request) in requests.enumerated() {
                if index >= Self.concurrentUsers, let (done, list) = try await group.next() { lists[done] = list }
                group.addTask {
                    let answer = try await service.recommend(request)
                    return (index, answer.map { body($0, request, ids, isStale: false) })
                }
            }
            for try await (done, list) in group { lists[done] = list }
            return lists
        }
        var writer = JSONWriter(reserving: 64 + lists.reduce(0) { $0 + ($1?.count ?? 0) + 1 })
        writer.object { writer in
            writer.key("items")
            writer.array { writer in for case let list? in lists { writer.raw(list) } }
            writer.key("unknown_users")
            writer.array { writer in
                for (request, list) in zip(requests, lists) where list == nil { writer.value(request.userID) }
            }
        }
        return .json(writer.finish(), headers: .noStore)
    }

    private static let sessionID = RouteInput<String?>.text(
        "session_id",
        .text(.sessionID),
        "The visit as its events name it: its last five views lift products new to the user.",
        absent: nil
    ) { (text) throws(Problem) in
        guard let id = TextRule.sessionID.accepted(text) else {
            throw .invalidParameter("session_id", TextRule.sessionID.words)
        }
        return id
    }

    /// What `body` writes.
    private static let schema = Schema.object([
        .init(name: "user_id", schema: .externalID),
        .init(name: "list", schema: .choice(ListKind.self)),
        .init(name: "items", schema: .list(of: itemSchema)),
        .init(
            name: "request_id",
            schema: Schema.string.saying("Send it with the events that follow from this answer.")
        ),
        .init(name: "generation", schema: Schema.integer.nullable),
        .init(name: "model_version", schema: Schema.string.nullable),
        .init(name: "generated_at", schema: Schema.time.nullable),
        .init(name: "source", schema: .choice(RecommendationSource.self)),
        .init(name: "based_on", schema: .choice(PopularBasis.self), isRequired: false),
        .init(name: "stale", schema: .boolean),
        .init(
            name: "variant",
            schema: Schema.string.saying("`default`, or the user's arm of the running experiment.")
        ),
        .init(name: "experiment", schema: Schema.count.saying("The experiment that this answer counts in.").nullable),
    ]).named("Recommendations")

    private static let itemSchema = Schema.object(
        ProductCards.card.properties + [
            .init(name: "score", schema: .number),
            .init(name: "explored", schema: Schema.boolean.saying("Drawn by chance to learn from the answer.")),
            .init(name: "propensity", schema: Schema(.number(0...1)), isRequired: false),
            .init(name: "reason", schema: .string),
            .init(
                name: "evidence",
                schema: .list(
                    of: .object(
                        ProductCards.reference.properties + [
                            .init(name: "share", schema: Schema(.number(0...1)).saying("Of the score.")),
                            .init(name: "occurred_at", schema: Schema.time.nullable),
                        ]
                    )
                )
            ),
        ]
    ).named("RecommendedProduct")

    private func body(
        _ answer: RecommendationAnswer,
        _ request: RecommendationRequest,
        _ ids: SignedRequestIDs?,
        isStale: Bool
    ) -> [UInt8] {
        let cards = cards.fragments(of: answer.catalogue)
        let today = CalendarDay(secondsSince1970: Int64(Date().timeIntervalSince1970))
        var writer = JSONWriter(reserving: 320 + answer.items.count * 420)
        writer.object { writer in
            writer.member("user_id", request.userID)
            writer.member("list", request.list.rawValue)
            writer.key("items")
            writer.array { writer in
                for item in answer.items { Self.write(item, request.list, cards, today, to: &writer) }
            }
            let id = ids?.make(generation: answer.listGeneration, answer.origin, for: request.userID)
            writer.member("request_id", id ?? RequestID.make())
            writer.member("generation", answer.generation)
            writer.member("model_version", answer.modelVersion)
            writer.member("generated_at", Timestamp.text(answer.generatedAt))
            writer.member("source", answer.source.rawValue)
            if answer.source == .popular { writer.member("based_on", answer.basis.rawValue) }
            writer.member("stale", answer.stale || isStale)
            writer.member("variant", answer.origin?.armName ?? Variant.default.name)
            writer.member("experiment", answer.origin?.experimentID)
        }
        return writer.finish()
    }

    private static func write(
        _ item: RecommendedItem,
        _ list: ListKind,
        _ cards: ProductCards.Fragments,
        _ today: CalendarDay,
        to writer: inout JSONWriter
    ) {
        writer.object { writer in
            writer.members(cards.cards, at: item.position)
            writer.member("score", item.score)
            writer.member("explored", item.marks.isExplored)
            if item.marks.isExplored { writer.member("propensity", item.propensity) }
            writer.key("reason")
            Reason(item, list).write(item, cards, asOf: today, to: &writer)
            writer.key("evidence")
            writer.array { writer in
                guard let evidence = item.evidence else { return }
                writer.object { writer in
                    writer.members(cards.cards, at: evidence.position, cards.reference(at: evidence.position))
                    writer.member("share", evidence.share)
                    writer.member("occurred_at", unixSeconds: evidence.time > 0 ? evidence.time : nil)
                }
            }
        }
    }
}
