package import FoundationEssentials

/// A product as the catalogue stores it. Prices are minor units (pence, cents); every outer face of the shop shows major units.
package struct Product: Sendable, Equatable {
    /// Internal key.
    package var key: Int64
    /// External id: 1–64 characters of `[A-Za-z0-9._:-]`.
    package var productID: String
    /// See ``TextRule/productName``.
    package var name: String
    package var description: String
    /// See ``TextRule/category``. Products are of one category when their bytes are the same.
    package var category: String
    /// In minor units.
    package var priceMinor: Int64
    /// ISO 4217 code.
    package var currency: String
    /// Pieces, 0 or more.
    package var stock: Int32
    /// Whether the shop offers it at all.
    package var active: Bool
    /// JSON object: `brand`, `tags`, `specs`.
    package var metadataJSON: String
    /// As of the last batch, like the average and the purchases.
    package var ratingCount: Int64
    /// In stars; nil without ratings.
    package var ratingAverage: Double?
    /// Purchase events, whatever their number of pieces.
    package var purchaseCount: Int64
    package var createdAt: Date
    package var updatedAt: Date

    /// What a customer can be offered now.
    package var isSellable: Bool { active && stock > 0 }
}
