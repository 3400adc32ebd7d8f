package import RecEngine
package import Shop

/// Everything a fit and a batch need, in dense indices: the events at or below a data cut.
package struct Dataset: Sendable {
    /// Items in byte order of product ids, so that ties by index are ties by id.
    package let items: KeyIndex
    /// What the catalogue said of each item when the data was read; nil for one that has left it.
    package let products: [Product?]
    /// Whether an item can be sold, as of when the data was read.
    package private(set) var sellable: ItemSet
    /// Users in batch order: most recently active first, then by key.
    package let users: KeyIndex
    /// One row an event.
    package let log: InteractionLog
    /// What "discover" must not show to each user, by the rule of `InteractionType.effectOnDiscover`.
    package let met: HiddenItems
    /// Highest event id that was read.
    package let dataCut: Int64
    /// CRC-64, hex, over every event that counts, in the order of ids: customer, product, kind, value, moment. The same cut
    /// has the same one unless events were changed or erased.
    package let checksum: String

    /// External ids, one an item; empty for one that has left the catalogue.
    package var productIDs: [String] { products.map { $0?.productID ?? "" } }

    /// The same data with another view of what can be sold.
    func selling(_ sellable: ItemSet) -> Dataset {
        var dataset = self
        dataset.sellable = sellable
        return dataset
    }
}
