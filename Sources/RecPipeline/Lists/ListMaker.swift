package import RecEngine
package import Shop

/// Makes customers' lists of the models of a bundle: the one way for batch, request and replay.
///
/// A list is the ranker's, with the reasons for its items. "Discover" has new products at a few positions and is filled up
/// with popular products where the model has too few.
package struct ListMaker: Sendable {
    let bundle: ModelBundle
    let options: RankingOptions
    let ranker: Ranker
    /// Items of the bundle that may be in lists.
    let allowed: ItemSet
    let newProducts: NewProducts?
    /// Factor of each item by which demand lifted its score; nil where the model has none.
    private let demand: [Float]?
    /// Exploration differs from one generation to the next.
    private let generation: Int64

    /// A factor from which a product is said to be in demand.
    private static let notableDemand: Float = 1.5

    /// - Parameters:
    ///   - allowed: items of the bundle that may be in lists. Cost: O(1) beside the models.
    ///   - newProducts: those that may be in lists, with or without an item of the bundle.
    ///   - moment: Unix seconds for which lists are made, where that is not when the model was fitted: what a model knows of its
    ///     own moment fades.
    package init(
        bundle: ModelBundle,
        options: RankingOptions,
        allowed: ItemSet,
        newProducts: NewProducts?,
        generation: Int64,
        at moment: Double? = nil
    ) {
        self.bundle = bundle
        self.options = options
        self.allowed = allowed
        self.newProducts = newProducts
        self.generation = generation
        let models = bundle.models
        let age = moment.map(bundle.age) ?? 0
        let discover = age > 0 ? models.discover.aged(by: age) : models.discover
        ranker = Ranker(
            discovering: discover,
            buyingAgain: age > 0 ? models.buyAgain.aged(by: age) : models.buyAgain,
            diversity: options.diversity < 1
                ? models.content.map { Ranker.Diversity(MMR(lambda: options.diversity), vectors: $0.features.matrix) }
                : nil,
            exploration: options.exploration > 0
                ? Exploration(epsilon: options.exploration, seed: options.seed) : nil
        )
        demand = (discover as? DemandWeighted)?.presentRatios
    }

    // MARK: - Many customers

    /// The rows of a range of customers: both lists of each, in their order; "buy again" only of those who have bought. Runs on
    /// the caller's executor preference; the same bytes for any number of workers.
    package func rows(of users: Range<Int>, in histories: Histories, workers: Int) async throws -> CustomerLists {
        let keys = histories.keys
        func lists(
            _ list: Ranker.List,
            hidden: HiddenItems,
            _ finish: @Sendable @escaping (Customer, RankedList) -> MadeList
        ) async throws -> [MadeList] {
            try await ranker.lists(
                list,
                of: histories.profiles,
                rows: users,
                selection: selection(options.listLength),
                hidden: hidden,
                purchased: histories.met.purchased,
                workers: workers,
                stream: { [generation] in Self.stream(user: keys[$0], generation: generation, revision: 0) },
                finishing: { user, ranked in
                    let customer = Customer(
                        key: keys[user],
                        profile: histories.profiles[user],
                        meetings: histories.meetings[user],
                        met: CustomerItems(histories.met, user: user)
                    )
                    return finish(customer, ranked)
                }
            )
        }
        let discovered = try await lists(.discover, hidden: histories.met.all) { customer, ranked in
            var list = stored(ranked, .discover, customer, options.listLength)
            let isShort = list.count < options.listLength
            if isShort { fill(&list, selection(options.listLength), customer) }
            return MadeList(list, isFilled: isShort, items: list.products.compactMap(bundle.items.index))
        }
        let again = try await lists(.buyAgain, hidden: histories.met.hidden) { customer, ranked in
            MadeList(stored(ranked, .buyAgain, customer, options.listLength))
        }
        var made = CustomerLists(listed: ItemSet(capacity: bundle.items.count))
        made.rows.reserveCapacity(2 * users.count)
        for (position, user) in users.enumerated() {
            let list = discovered[position]
            if list.isFilled { made.filled += 1 }
            if list.isEmpty { made.empty += 1 }
            for item in list.items { made.listed.insert(item) }
            made.rows.append(CacheRow(userKey: keys[user], list: .discover, payload: list.payload))
            guard !histories.met.purchased[user].isEmpty else { continue }
            made.rows.append(CacheRow(userKey: keys[user], list: .buyAgain, payload: again[position].payload))
        }
        return made
    }

    /// A list as a worker leaves it.
    private struct MadeList: Sendable {
        let payload: [UInt8]
        let isEmpty: Bool
        /// Popular products were added, or there were none to add.
        let isFilled: Bool
        /// What counts for coverage.
        let items: [Int32]

        init(_ list: StoredList, isFilled: Bool = false, items: [Int32] = []) {
            (payload, isEmpty) = (list.jsonBytes(), list.count == 0)
            (self.isFilled, self.items) = (isFilled, items)
        }
    }

    // MARK: - One customer

    /// One customer's list; empty where the models have nothing for them.
    /// - Parameters:
    ///   - count: the stored length when left out.
    ///   - lift: of "discover": what moves the list at the moment.
    ///   - fillsEmpty: whether popular products are listed where the model has nothing at all, as in the rows of a batch; a request
    ///     looks for something better first.
    ///   - isAllowed: narrows by product key what may be in the list, as a category does.
    package func list(
        _ kind: ListKind,
        for customer: Customer,
        count: Int? = nil,
        lift: Lift? = nil,
        fillsEmpty: Bool = false,
        isAllowed: ((Int64) -> Bool)? = nil
    ) -> StoredList {
        let selection = selection(count ?? options.listLength, isAllowed)
        let stages = stages(kind, for: customer, selection, lift)
        return finished(stages, kind, customer, selection, fillsEmpty: fillsEmpty, isAllowed)
    }

    /// What the ranker says at each step.
    func stages(
        _ kind: ListKind,
        for customer: Customer,
        _ selection: Selection,
        _ lift: Lift? = nil
    ) -> RankingStages {
        var selection = selection
        selection.hidden = kind == .discover ? customer.met.all : customer.met.hidden
        return ranker.stages(
            kind == .discover ? .discover : .buyAgain,
            for: customer.profile,
            selection: selection,
            purchased: customer.met.purchased,
            lift: lift,
            stream: Self.stream(user: customer.key, generation: generation, revision: customer.revision)
        )
    }

    /// A list of the ranker's with new products, filled up.
    func finished(
        _ stages: RankingStages,
        _ kind: ListKind,
        _ customer: Customer,
        _ selection: Selection,
        fillsEmpty: Bool = false,
        _ isAllowed: ((Int64) -> Bool)? = nil
    ) -> StoredList {
        var list = stored(stages.list, kind, customer, selection.count, isAllowed)
        if kind == .discover, fillsEmpty || list.count > 0, list.count < selection.count {
            fill(&list, selection, customer)
        }
        return list
    }

    /// Products for a customer of whom nothing but preferences or a segment is known, best first.
    package func newcomer(
        preferences: [String: Float],
        segment: Int?,
        met: CustomerItems,
        count: Int,
        isAllowed: ((Int64) -> Bool)? = nil
    ) -> [(product: Int64, score: Float, source: ColdStart.Source)] {
        var selection = selection(count, isAllowed)
        selection.hidden = met.all
        return bundle.models.coldStart.recommend(preferences: preferences, segment: segment, selection: selection)
            .map { (bundle.items.keys[Int($0.item.item)], $0.item.score, $0.source) }
    }

    func selection(_ count: Int, _ isAllowed: ((Int64) -> Bool)? = nil) -> Selection {
        var allowed = allowed
        if let isAllowed {
            let keys = bundle.items.keys
            allowed = ItemSet(capacity: keys.count, allowed.items.filter { isAllowed(keys[Int($0)]) })
        }
        return Selection(count: count, allowing: allowed, excludesProfile: false)
    }

    private static func stream(user: Int64, generation: Int64, revision: Int64) -> UInt64 {
        UInt64(bitPattern: user) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: generation) &* 0xBF58_476D_1CE4_E5B9
            ^ UInt64(bitPattern: revision)
    }

    // MARK: - Stored form

    /// The ranker's list as it is stored, with new products at their positions.
    private func stored(
        _ ranked: RankedList,
        _ kind: ListKind,
        _ customer: Customer,
        _ count: Int,
        _ isAllowed: ((Int64) -> Bool)? = nil
    ) -> StoredList {
        var picks = kind == .discover ? picks(beside: ranked, customer, count, isAllowed)[...] : []
        var positions = NewProducts.positions(in: count, exploration: options.exploration)[...]
        var list = StoredList()
        for (item, evidence) in zip(ranked.items, ranked.evidence) {
            if list.count == positions.first, let pick = picks.popFirst() {
                positions.removeFirst()
                // It ranks level with the item that it stands before.
                append(pick, score: item.scored.score, customer, to: &list)
            }
            guard list.count < count else { break }
            let index = Int(item.scored.item)
            let source = evidence.map { self.evidence($0, customer) }
            list.append(
                bundle.items.keys[index],
                score: item.scored.score,
                evidence: source?.product,
                marks: .init(
                    others: evidence?.others ?? 0,
                    isInDemand: demand.map { $0[index] >= Self.notableDemand } ?? false,
                    isExplored: item.isExplored,
                    occasion: source?.occasion ?? .bought
                ),
                propensity: item.propensity
            )
        }
        // A list that ends before their positions has room for them.
        for pick in picks where list.count > 0 && list.count < count {
            append(pick, score: list.scores[list.count - 1], customer, to: &list)
        }
        return list
    }

    /// The new products that go into a list.
    func picks(
        beside ranked: RankedList,
        _ customer: Customer,
        _ count: Int,
        _ isAllowed: ((Int64) -> Bool)? = nil
    ) -> [NewProducts.Pick] {
        guard let newProducts else { return [] }
        let listed = ranked.items.map(\.scored.item)
        return newProducts.picks(
            for: customer.profile,
            beside: listed,
            count: NewProducts.positions(in: count, exploration: options.exploration).count,
            isExcluded: { entry in
                customer.met.excludes(entry) || entry.item.map(listed.contains) ?? false
                    || isAllowed.map { !$0(entry.key) } ?? false
            }
        )
    }

    private func append(_ pick: NewProducts.Pick, score: Float, _ customer: Customer, to list: inout StoredList) {
        let source = pick.evidence.map { evidence($0, customer) }
        list.append(
            pick.entry.key,
            score: score,
            evidence: source?.product,
            marks: .init(
                others: pick.evidence?.others ?? 0,
                occasion: source?.occasion ?? .bought,
                isNew: true
            )
        )
    }

    private func evidence(_ evidence: Evidence, _ customer: Customer) -> (
        product: (product: Int64, share: Float, time: Int64), occasion: StoredList.Occasion
    ) {
        let meeting = customer.meetings.meeting(with: evidence.item)
        let time = meeting.map { $0.time.isFinite ? Int64($0.time) : 0 } ?? 0
        let occasion: StoredList.Occasion =
            switch meeting?.meeting {
            case .purchased: .bought
            case .judged: .rated
            case .some(.none), .hidden, nil: .viewed
            }
        return ((bundle.items.keys[Int(evidence.item)], evidence.share, time), occasion)
    }

    /// Adds popular products with score 0: no model ranked them for this customer.
    private func fill(_ list: inout StoredList, _ selection: Selection, _ customer: Customer) {
        var selection = selection
        selection.count -= list.count
        selection.excluded = ItemSet(capacity: bundle.items.count, list.products.compactMap(bundle.items.index))
        selection.hidden = customer.met.all
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
