import Logging
import RecEngine
package import Shop
import Threading

/// Products that go with others: what is like one, and what is bought together with a cart.
package struct RelatedProducts: Sendable {
    private let serving: RecommendationService
    private let modelRows: ModelRepository
    private let added = AddedProducts()

    package init(serving: RecommendationService, modelRows: ModelRepository) {
        self.serving = serving
        self.modelRows = modelRows
    }

    /// Where a product of an answer comes from.
    package enum Source: String, Sendable, CaseIterable {
        /// Orders that held both.
        case baskets
        /// What customers do with both, blended with what is written about them where customers are few.
        case similarity
        /// What is written about both alone: one of them was added after the model was fitted, or behaviour says no more.
        case content
        /// Popular in the same category: no model is live, or it says nothing.
        case popular
    }

    /// One product; positions are those of the answer's catalogue.
    package struct Item: Sendable, Equatable {
        package var position: Int
        /// The higher the better, comparable among items of one source.
        package var score: Float
        package var source: Source
        /// The product that was asked about from which this one follows most.
        package var from: Int
        /// Of ``Source/baskets``: orders that held both.
        package var orders: Int?
    }

    package struct Answer: Sendable {
        package var items: [Item]
        /// What the first item comes from.
        package var source: Source { items.first?.source ?? .popular }
        /// Nil when no model took part.
        package var modelVersion: String?
        package var catalogue: CatalogueSnapshot
    }

    /// What was asked for is not there.
    package enum Refusal: Error, Sendable, Equatable {
        case noUser(String)
        case noProducts([String])
    }

    /// What is like a product, the likest first.
    ///
    /// Behaviour decides where there is enough of it. A product without events is placed by its text, on either side: one
    /// that was added a moment ago has similar products and is among those of others.
    /// - Parameter userID: whose hidden products are left out.
    /// - Throws: ``Refusal``, or what the database says.
    package func similar(to productID: String, limit: Int, userID: String? = nil) async throws -> Answer {
        let asked = try await asked([productID], userID)
        return try await answer(asked, limit) { bundle, shelf in
            self.similar(to: asked.positions, limit, bundle, shelf)
        }
    }

    /// What is bought together with a cart: the products that several of its products point to come first. What orders do not
    /// say is filled up with similar products.
    /// - Parameter productIDs: without repeats.
    /// - Throws: ``Refusal``, or what the database says.
    package func boughtTogether(with productIDs: [String], limit: Int, userID: String? = nil) async throws -> Answer {
        let asked = try await asked(productIDs, userID)
        return try await answer(asked, limit) { bundle, shelf in
            var items = boughtTogether(with: asked.positions, limit, bundle, shelf)
            guard items.count < limit else { return items }
            let present = Set(items.map(\.position))
            items += similar(to: asked.positions, limit + items.count, bundle, shelf)
                .filter { !present.contains($0.position) }
            return Array(items.prefix(limit))
        }
    }

    // MARK: - What is asked

    private struct Asked {
        var admitted: AdmittedProducts
        /// In the catalogue.
        var positions: [Int]
        /// Keys that this customer does not want to see.
        var hidden: Set<Int64>
        var live: LivePointer?
    }

    private func asked(_ productIDs: [String], _ userID: String?) async throws -> Asked {
        var admitted = try await serving.admission.current()
        func missing() -> [String] { productIDs.filter { admitted.catalogue.position(ofID: $0) == nil } }
        if !missing().isEmpty {
            // It may have been added a moment ago.
            admitted = try await serving.admission.current(isChecked: true)
            guard missing().isEmpty else { throw Refusal.noProducts(missing()) }
        }
        let positions = productIDs.compactMap(admitted.catalogue.position(ofID:))
        var hidden: Set<Int64> = []
        if let userID {
            guard let found = try await serving.hiddenProducts(of: userID) else { throw Refusal.noUser(userID) }
            hidden = found
        }
        return Asked(admitted: admitted, positions: positions, hidden: hidden, live: try await modelRows.live())
    }

    /// What may be in an answer.
    private struct Shelf {
        /// Items of the bundle.
        var selection: Selection
        /// By position in the catalogue.
        var admits: @Sendable (Int) -> Bool
        var added: AddedProducts.Placed
        var catalogue: CatalogueSnapshot
    }

    /// What the live model says; what is popular in the category when it says nothing.
    private func answer(
        _ asked: Asked,
        _ limit: Int,
        _ find: @escaping @Sendable (ModelBundle, Shelf) -> [Item]
    ) async throws -> Answer {
        let catalogue = asked.admitted.catalogue
        if let live = asked.live {
            do {
                let (items, version) = try await withDeadline(serving.options.timeBudget) {
                    let bundle = try await serving.models.bundle(for: live.modelVersion)
                    let items = await withTaskExecutorPreference(serving.pool) {
                        await found(asked, limit, bundle, live, find)
                    }
                    return (items, bundle.version)
                }
                if !items.isEmpty { return Answer(items: items, modelVersion: version, catalogue: catalogue) }
            } catch let error where !(error is CancellationError) {
                serving.logger.warning("related products not computed", metadata: ["error": "\(error)"])
            }
        }
        let categories = Set(asked.positions.map { catalogue.products[$0].category })
        let popular = try await serving.popular.first(limit, of: catalogue) { position in
            categories.contains(catalogue.products[position].category) && Self.admits(position, asked)
        }
        let from = asked.positions.first ?? 0
        return Answer(
            items: popular.map { Item(position: $0.position, score: $0.score, source: .popular, from: from) },
            modelVersion: nil,
            catalogue: catalogue
        )
    }

    @concurrent
    private func found(
        _ asked: Asked,
        _ limit: Int,
        _ bundle: ModelBundle,
        _ live: LivePointer,
        _ find: @Sendable (ModelBundle, Shelf) -> [Item]
    ) async -> [Item] {
        let maker = serving.makers.maker(bundle, asked.admitted, generation: live.generation)
        var selection = maker.selection(limit)
        selection.hidden = asked.hidden.compactMap(bundle.items.index).sorted()[...]
        let shelf = Shelf(
            selection: selection,
            admits: { Self.admits($0, asked) },
            added: added.placed(bundle, asked.admitted.catalogue),
            catalogue: asked.admitted.catalogue
        )
        return find(bundle, shelf)
    }

    private static func admits(_ position: Int, _ asked: Asked) -> Bool {
        asked.admitted.isAdmitted[position] && !asked.positions.contains(position)
            && !asked.hidden.contains(asked.admitted.catalogue.products[position].key)
    }

    // MARK: - Bought together

    private func boughtTogether(
        with positions: [Int],
        _ limit: Int,
        _ bundle: ModelBundle,
        _ shelf: Shelf
    ) -> [Item] {
        guard let baskets = bundle.models.baskets else { return [] }
        let keys = bundle.items.keys
        let cart = Profile(
            positions.compactMap { bundle.items.index(of: shelf.catalogue.products[$0].key) }
                .map { ProfileEntry(item: $0, weight: 1) }
        )
        var selection = shelf.selection
        selection.excludesProfile = true
        let found = baskets.recommend(cart, selection: selection)
        return zip(found, baskets.evidence(for: found, profile: cart)).compactMap { item, evidence in
            guard let position = shelf.catalogue.position(ofKey: keys[Int(item.item)]), let evidence,
                let from = shelf.catalogue.position(ofKey: keys[Int(evidence.item)])
            else { return nil }
            return Item(
                position: position,
                score: item.score,
                source: .baskets,
                from: from,
                orders: baskets.commonOrders(of: evidence.item, and: item.item)
            )
        }
    }

    // MARK: - Similar

    /// Neighbours by text that are asked for beyond the limit, for those that do not get in.
    private static let margin = 50

    /// The sum over what was asked about, each product's similarities between 0 and 1.
    private func similar(
        to positions: [Int],
        _ limit: Int,
        _ bundle: ModelBundle,
        _ shelf: Shelf
    ) -> [Item] {
        var items: [Int: (item: Item, largest: Float)] = [:]
        for from in positions {
            for neighbour in neighbours(of: from, limit, bundle, shelf) where shelf.admits(neighbour.position) {
                guard var known = items[neighbour.position] else {
                    items[neighbour.position] = (neighbour, neighbour.score)
                    continue
                }
                known.item.score += neighbour.score
                if neighbour.score > known.largest {
                    (known.largest, known.item.from, known.item.source) = (neighbour.score, from, neighbour.source)
                }
                items[neighbour.position] = known
            }
        }
        return items.values.map(\.item)
            .sorted { ($1.score, $0.position) < ($0.score, $1.position) }
            .prefix(limit).map(\.self)
    }

    /// The products like one: by the model's blend of behaviour and texts, those added since by their texts, and where these
    /// are too few, others by their texts.
    private func neighbours(
        of position: Int,
        _ limit: Int,
        _ bundle: ModelBundle,
        _ shelf: Shelf
    ) -> [Item] {
        func item(_ other: Int32, _ score: Float, _ source: Source) -> Item? {
            shelf.catalogue.position(ofKey: bundle.items.keys[Int(other)])
                .map { Item(position: $0, score: score, source: source, from: position) }
        }
        let content = bundle.models.content
        let depth = limit + Self.margin
        var items: [Item] = []
        let texts: [ScoredItem]
        let likeness: (Int) -> Float
        let known = bundle.items.index(of: shelf.catalogue.products[position].key)
        if let known {
            let similar = bundle.models.similar
            items = similar.entries(ofRow: Int(known)).compactMap {
                item(similar.indices[$0], similar.values[$0], .similarity)
            }
            texts = content?.similarItems(to: known, count: depth, allowing: shelf.selection.allowed) ?? []
            likeness = { row in
                guard let content, let features = shelf.added.features else { return 0 }
                return content.features.cosine(of: Int(known), with: row, of: features)
            }
        } else {
            guard let content, let features = shelf.added.features, let row = shelf.added.row(of: position) else {
                return []
            }
            texts = content.similarItems(toRow: row, of: features, count: depth, allowing: shelf.selection.allowed)
            likeness = { other in features.cosine(of: row, with: other, of: features) }
        }
        let others = shelf.added.positions.enumerated().map { ($0.element, likeness($0.offset)) }
            .filter { $0.0 != position && $0.1 > 0 }
        // As the model's blend: a product without customers counts by its text, beside the text that is nearest.
        let largest = max(texts.first?.score ?? 0, others.map(\.1).max() ?? 0)
        guard largest > 0 else { return items }
        items += others.map { Item(position: $0.0, score: $0.1 / largest, source: .content, from: position) }
        guard known == nil || items.count(where: { shelf.admits($0.position) }) < limit else { return items }
        // Texts come after what behaviour says of a product, and are all there is for one without any.
        let scale = known == nil ? 1 : min(1, items.map(\.score).min() ?? 1)
        let present = Set(items.map(\.position))
        items += texts.compactMap { item($0.item, scale * $0.score / largest, .content) }
            .filter { !present.contains($0.position) }
        return items
    }
}
