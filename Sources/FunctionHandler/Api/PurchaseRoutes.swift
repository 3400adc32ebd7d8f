import FoundationEssentials
import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// What a user bought, and what the user does not want to see.
struct PurchaseRoutes: Sendable {
    let purchases: PurchaseRepository
    let interactions: InteractionRepository
    let catalogue: CatalogueCache
    let cards: ProductCards
    let lastKnownLists: LastKnownAnswers
    var now: @Sendable () -> Date = { Date() }

    private static let productID = RouteInput<String>.path("product_id", "A product's id.", example: "P-00")

    var routes: [Route] {
        [
            Route(
                .get,
                "/users/{user_id}/purchases",
                .ownUser,
                "listPurchases",
                "A user's orders, newest first",
                UserRoutes.userID,
                PageRequest.input,
                returning: .json(.list(of: OrderAnswer.body), "A page of orders."),
                handler: list
            ),
            Route(
                .get,
                "/users/{user_id}/hidden",
                .ownUser,
                "listHidden",
                "Products that a user does not want to see",
                UserRoutes.userID,
                returning: .json(.list(of: HiddenProduct.body), "The products, the one hidden last first."),
                handler: hidden
            ),
            Route(
                .put,
                "/users/{user_id}/hidden/{product_id}",
                .ownUser,
                "hideProduct",
                "Hides a product from all lists of a user",
                UserRoutes.userID,
                Self.productID,
                returning: .response(.init(.noContent, "It is hidden.", nil)),
                handler: { _, user, product in try await set(user, product, isHidden: true) }
            ),
            Route(
                .delete,
                "/users/{user_id}/hidden/{product_id}",
                .ownUser,
                "showProduct",
                "Takes the hiding of a product back",
                UserRoutes.userID,
                Self.productID,
                returning: .response(.init(.noContent, "It is not hidden.", nil)),
                handler: { _, user, product in try await set(user, product, isHidden: false) }
            ),
        ]
    }

    private func list(_: RoutedRequest, _ userID: String, _ page: PageRequest) async throws -> ListAnswer<OrderAnswer> {
        guard let found = try await purchases.orders(of: userID, page: page.page, pageSize: page.pageSize) else {
            throw Problem.notFound("user", userID)
        }
        let catalogue = try await catalogue.current()
        let fragments = cards.fragments(of: catalogue)
        let orders = found.items.map { order in
            OrderAnswer(
                order: order,
                lines: order.lines.compactMap { line in
                    catalogue.position(ofKey: line.productKey).map {
                        OrderAnswer.Line(
                            card: PreparedCard(fragments: fragments, position: $0),
                            quantity: line.quantity
                        )
                    }
                }
            )
        }
        return ListAnswer(orders, total: found.total, page: page.page, pageSize: page.pageSize)
    }

    private func hidden(_: RoutedRequest, _ userID: String) async throws -> ListAnswer<HiddenProduct> {
        guard let found = try await purchases.hidden(of: userID) else { throw Problem.notFound("user", userID) }
        let catalogue = try await catalogue.current()
        let fragments = cards.fragments(of: catalogue)
        return ListAnswer(
            all: found.compactMap { key, since in
                catalogue.position(ofKey: key).map {
                    HiddenProduct(card: PreparedCard(fragments: fragments, position: $0), since: since)
                }
            }
        )
    }

    /// Feedback is what hides and shows; one that would change nothing is not added, so that a repeated call adds none.
    private func set(_ userID: String, _ productID: String, isHidden: Bool) async throws -> Response {
        guard let hidden = try await purchases.hidden(of: userID) else { throw Problem.notFound("user", userID) }
        let catalogue = try await catalogue.current()
        let isNow = hidden.contains { key, _ in
            catalogue.position(ofKey: key).map { catalogue.products[$0].productID } == productID
        }
        guard isNow != isHidden else { return Response(status: .noContent) }
        let event = NewInteraction(
            eventID: "srv-\(UUID().uuidString.lowercased())",
            userID: userID,
            productID: productID,
            type: .feedback,
            value: isHidden ? -1 : 0,
            timestamp: now()
        )
        guard case .recorded = try await interactions.record([event]) else {
            throw Problem.notFound("product", productID)
        }
        lastKnownLists.forget(of: [userID])
        return Response(status: .noContent)
    }
}

/// An order in an answer.
private struct OrderAnswer: Sendable {
    struct Line: Sendable {
        let card: PreparedCard
        let quantity: Double
    }

    let order: Order
    let lines: [Line]

    static let body = ObjectBody<OrderAnswer>("Order") {
        Member("order_id", .string, "The shop's own, or the event's for a purchase without one.") { $0.order.orderID }
        Member("ordered_at") { $0.order.orderedAt }
        Member("items", listOf: line) { $0.lines }
    }

    private static let line = ObjectBody<Line>("OrderLine", "A product as it is now, and how many were bought.") {
        Member(card: { $0.card })
        Member("quantity") { $0.quantity }
    }
}

/// A hidden product in an answer.
private struct HiddenProduct: Sendable {
    let card: PreparedCard
    let since: Date

    static let body = ObjectBody<HiddenProduct>("HiddenProduct") {
        Member(card: { $0.card })
        Member("hidden_at") { $0.since }
    }
}
