package import FoundationEssentials

/// What a customer did with a product.
package enum InteractionType: String, Sendable, CaseIterable {
    case view
    case addToCart = "add_to_cart"
    case purchase
    case rating
    case feedback
    case impression
    case click

    /// What an event of this type says about its product in "discover", the list of products new to the customer; nil for
    /// an event that says nothing there.
    ///
    /// This is the one definition of what a customer has already met. Bought and rated products are met for good, a
    /// hidden one until the customer takes it back. What was only viewed, clicked, shown or put into the cart is not met.
    package func effectOnDiscover(value: Float?) -> DiscoverEffect? {
        switch self {
        case .purchase, .rating: .excludes
        case .feedback: (value ?? 0) < 0 ? .hides : .unhides
        case .view, .addToCart, .impression, .click: nil
        }
    }

    /// Whether a list made before an event of this type is stale.
    package var invalidatesLists: Bool { effectOnDiscover(value: nil) != nil }

    /// What the event's number means and may be: stars of a rating, -1 (hidden) to 1 (liked) of feedback, pieces of a
    /// purchase; no meaning is given to the others'.
    package var valueRule: ValueRule {
        switch self {
        case .rating: ValueRule(range: 1...5, isRequired: true, absent: nil)
        case .feedback: ValueRule(range: -1...1, isRequired: true, absent: nil)
        case .purchase: ValueRule(range: 0.001...1_000_000, isRequired: false, absent: 1)
        case .view, .addToCart, .impression, .click: ValueRule(range: 0...1_000_000, isRequired: false, absent: nil)
        }
    }
}

/// How one event changes whether "discover" may show its product to the customer.
package enum DiscoverEffect: Sendable {
    /// Never again: the customer has it, or has judged it.
    case excludes
    /// Not while this is the customer's newest feedback on the product.
    case hides
    /// Feedback that takes an earlier `hides` back.
    case unhides
}

/// The products of one customer by what became of them; internal keys.
package struct MetProducts: Sendable, Equatable {
    package var purchased: Set<Int64> = []
    /// Rated: "discover" does not show them either.
    package var judged: Set<Int64> = []
    /// What no list may show: the customer's newest feedback is negative.
    package var hidden: Set<Int64> = []
    /// The customer's newest event when this was read; 0 without events.
    package var lastID: Int64 = 0

    /// What "discover" must not show.
    package var productKeys: Set<Int64> { purchased.union(judged).union(hidden) }
}

/// An event as a client sends it. The same `eventID` counts once, however often it is sent.
package struct NewInteraction: Sendable, Equatable {
    /// External id, drawn by the client, or by the server when the client sends none.
    package var eventID: String
    /// External id.
    package var userID: String
    /// External id.
    package var productID: String
    package var type: InteractionType
    /// See ``InteractionType/valueRule``.
    package var value: Float?
    /// When it happened, by the clock of the client.
    package var timestamp: Date
    /// The visit that the event belongs to.
    package var sessionID: String?
    /// The order that a purchase belongs to: events with the same one are one basket.
    package var orderID: String?
    /// The `request_id` of the answer that showed the product.
    package var requestID: String?
    /// At which position that answer showed it, from 0.
    package var position: Int32?
    /// What the `request_id` says, where this shop signed it for this user.
    package var shownBy: ShownBy?

    package init(
        eventID: String,
        userID: String,
        productID: String,
        type: InteractionType,
        value: Float? = nil,
        timestamp: Date,
        sessionID: String? = nil,
        orderID: String? = nil,
        requestID: String? = nil,
        position: Int32? = nil
    ) {
        self.eventID = eventID
        self.userID = userID
        self.productID = productID
        self.type = type
        self.value = value
        self.timestamp = timestamp
        self.sessionID = sessionID
        self.orderID = orderID
        self.requestID = requestID
        self.position = position
    }
}

/// What became of recorded events, in the order they were given.
package enum RecordOutcome: Sendable, Equatable {
    /// All stored; `inserted` of them were new, the others had been sent before.
    case recorded(inserted: Int, duplicates: Int)
    /// Nothing stored: these positions name a user or a product that does not exist.
    case unknown([UnknownReference])
    /// Nothing stored: the event ids at these positions belong to events of another user or another product.
    case conflicting([Int])
    /// Nothing stored: there are not as many pieces as these positions ask for.
    case outOfStock([StockShortage])
}

/// A purchase of more pieces than there are.
package struct StockShortage: Sendable, Equatable {
    /// Position in the request.
    package var index: Int
    /// External id.
    package var productID: String
    /// Pieces that are left for all purchases of the request together.
    package var available: Int64
}

/// An event whose user or product does not exist.
package struct UnknownReference: Sendable, Equatable {
    package enum Field: String, Sendable {
        case userID = "user_id"
        case productID = "product_id"
    }
    /// Position in the request.
    package var index: Int
    package var field: Field
    /// The id that does not exist.
    package var value: String
}

/// An event as the engine reads it: internal keys, unix seconds.
package struct InteractionEvent: Sendable, Equatable {
    package var productKey: Int64
    package var type: InteractionType
    /// See ``InteractionType/valueRule``.
    package var value: Float?
    /// Unix seconds.
    package var time: Double
}
