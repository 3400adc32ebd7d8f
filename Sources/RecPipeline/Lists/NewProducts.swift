import FoundationEssentials
package import RecEngine
package import Shop

/// Products that are too new for a model: they are placed in "discover" by what is written about them.
///
/// A product is new for thirty days from when it was added, or first met if that was earlier, and as long as fewer than
/// five customers had met it when the model was fitted: what a model of behaviour needs.
package struct NewProducts: Sendable {
    private static let days = 30.0
    private static let fewestCustomers = 5

    /// One of them.
    struct Entry: Sendable {
        /// Internal key.
        var key: Int64
        /// In the bundle; nil for one that was added after the fit.
        var item: Int32?
    }

    /// One of them in a customer's list.
    struct Pick: Sendable {
        var entry: Entry
        /// The product of the customer's history that is most like it.
        var evidence: Evidence?
    }

    let entries: [Entry]
    /// A row an entry.
    private let features: ProductFeatures
    private let content: ContentModel

    /// Those of a catalogue, added after the fit or before it.
    /// - Parameters:
    ///   - products: that may be in lists, in byte order of ids.
    ///   - now: Unix seconds.
    /// - Returns: nil when none is new, or nothing is written about products. Cost: O(products + words of those added after
    ///   the fit).
    package init?(_ products: some Sequence<Product>, bundle: ModelBundle, now: Double) {
        var items: [Int32] = []
        var added: [Product] = []
        for product in products where Self.isRecent(product, now: now) {
            guard let item = bundle.items.index(of: product.key) else {
                added.append(product)
                continue
            }
            if Self.isUnknown(item, bundle.models.activity, now: now) { items.append(item) }
        }
        self.init(items, added, bundle)
    }

    /// Those of a data set: items of the bundle.
    package init?(_ items: ItemSet, bundle: ModelBundle) { self.init(items.items, [], bundle) }

    private init?(_ items: [Int32], _ added: [Product], _ bundle: ModelBundle) {
        guard let content = bundle.models.content else { return nil }
        var features = content.features.selecting(items)
        var entries = items.map { Entry(key: bundle.items.keys[Int($0)], item: $0) }
        if let space = content.features.space, !added.isEmpty {
            features = features.appending(space.features(describing: added.map(ProductDescription.init)))
            entries += added.map { Entry(key: $0.key, item: nil) }
        }
        guard !entries.isEmpty else { return nil }
        self.entries = entries
        self.features = features
        self.content = content
    }

    /// Whether a product was added lately.
    static func isRecent(_ product: Product, now: Double) -> Bool {
        now - product.createdAt.timeIntervalSince1970 < days * 86_400
    }

    /// Whether few have met an item, and only lately: an import adds products that were sold for years.
    static func isUnknown(_ item: Int32, _ activity: ItemActivity, now: Double) -> Bool {
        activity.customers[Int(item)] < fewestCustomers
            && now - min(activity.firstMet[Int(item)], now) < days * 86_400
    }

    /// The new products that are as near to a customer's history as the middle one of what is listed, the nearest first.
    ///
    /// Cost: O(features + entries of the history's items, of the listed and of the new ones).
    func picks(
        for profile: Profile,
        beside listed: [Int32],
        count: Int,
        isExcluded: (Entry) -> Bool
    ) -> [Pick] {
        guard count > 0, !listed.isEmpty else { return [] }
        var scratch = content.makeScratch()
        let floor = content.scores(of: listed[...], for: profile, scratch: &scratch).sorted()[listed.count / 2]
        let scores = content.scores(of: features, for: profile, scratch: &scratch)
        let near = entries.indices
            .filter { scores[$0] > 0 && scores[$0] >= floor && !isExcluded(entries[$0]) }
            .sorted { (scores[$1], entries[$0].key) < (scores[$0], entries[$1].key) }
        return near.prefix(count).map { row in
            Pick(
                entry: entries[row],
                evidence: content.evidence(
                    for: row,
                    of: features,
                    score: scores[row],
                    profile: profile,
                    scratch: &scratch
                )
            )
        }
    }

    /// The positions of new products in a list: one for every two that exploration draws on average, spread evenly and never
    /// the first, so that the best of the model stay where they are.
    static func positions(in count: Int, exploration: Double) -> [Int] {
        let places = Int((exploration * Double(count) / 2).rounded())
        guard places > 0 else { return [] }
        let distance = count / places
        return (0..<places).map { $0 * distance + max(1, distance / 2 - 1) }
    }
}

extension ProductFeatureSpace {
    /// The vectors of products that are not of the space.
    package func features(describing products: [ProductDescription]) -> ProductFeatures {
        features(
            names: products.map(\.name),
            descriptions: products.map(\.text),
            categories: products.map(\.category),
            prices: products.map { $0.price ?? .nan }
        )
    }
}
