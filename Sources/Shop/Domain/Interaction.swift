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

    /// Whether an event of this type can take a product out of "discover", or put it back, so that a list made before the
    /// event is stale.
    package var invalidatesLists: Bool {
        switch self {
        case .purchase, .rating, .feedback: true
        case .view, .addToCart, .impression, .click: false
        }
    }

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

/// An event as a client sends it. The same `eventID` counts once, however often it is sent.
package struct NewInteraction: Sendable, Equatable {
    package var eventID: String
    package var userID: String
    package var productID: String
    package var type: InteractionType
    /// See ``InteractionType/valueRule``.
    package var value: Float?
    package var timestamp: Date
    package var sessionID: String?
    package var orderID: String?
    package var requestID: String?

    package init(
        eventID: String,
        userID: String,
        productID: String,
        type: InteractionType,
        value: Float? = nil,
        timestamp: Date,
        sessionID: String? = nil,
        orderID: String? = nil,
        requestID: String? = nil
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
    }
}

/// What became of recorded events, in the order they were given.
package enum RecordOutcome: Sendable, Equatable {
    /// All stored; `inserted` of them were new, the others had been sent before.
    case recorded(inserted: Int, duplicates: Int)
    /// Nothing stored: these positions name a user or a product that does not exist.
    case unknown([UnknownReference])
}

/// An event whose user or product does not exist.
package struct UnknownReference: Sendable, Equatable {
    package enum Field: String, Sendable {
        case userID = "user_id"
        case productID = "product_id"
    }
    package var index: Int
    package var field: Field
    package var value: String
}

/// An event as the engine reads it: internal keys, unix seconds.
package struct InteractionEvent: Sendable, Equatable {
    package var productKey: Int64
    package var type: InteractionType
    package var value: Float?
    package var time: Double

    package init(productKey: Int64, type: InteractionType, value: Float?, time: Double) {
        self.productKey = productKey
        self.type = type
        self.value = value
        self.time = time
    }
}
