package import RecEngine
package import Shop

/// How strongly each kind of event ties a customer to a product; a purchase counts 1.
package struct InteractionWeights: Sendable, Equatable {
    /// What an event says of taste, with a sign.
    package var preferences: PreferenceWeights

    package init(preferences: PreferenceWeights = PreferenceWeights()) {
        self.preferences = preferences
    }

    /// The weight of one event for models of who meets what. Never negative; 0 leaves the product in the profile, so that
    /// it is not recommended, without letting it recommend anything.
    ///
    /// A rating ties more weakly than it pleases: who gave two stars did choose the product, so from one star on, which
    /// counts nothing, each adds a quarter.
    package func weight(of type: InteractionType, value: Float?) -> Float {
        if type == .rating { return max(0, min(1, ((value ?? 1) - 1) / 4)) * preferences.rating(5) }
        return max(0, preference(of: type, value: value))
    }

    /// What one event says of taste: above 0 for, below 0 against; for preference vectors.
    package func preference(of type: InteractionType, value: Float?) -> Float {
        switch type {
        case .view, .click: preferences.view
        case .addToCart: preferences.addToCart
        case .purchase: preferences.purchase
        case .rating: preferences.rating(value ?? preferences.neutralRating)
        case .feedback where (value ?? 0) > 0: preferences.positiveFeedback
        case .feedback where (value ?? 0) < 0: preferences.negativeFeedback
        case .feedback, .impression: 0
        }
    }

    /// Whether the event says anything about taste; an impression only says what was shown.
    package func counts(_ type: InteractionType) -> Bool { type != .impression }
}
