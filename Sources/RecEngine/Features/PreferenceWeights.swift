/// How strongly an event speaks for an item, or against it: weights for an ``InteractionLog``.
///
/// A purchase is the unit. Which event of a shop is which case is the caller's business.
public struct PreferenceWeights: Sendable, Equatable, Codable {
    /// Weight of a page view; most views lead nowhere.
    public var view: Float
    /// Weight of putting an item into the cart.
    public var addToCart: Float
    /// Weight of a purchase.
    public var purchase: Float
    /// Weight of each star above ``neutralRating``, and less the weight of each below.
    public var star: Float
    /// The rating that says nothing either way.
    public var neutralRating: Float
    /// Weight of "I like this".
    public var positiveFeedback: Float
    /// Weight of "not for me".
    public var negativeFeedback: Float

    /// Weights; with the defaults five stars are as good as a purchase and one star takes one back.
    public init(
        view: Float = 0.1,
        addToCart: Float = 0.4,
        purchase: Float = 1,
        star: Float = 0.5,
        neutralRating: Float = 3,
        positiveFeedback: Float = 1,
        negativeFeedback: Float = -1
    ) {
        let weights = [view, addToCart, purchase, star, neutralRating, positiveFeedback, negativeFeedback]
        precondition(weights.allSatisfy(\.isFinite), "weights must be finite")
        self.view = view
        self.addToCart = addToCart
        self.purchase = purchase
        self.star = star
        self.neutralRating = neutralRating
        self.positiveFeedback = positiveFeedback
        self.negativeFeedback = negativeFeedback
    }

    /// Weight of a rating in stars: (stars − 3) / 2 with the defaults, so −1 to 1 for one to five.
    public func rating(_ stars: Float) -> Float { (stars - neutralRating) * star }
}
