package import RecEngine
package import Shop

/// What a customer's list is made from, over the items of a bundle.
package struct Customer: Sendable {
    /// Internal key.
    package var key: Int64
    package var profile: Profile
    /// What they did with the items of their profile, ascending by item.
    package var meetings: ArraySlice<MeetingTable.Entry>
    package var met: CustomerItems
    /// Tells lists of one generation apart for exploration: their newest event, 0 in a batch.
    package var revision: Int64 = 0
}

/// Items of one customer by what became of them, ascending, over the items of a bundle.
package struct CustomerItems: Sendable {
    /// What "discover" must not show.
    package var all: ArraySlice<Int32>
    package var hidden: ArraySlice<Int32>
    package var purchased: ArraySlice<Int32>
    /// Keys of what "discover" must not show and the bundle does not know.
    package var unknown: Set<Int64> = []
}

extension CustomerItems {
    /// Of a customer of whom everything was read.
    package init(_ met: MetProducts, items: KeyIndex) {
        func known(_ keys: Set<Int64>) -> ArraySlice<Int32> { keys.compactMap(items.index).sorted()[...] }
        self.init(
            all: known(met.productKeys),
            hidden: known(met.hidden),
            purchased: known(met.purchased),
            unknown: met.productKeys.filter { items.index(of: $0) == nil }
        )
    }

    /// Of a user of a data set.
    init(_ met: MetItems, user: Int) {
        self.init(all: met.all[user], hidden: met.hidden[user], purchased: met.purchased[user])
    }

    /// Whether "discover" must not show a product.
    func excludes(_ entry: NewProducts.Entry) -> Bool {
        guard let item = entry.item else { return unknown.contains(entry.key) }
        return all.containsSorted(item)
    }
}
