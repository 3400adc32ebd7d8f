package import Shop

/// How strongly each kind of event ties a customer to a product; a purchase counts 1.
package struct InteractionWeights: Sendable, Equatable {
    package var view: Float = 0.1
    package var click: Float = 0.1
    package var addToCart: Float = 0.4
    package var purchase: Float = 1
    /// For five stars; three stars and fewer count nothing, four half.
    package var rating: Float = 1
    /// For positive feedback; negative counts nothing, but keeps the product out of the customer's list.
    package var feedback: Float = 0.5

    package init() {}

    /// The weight of one event. Never negative; 0 leaves the product in the profile, so that it is not recommended, without
    /// letting it recommend anything.
    package func weight(of type: InteractionType, value: Float?) -> Float {
        switch type {
        case .view: view
        case .click: click
        case .addToCart: addToCart
        case .purchase: purchase
        case .rating: rating * max(0, min(1, ((value ?? 3) - 3) / 2))
        case .feedback: (value ?? 0) > 0 ? feedback : 0
        case .impression: 0
        }
    }

    /// Whether the event says anything about taste; an impression only says what was shown.
    package func counts(_ type: InteractionType) -> Bool { type != .impression }
}
