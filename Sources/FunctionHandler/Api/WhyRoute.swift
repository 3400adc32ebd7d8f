import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// `GET /recommendations/{user_id}/why/{product_id}`: each step of a user's list for one product.
struct WhyRoute: Sendable {
    let service: RecommendationService

    var routes: [Route] {
        [
            Route(
                .get,
                "/recommendations/{user_id}/why/{product_id}",
                .admin,
                "explainRecommendation",
                "Why a product is or is not in a user's list",
                UserRoutes.userID,
                ProductRoutes.productID,
                .choice("list", "Which list.", default: ListKind.discover),
                returning: .json(Self.body, "The product's rank and score after each step, and what decided."),
                problems: [
                    .notFound: "There is no such user or product.", .conflict: "No model is live.",
                    .serviceUnavailable: "The live model cannot be read.",
                ],
                handler: explain
            )
        ]
    }

    /// What was found, for one product.
    private struct Answer: Sendable {
        let explanation: ListExplanation
        let product: ProductTrace
    }

    private func explain(
        _: RoutedRequest,
        _ userID: String,
        _ productID: String,
        _ list: ListKind
    ) async throws -> Answer {
        do {
            let explanation = try await service.explain(userID: userID, list: list, productID: productID)
            guard let product = explanation.product else { throw Problem.notFound("product", productID) }
            return Answer(explanation: explanation, product: product)
        } catch let refusal as ListExplanation.Refusal {
            switch refusal {
            case .noUser(let id): throw Problem.notFound("user", id)
            case .noProduct(let id): throw Problem.notFound("product", id)
            case .noModel: throw Problem.conflict("\(refusal)", kind: "no-model")
            }
        } catch let error as ModelLoadError {
            throw Problem.unavailable("\(error)", kind: "model-unavailable")
        }
    }

    private static let body = ObjectBody<Answer>("RecommendationTrace") {
        Member("user_id", .externalID) { $0.explanation.userID }
        Member("product_id", .externalID) { $0.product.productID }
        Member("list", .choice(ListKind.self)) { $0.explanation.trace.kind.rawValue }
        Member("verdict", .choice(ProductTrace.Verdict.self), "What decided.") { $0.product.verdict.rawValue }
        Member("reason", .string, "The verdict in a sentence.") { $0.product.reason }
        Member("remedy", .string, "What would have to change; null for a product that is listed.") {
            $0.product.remedy
        }
        Member("known", .boolean, "Whether the model was fitted with the product.") { $0.product.isKnown }
        Member("steps", listOf: step) { $0.product.places }
        Member("generation") { $0.explanation.generation }
        Member("model_version") { $0.explanation.modelVersion }
        Member("algorithm") { $0.explanation.algorithm }
        Member("served", .boolean, "Whether the list that is served now is the one traced here; null when none is.") {
            $0.explanation.isServed
        }
        Member("served_since", .time, "When the list that is served was made.") { $0.explanation.servedSince }
    }

    private static let step = ObjectBody<ProductTrace.Place>("RecommendationStep") {
        Member("step", .choice(ListTrace.Step.self)) { $0.step.rawValue }
        Member("rank", .count, "From 1; null when the product is not among the step's.") { $0.rank }
        Member("score", .number, "The model's.") { $0.score }
        Member("products", .count, "Products of the step.") { $0.count }
    }
}
