/// One article of the synthetic catalogue.
package struct SyntheticProduct: Sendable, Equatable {
    /// `P-000123`.
    package let productID: String
    /// Adjective, noun and variant; no two products share a name.
    package let name: String
    package let description: String
    /// One of ``SyntheticShop/categories``.
    package let category: String
    /// 500 … 50,000 pence.
    package let priceMinor: Int64
    /// Always GBP.
    package let currency: String
    /// Pieces; 0 for about 3 % of the products.
    package let stock: Int32
    /// `{"brand":"…","tags":["…"],"specs":{"…":"…"}}`.
    package let metadataJSON: String
}

/// One customer.
package struct SyntheticUser: Sendable, Equatable {
    /// `U-000123`.
    package let userID: String
    /// Unique, at example.com.
    package let email: String
    package let displayName: String
    /// The one to three categories the customer likes best: `{"categories":["…"]}`.
    package let preferencesJSON: String
}

/// What a customer did with a product.
package enum SyntheticInteractionType: String, Sendable, CaseIterable {
    case view
    case addToCart = "add_to_cart"
    case purchase
    case rating
}

/// One event.
package struct SyntheticInteraction: Sendable, Equatable {
    /// Unique among all events of all shops but for a chance of 2⁻³⁰ a pair of shops; 15 characters.
    package let eventID: String
    /// Row number of the user; ``SyntheticShop/userID(_:)`` makes the id.
    package let user: Int32
    /// Row number of the product; ``SyntheticShop/productID(_:)`` makes the id.
    package let product: Int32
    package let type: SyntheticInteractionType
    /// Stars (1 … 5) of a rating, pieces of a purchase, otherwise nil.
    package let value: Double?
    /// Unix seconds.
    package let time: Int64
    /// Shared by the events of one visit. A rating belongs to the visit of its purchase, days later.
    package let sessionID: String
    /// Shared by the purchases of one visit and their ratings; nil for views and carts.
    package let orderID: String?
}
