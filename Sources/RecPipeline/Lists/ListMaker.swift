package import RecEngine
package import Shop

/// Makes customers' lists of the models of a bundle: the one way for batch, request and replay.
///
/// A list is the ranker's, with the reasons for its items; "discover" is filled up with popular products where the model
/// has too few.
package struct ListMaker: Sendable {
    private let bundle: ModelBundle
    private let ranker: Ranker
    private let selection: Selection
    /// Factor of each item by which demand lifted its score; nil where the model has none.
    private let demand: [Float]?
    /// Exploration differs from one generation to the next.
    private let generation: Int64

    /// A factor from which a product is said to be in demand.
    private static let notableDemand: Float = 1.5

    /// - Parameter allowed: items of the bundle that may be in lists. Cost: O(1) beside the models.
    package init(bundle: ModelBundle, options: RankingOptions, allowed: ItemSet, generation: Int64) {
        self.bundle = bundle
        self.generation = generation
        let models = bundle.models
        ranker = Ranker(
            discovering: models.discover,
            buyingAgain: models.buyAgain,
            diversity: options.diversity < 1
                ? models.content.map { Ranker.Diversity(MMR(lambda: options.diversity), vectors: $0.features.matrix) }
                : nil,
            exploration: options.exploration > 0
                ? Exploration(epsilon: options.exploration, seed: options.seed) : nil
        )
        selection = Selection(count: options.listLength, allowing: allowed, excludesProfile: false)
        demand = (models.discover as? DemandWeighted)?.demand.ratios
    }

    /// The rows of a range of a data set's users: both lists of each, in user order; "buy again" only of those who have
    /// bought. Runs on the caller's executor preference; the same bytes for any number of workers.
    /// - Parameter profiles: one row a user of the data set, in its order, over the bundle's items.
    package func rows(
        of users: Range<Int>,
        in dataset: Dataset,
        profiles: ProfileTable,
        workers: Int
    ) async throws -> CustomerLists {
        let keys = dataset.users.keys
        func lists(_ list: Ranker.List, hidden: HiddenItems) async throws -> [RankedList] {
            try await ranker.lists(
                list,
                of: profiles,
                rows: users,
                selection: selection,
                hidden: hidden,
                purchased: dataset.met.purchased,
                workers: workers,
                stream: { [generation] in Self.stream(user: keys[$0], generation: generation) }
            )
        }
        let discovered = try await lists(.discover, hidden: dataset.met.all)
        let again = try await lists(.buyAgain, hidden: dataset.met.hidden)
        var made = CustomerLists(listed: ItemSet(capacity: bundle.items.count))
        made.rows.reserveCapacity(2 * users.count)
        for (position, user) in users.enumerated() {
            let profile = profiles[user]
            var list = stored(discovered[position], profile)
            if list.count < selection.count {
                made.filled += 1
                fill(&list, selection, hidden: dataset.met.all[user])
            }
            if list.count == 0 { made.empty += 1 }
            for product in list.products.lazy.compactMap(bundle.items.index) { made.listed.insert(product) }
            made.rows.append(CacheRow(userKey: keys[user], list: .discover, payload: list.jsonBytes()))
            guard !dataset.met.purchased[user].isEmpty else { continue }
            let owned = stored(again[position], profile)
            made.rows.append(CacheRow(userKey: keys[user], list: .buyAgain, payload: owned.jsonBytes()))
        }
        return made
    }

    /// One customer's list.
    /// - Parameters:
    ///   - met: of the customer, over the bundle's items.
    ///   - revision: tells lists of one generation apart for exploration, such as the customer's newest event.
    ///   - count: the stored length when left out.
    ///   - isAllowed: narrows what may be in the list, as a category does.
    package func list(
        _ kind: ListKind,
        for user: Int64,
        profile: Profile,
        met: CustomerItems,
        revision: Int64,
        count: Int? = nil,
        isAllowed: ((Int32) -> Bool)? = nil
    ) -> StoredList {
        var selection = selection(count, isAllowed)
        selection.hidden = (kind == .discover ? met.all : met.hidden)[...]
        let ranked = ranker.list(
            kind == .discover ? .discover : .buyAgain,
            for: profile,
            selection: selection,
            purchased: met.purchased[...],
            stream: Self.stream(user: user, generation: generation) ^ UInt64(bitPattern: revision)
        )
        var list = stored(ranked, profile)
        if kind == .discover, list.count > 0, list.count < selection.count {
            fill(&list, selection, hidden: selection.hidden)
        }
        return list
    }

    /// Products for a customer of whom nothing but preferences or a segment is known, best first.
    package func newcomer(
        preferences: [String: Float],
        segment: Int?,
        met: CustomerItems,
        count: Int,
        isAllowed: ((Int32) -> Bool)? = nil
    ) -> [(product: Int64, score: Float, source: ColdStart.Source)] {
        var selection = selection(count, isAllowed)
        selection.hidden = met.all[...]
        return bundle.models.coldStart.recommend(preferences: preferences, segment: segment, selection: selection)
            .map { (bundle.items.keys[Int($0.item.item)], $0.item.score, $0.source) }
    }

    private func selection(_ count: Int?, _ isAllowed: ((Int32) -> Bool)?) -> Selection {
        var selection = selection
        selection.count = count ?? selection.count
        if let isAllowed, let allowed = selection.allowed {
            selection.allowed = ItemSet(capacity: bundle.items.count, allowed.items.filter(isAllowed))
        }
        return selection
    }

    private static func stream(user: Int64, generation: Int64) -> UInt64 {
        UInt64(bitPattern: user) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: generation) &* 0xBF58_476D_1CE4_E5B9
    }

    private func stored(_ ranked: RankedList, _ profile: Profile) -> StoredList {
        var list = StoredList()
        for (item, evidence) in zip(ranked.items, ranked.evidence) {
            let index = Int(item.scored.item)
            list.append(
                bundle.items.keys[index],
                score: item.scored.score,
                evidence: evidence.map {
                    (bundle.items.keys[Int($0.item)], $0.share, Int64(profile.time(of: $0.item)))
                },
                marks: .init(
                    others: evidence?.others ?? 0,
                    isInDemand: demand.map { $0[index] >= Self.notableDemand } ?? false,
                    isExplored: item.isExplored
                ),
                propensity: item.propensity
            )
        }
        return list
    }

    /// Adds popular products with score 0: no model ranked them for this customer.
    private func fill(_ list: inout StoredList, _ selection: Selection, hidden: ArraySlice<Int32>) {
        var selection = selection
        selection.count -= list.count
        selection.excluded = ItemSet(capacity: bundle.items.count, list.products.compactMap(bundle.items.index))
        selection.hidden = hidden
        for item in bundle.models.popularity.everyone.recommend(.empty, selection: selection) {
            list.append(bundle.items.keys[Int(item.item)], score: 0, marks: .init(isFiller: true))
        }
    }
}

/// The lists of some customers.
package struct CustomerLists: Sendable {
    package var rows: [CacheRow] = []
    /// "Discover" lists that the model alone could not fill.
    package var filled = 0
    /// "Discover" lists without a product.
    package var empty = 0
    /// Products that are in a "discover" list.
    package var listed: ItemSet
}

/// Items of one customer by what became of them, ascending, over the items of a bundle.
package struct CustomerItems: Sendable {
    package var all: [Int32]
    package var hidden: [Int32]
    package var purchased: [Int32]

    /// Products that the bundle does not know are left out.
    package init(_ met: MetProducts, items: KeyIndex) {
        func known(_ keys: Set<Int64>) -> [Int32] { keys.compactMap(items.index).sorted() }
        all = known(met.productKeys)
        hidden = known(met.hidden)
        purchased = known(met.purchased)
    }
}

extension Profile {
    /// When the item was last interacted with, unix seconds; 0 when it is not in the profile. Cost: O(log entries).
    fileprivate func time(of item: Int32) -> Double {
        var low = entries.startIndex
        var high = entries.endIndex
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].item < item { low = middle + 1 } else { high = middle }
        }
        return low < entries.endIndex && entries[low].item == item ? entries[low].time : 0
    }
}
