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
    /// Items that are too new for a model; none until ``listing(_:)`` says so.
    package private(set) var new: ItemSet
    /// Users in batch order: most recently active first, then by key.
    package let users: KeyIndex
    /// One row an event.
    package let log: InteractionLog
    /// What each user has met, bought or hidden.
    package let met: MetItems
    /// What each user did with each product of theirs, and when.
    package let meetings: MeetingTable
    /// Highest event id that was read.
    package let dataCut: Int64
    /// CRC-64, hex, over every event that counts, in the order of ids: customer, product, kind, value, moment. The same cut
    /// has the same one unless events were changed or erased.
    package let checksum: String

    /// External ids, one an item; empty for one that has left the catalogue.
    package var productIDs: [String] { products.map { $0?.productID ?? "" } }

    /// What the catalogue says of the items, as vectors; nil when there is not a word and not one category.
    package var features: ProductFeatures? {
        ProductFeatures(describing: products.map { $0.map(ProductDescription.init) ?? ProductDescription() })
    }

    /// What a fit reads. Ages are counted from the newest event, so that a shop with an old data set has popular products too.
    package func training(features: ProductFeatures?) -> TrainingData {
        TrainingData(log: log, features: features, now: log.times.max() ?? 0)
    }

    /// What a job's lists may hold: what can be sold and the settings admit, and what of it is new at a moment.
    func listed(by ranking: RankingOptions, asOf now: Double) -> ListedItems {
        let allowed = ranking.admitted(products, sellable: sellable)
        let activity = ItemActivity(self)
        let new = allowed.items.filter { item in
            products[Int(item)].map { NewProducts.isRecent($0, now: now) } ?? false
                && NewProducts.isUnknown(item, activity, now: now)
        }
        return ListedItems(allowed: allowed, new: ItemSet(capacity: items.count, new))
    }

    /// The same data with what a job has fixed.
    func listing(_ listed: ListedItems) -> Dataset {
        var dataset = self
        dataset.sellable = listed.allowed
        dataset.new = listed.new
        return dataset
    }
}

/// Products of each user by what became of them, a row a user of the data set.
package struct MetItems: Sendable {
    /// What "discover" must not show, by the rule of `InteractionType.effectOnDiscover`.
    package let all: HiddenItems
    /// What no list may show: the newest feedback is negative.
    package let hidden: HiddenItems
    /// What "buy again" is made of.
    package let purchased: HiddenItems

    init(_ log: InteractionLog) {
        all = HiddenItems(metIn: log)
        hidden = HiddenItems(metIn: log) { $0 == .hidden }
        purchased = HiddenItems(metIn: log) { $0 == .purchased }
    }
}
