import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// Products that go with others: `GET /products/{product_id}/similar` for a product's page, `GET /bought-together` for the
/// cart.
struct RelatedRoutes: Sendable {
    let related: RelatedProducts
    let cards: ProductCards

    /// Whose hidden products a list leaves out.
    static let userID = RouteInput<String?>.filter(
        "user_id",
        "Leaves out what this user has hidden.",
        schema: .externalID
    )

    private static let limit = RouteInput<Int>.integer("limit", "Products in the list.", default: 10, in: 1...50)

    var routes: [Route] {
        [
            Route(
                .get,
                "/products/{product_id}/similar",
                .anyone,
                "listSimilarProducts",
                "Products like one, also of one that was added a moment ago",
                ProductRoutes.productID,
                Self.limit,
                Self.userID,
                returning: .json(RelatedAnswer.body, "The products, the likest first."),
                problems: [.notFound: "There is no such product or user."],
                handler: similar
            ),
            Route(
                .get,
                "/bought-together",
                .anyone,
                "listBoughtTogether",
                "What is bought together with the products of a cart",
                .productIDs("Products of the cart, up to 20.", count: 1...20, example: "P-00,P-01"),
                Self.limit,
                Self.userID,
                returning: .json(
                    RelatedAnswer.body,
                    "The products: what the same orders held first, then similar ones."
                ),
                problems: [.notFound: "There is no such product or user."],
                handler: boughtTogether
            ),
        ]
    }

    private func similar(
        _ request: RoutedRequest,
        _ id: String,
        _ limit: Int,
        _ userID: String?
    ) async throws -> RelatedAnswer {
        if let userID { try request.caller.check(actsAs: userID) }
        return try await answer { try await related.similar(to: id, limit: limit, userID: userID) }
    }

    private func boughtTogether(
        _ request: RoutedRequest,
        _ ids: [String],
        _ limit: Int,
        _ userID: String?
    ) async throws -> RelatedAnswer {
        if let userID { try request.caller.check(actsAs: userID) }
        return try await answer { try await related.boughtTogether(with: ids, limit: limit, userID: userID) }
    }

    private func answer(_ find: () async throws -> RelatedProducts.Answer) async throws -> RelatedAnswer {
        do {
            let found = try await find()
            return RelatedAnswer(found: found, fragments: cards.fragments(of: found.catalogue))
        } catch let refusal as RelatedProducts.Refusal {
            switch refusal {
            case .noUser(let id): throw Problem.notFound("user", id)
            case .noProducts(let ids): throw Problem.notFound("product", ids.joined(separator: ", "))
            }
        }
    }
}

/// What both routes answer.
private struct RelatedAnswer: Sendable {
    struct Item: Sendable {
        let card: PreparedCard
        let found: RelatedProducts.Item
        let product: Product
        let from: Product
    }

    let found: RelatedProducts.Answer
    let items: [Item]

    init(found: RelatedProducts.Answer, fragments: ProductCards.Fragments) {
        self.found = found
        items = found.items.map { item in
            Item(
                card: PreparedCard(fragments: fragments, position: item.position),
                found: item,
                product: found.catalogue.products[item.position],
                from: found.catalogue.products[item.from]
            )
        }
    }

    static let body = ObjectBody<RelatedAnswer>.list(
        "RelatedList",
        of: item,
        more: [
            Member("source", .choice(RelatedProducts.Source.self), "What the first product comes from.") {
                $0.found.source.rawValue
            },
            Member("model_version", .string, "Null when no model took part.") { $0.found.modelVersion },
            Member("request_id", .string, "Send it with the events that follow from this answer.") { _ in
                RequestID.make()
            },
        ]
    ) { ListAnswer(all: $0.items) }

    private static let item = ObjectBody<Item>("RelatedProduct") {
        Member(card: { $0.card })
        Member("score", .number, "Comparable among products of one source.") { $0.found.score }
        Member("source", .choice(RelatedProducts.Source.self)) { $0.found.source.rawValue }
        Member("reason") { $0.reason }
        Member("from", ProductCards.reference) { $0.from }
        Member("order_count", .count, "Of `baskets`: orders that held both.") { $0.found.orders }
    }
}

extension RelatedAnswer.Item {
    /// Why the product is in the list, in words.
    fileprivate var reason: String {
        switch found.source {
        case .baskets:
            let orders = found.orders ?? 0
            return orders > 0
                ? "In \(orders) order\(orders == 1 ? "" : "s") together with \(from.name)" : "Bought with \(from.name)"
        case .similarity: return "Customers of \(from.name) choose this too"
        case .content: return "Described like \(from.name)"
        case .popular: return "Popular in \(product.category)"
        }
    }
}
