/// How strongly each type of event ties a customer to a product; a purchase counts 1. The one table that models, trends and
/// reports share.
package enum InteractionWeights {
    package static let view: Float = 0.1
    package static let addToCart: Float = 0.4
    package static let purchase: Float = 1
    /// Of feedback above 0: "I like this".
    package static let like: Float = 0.5

    /// The weight of one event for models of who meets what. Never negative; 0 leaves the product in the profile, so that
    /// it is not recommended, without letting it recommend anything.
    ///
    /// A rating ties more weakly than it pleases: a customer who gave two stars did choose the product, so from one star
    /// on, which counts nothing, each star adds a quarter of a purchase.
    package static func weight(of type: InteractionType, value: Float?) -> Float {
        switch type {
        case .view, .click: view
        case .addToCart: addToCart
        case .purchase: purchase
        case .rating: max(0, min(1, ((value ?? 1) - 1) / 4)) * purchase
        case .feedback: (value ?? 0) > 0 ? like : 0
        case .impression: 0
        }
    }
}

extension InteractionType {
    /// Whether the event says anything about taste; an impression only says what was shown.
    package var saysTaste: Bool { self != .impression }

    /// The kind of statement that the event makes about its product, above 0; 0 for an event of its own. Of a customer's
    /// statements of one kind about one product the newest counts, once: somebody who rates again has one rating.
    package var statement: UInt8 {
        switch self {
        case .rating: 1
        case .feedback: 2
        case .view, .addToCart, .purchase, .impression, .click: 0
        }
    }
}
