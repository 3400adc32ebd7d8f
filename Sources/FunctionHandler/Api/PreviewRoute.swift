import HTTPTypes
import RecPipeline
import Shop
import TextFormats
import Threading

/// `POST /config/recommender/preview`: what other settings would make of some customers' lists, before they are saved.
struct PreviewRoute: Sendable {
    let service: RecommendationService
    let samples: SampleUserRepository

    /// Customers that a request may name.
    private static let counts = 1...20
    /// Of each kind, when it names none.
    private static let each = 2

    private struct Asked: Sendable {
        let settings: RecommenderSettings
        let userIDs: [String]?
    }

    var routes: [Route] {
        [
            Route(
                .post,
                "/config/recommender/preview",
                .admin,
                "previewRecommenderSettings",
                "The lists of some customers with the settings in force and with others; nothing is written",
                Self.input,
                returning: .json(Self.body, "The lists side by side."),
                problems: [
                    .conflict: "No model is live, or there are no customers.",
                    .unprocessableContent: "There is no such user.",
                    .serviceUnavailable: "The live model cannot be read, or not in time.",
                ],
                handler: { _, asked in try await preview(asked) }
            )
        ]
    }

    private static let input = RouteInput<Asked>.object(
        .object(
            [
                .init(name: "settings", schema: RecommenderDocument.schema),
                .init(
                    name: "users",
                    schema: Schema.list(of: .externalID, count: counts).saying(
                        "Whose lists; without it some with long histories, with short ones and without any."
                    ).nullable,
                    isRequired: false
                ),
            ]
        ).named("RecommenderPreviewRequest"),
        example: #"{"settings":{"ranking":{"diversity":0.5}}}"#
    ) { reader in
        guard let document = reader.value("settings") else {
            reader.refuse("settings", "is missing")
            return nil
        }
        var settings: RecommenderSettings?
        switch RecommenderDocument.read(document, at: "#/settings") {
        // What has been read once can be read again.
        case .success(let json): settings = try? RecommenderSettings(json: json)
        case .failure(let faults): reader.add(faults.all)
        }
        let users = reader.value("users") == nil ? nil : reader.identifiers("users", count: counts)
        return settings.map { Asked(settings: $0, userIDs: users) }
    }

    private func preview(_ asked: Asked) async throws -> RecommenderPreview {
        var sample: [(userID: String, activity: CustomerActivity?)] = []
        if let userIDs = asked.userIDs {
            var known: Set<String> = []
            for id in userIDs where known.insert(id).inserted { sample.append((id, nil)) }
        } else {
            sample = try await samples.byActivity(each: Self.each).map { ($0.userID, $0.activity) }
        }
        do {
            return try await service.preview(asked.settings, of: sample)
        } catch let refusal as RecommenderPreview.Refusal {
            switch refusal {
            case .noUsers(let ids):
                throw Problem.unprocessable(
                    "\(refusal)",
                    faults: (asked.userIDs ?? []).enumerated().filter { ids.contains($1) }.map { index, id in
                        .init(.body, "#/users/\(index)", "there is no user \(id)")
                    }
                )
            case .noCustomers: throw Problem.conflict("\(refusal)", kind: "no-customers")
            case .noModel: throw Problem.conflict("\(refusal)", kind: "no-model")
            }
        } catch let error as ModelLoadError {
            throw Problem.unavailable("\(error)", kind: "model-unavailable")
        } catch is DeadlineExceeded {
            throw Problem.unavailable(
                "the live model is being read; ask again",
                kind: "model-unavailable",
                retryAfter: 5
            )
        }
    }

    // MARK: Answer

    /// A product of a preview with the catalogue that says what it is.
    private struct Placed<Value: Sendable>: Sendable {
        let value: Value
        let catalogue: CatalogueSnapshot

        func product(_ position: Int) -> Product { catalogue.products[position] }
    }

    private typealias Lists = Placed<RecommenderPreview.CustomerLists>

    private static let item = ObjectBody<Placed<RecommenderPreview.Item>>("PreviewItem") {
        Member("product_id", .externalID) { $0.product($0.value.position).productID }
        Member("name") { $0.product($0.value.position).name }
        Member("category") { $0.product($0.value.position).category }
        Member("score") { $0.value.score }
        Member("explored", .boolean, "Whether chance put it there.") { $0.value.isExplored }
    }

    private static let move = ObjectBody<Placed<RecommenderPreview.Move>>("PreviewMove") {
        Member("product_id", .externalID) { $0.product($0.value.position).productID }
        Member("name") { $0.product($0.value.position).name }
        Member("before", .count, "Rank from 1; null where it was not listed.") { $0.value.before.map(Int64.init) }
        Member("after", .count, "Rank from 1; null where it would not be listed.") { $0.value.after.map(Int64.init) }
        Member("cause", .choice(RecommenderPreview.Cause.self)) { $0.value.cause.rawValue }
        Member("words", .string, "Why.") { $0.value.words }
    }

    private static let customer = ObjectBody<Lists>("PreviewedCustomer") {
        Member("user_id", .externalID) { $0.value.userID }
        Member("activity", .choice(CustomerActivity.self), "Null for a user that the request named.") {
            $0.value.activity?.rawValue
        }
        Member("history", .count, "Products of their history that the model knows.") { Int64($0.value.historyLength) }
        Member("before", listOf: item) { lists in
            lists.value.before.map { Placed(value: $0, catalogue: lists.catalogue) }
        }
        Member("after", listOf: item) { lists in
            lists.value.after.map { Placed(value: $0, catalogue: lists.catalogue) }
        }
        Member("moves", listOf: move) { lists in
            lists.value.moves.map { Placed(value: $0, catalogue: lists.catalogue) }
        }
    }

    private static let figures = ObjectBody<RecommenderPreview.Figures>("PreviewFigures") {
        Member("products", .count, "Different products in the lists.") { Int64($0.products) }
        Member("coverage", Schema(.number(0...1)), "… as a share of those that may be listed.") { $0.coverage }
        Member("diversity", .number, "How unlike the products of a list are: mean of 1 − cosine of their texts.") {
            $0.diversity
        }
        Member("explored_share", Schema(.number(0...1)), "Places that chance decided.") { $0.exploredShare }
    }

    private static let body = ObjectBody<RecommenderPreview>("RecommenderPreview") {
        Member("generation", .count) { $0.generation }
        Member("model_version") { $0.modelVersion }
        Member("algorithm") { $0.algorithm }
        Member("customers", listOf: customer) { preview in
            preview.customers.map { Placed(value: $0, catalogue: preview.catalogue) }
        }
        Member("changed", .count, "Customers whose list differs.") { Int64($0.changed) }
        Member("mean_overlap", Schema(.number(0...1)), "Share of a list's products that it keeps.") { $0.meanOverlap }
        Member("before", figures) { $0.before }
        Member("after", figures) { $0.after }
        Member("complete", .boolean, "False when there was no time for every customer.") { $0.isComplete }
        Member("notes", .list(of: .string), "What these lists cannot show.") { $0.notes }
    }
}
