package import Shop

/// The catalogue in memory: all that a product card needs, immutable, replaced as a whole when the catalogue changes.
///
/// About 1 kB a product with its description left out of cards.
package final class CatalogueSnapshot: Sendable {
    /// The catalogue version this was read at or before.
    package let version: Int64
    /// In byte order of product ids.
    package let products: [Product]
    /// Whether the product at each position can be offered; apart from the products, because reading a flag through them
    /// copies one, strings and all.
    package let isSellable: [Bool]
    /// Positions of the sellable products, most purchased first, equal ones by id.
    package let sellableByPurchases: [Int]
    private let index: KeyIndex
    private let places: [String: Int32]

    package init(version: Int64, products: [Product]) {
        self.version = version
        self.products = products
        isSellable = products.map(\.isSellable)
        let purchases = products.map(\.purchaseCount)
        sellableByPurchases = products.indices.filter { products[$0].isSellable }.sorted { left, right in
            purchases[left] != purchases[right] ? purchases[left] > purchases[right] : left < right
        }
        index = KeyIndex(keys: products.map(\.key))
        places = Dictionary(
            products.enumerated().map { ($1.productID, Int32($0)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Position of a product in `products` by internal key.
    package func position(ofKey key: Int64) -> Int? { index.index(of: key).map(Int.init) }

    /// Position of a product by external id.
    package func position(ofID productID: String) -> Int? { places[productID].map(Int.init) }
}
