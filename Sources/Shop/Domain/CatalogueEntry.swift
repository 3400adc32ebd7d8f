/// One product as a file or another source gives it. Nil where the source gives no value: a stored product is left unchanged
/// there, a new one gets the load's default.
package struct CatalogueEntry: Sendable, Equatable {
    /// External id: 1–64 characters of `[A-Za-z0-9._:-]`.
    package var productID: String
    /// See ``TextRule/productName``.
    package var name: String?
    package var description: String?
    /// See ``TextRule/category``.
    package var category: String?
    package var priceMinor: Int64?
    /// ISO 4217 code.
    package var currency: String?
    package var stock: Int32?
    package var active: Bool?
    /// JSON object: `brand`, `tags`, `specs`.
    package var metadataJSON: String?

    package init(
        productID: String,
        name: String? = nil,
        description: String? = nil,
        category: String? = nil,
        priceMinor: Int64? = nil,
        currency: String? = nil,
        stock: Int32? = nil,
        active: Bool? = nil,
        metadataJSON: String? = nil
    ) {
        self.productID = productID
        self.name = name
        self.description = description
        self.category = category
        self.priceMinor = priceMinor
        self.currency = currency
        self.stock = stock
        self.active = active
        self.metadataJSON = metadataJSON
    }

    /// What a new product gets where its source is silent. Its name is then its id, its price zero, and it has no description.
    package struct Defaults: Sendable, Equatable {
        package var category = "Uncategorised"
        package var currency = "GBP"
        package var stock: Int32

        package init(stock: Int32) {
            self.stock = stock
        }
    }
}
