package import Shop
import Synchronization

/// What a list of trends is made of.
package enum TrendBasis: String, Sendable, CaseIterable {
    /// The events in the window.
    case window
    /// The purchases of all time: too few products have events in the window.
    case purchases
}

/// Popular and trending products, computed from the events and reused for a minute: what newcomers get, and `GET /trending`.
package final class PopularProducts: Sendable {
    /// A product's position in the catalogue with its time-decayed score.
    package struct Ranked: Sendable, Equatable {
        package var position: Int
        /// Weights of events, halved with each quarter of the window; 0 for a product without events in it.
        package var score: Float
    }

    /// What sells now, best first.
    package struct Trends: Sendable {
        package var products: [Ranked]
        package var basis: TrendBasis
    }

    private struct Entry {
        var computedAt: ContinuousClock.Instant
        let scored: [(productKey: Int64, score: Double)]
        /// Those that can be bought, as positions of this catalogue.
        var catalogue: CatalogueSnapshot
        var ranked: [Ranked]
    }

    private let interactions: InteractionRepository
    private let options: ServingOptions
    private let entries = Mutex<[Int: Entry]>([:])

    /// Windows whose products are cached; callers that name more of them must not grow the table without bound.
    private static let maximumWindows = 16
    /// Products cached for each window.
    private static let depth = 1_000
    /// Fewer products than these are no trend: a shelf of them would be nearly empty, as after the first view in a shop whose
    /// imported events are old.
    private static let fewestTrending = 8
    /// What an event of each type adds to a product's score. Only events that show demand for the product count.
    private static let weights: [InteractionType: Double] = [InteractionType.view, .addToCart, .purchase].reduce(
        into: [:]) { table, type in
            table[type] = Double(InteractionWeights.weight(of: type, value: nil))
        }

    package init(interactions: InteractionRepository, options: ServingOptions) {
        self.interactions = interactions
        self.options = options
    }

    /// The first so many of the products that are wanted: those with events in the usual window, then, so that a list is
    /// never short while there are products, the rest by purchases with score 0.
    func first(
        _ count: Int,
        of catalogue: CatalogueSnapshot,
        where isWanted: (Int) -> Bool
    ) async throws -> [Ranked] {
        let trending = try await trending(catalogue, windowSeconds: options.trendingWindowSeconds)
        var first: [Ranked] = []
        for ranked in trending where first.count < count && isWanted(ranked.position) { first.append(ranked) }
        guard first.count < count else { return first }
        let present = Set(first.map(\.position))
        for position in catalogue.sellableByPurchases where !present.contains(position) && isWanted(position) {
            first.append(Ranked(position: position, score: 0))
            if first.count == count { break }
        }
        return first
    }

    /// What sells now, of the products that are wanted: those with events in the window, or, when these are fewer than eight and not
    /// all there are, the most purchased of all time with score 0.
    package func trends(
        _ catalogue: CatalogueSnapshot,
        windowSeconds: Int,
        where isWanted: (Int) -> Bool
    ) async throws -> Trends {
        let trending = try await trending(catalogue, windowSeconds: windowSeconds).filter { isWanted($0.position) }
        guard trending.count < Self.fewestTrending else { return Trends(products: trending, basis: .window) }
        let all = catalogue.sellableByPurchases.filter(isWanted)
        guard trending.count < all.count else { return Trends(products: trending, basis: .window) }
        return Trends(products: all.prefix(Self.depth).map { Ranked(position: $0, score: 0) }, basis: .purchases)
    }

    /// Only products with events in the window.
    package func trending(_ catalogue: CatalogueSnapshot, windowSeconds: Int) async throws -> [Ranked] {
        let now = ContinuousClock.now
        let (known, isCurrent) = entries.withLock { entries -> (Entry?, Bool) in
            guard let known = entries[windowSeconds] else { return (nil, false) }
            if now - known.computedAt < options.trendingTTL { return (known, true) }
            // One request computes; those that come meanwhile take what there is.
            entries[windowSeconds]?.computedAt = now
            return (known, false)
        }
        if let known, isCurrent {
            if known.catalogue === catalogue { return known.ranked }
            return store(known.scored, windowSeconds, catalogue, computedAt: known.computedAt)
        }
        do {
            let scored = try await interactions.trending(
                windowSeconds: windowSeconds,
                limit: Self.depth,
                weights: Self.weights
            )
            return store(scored, windowSeconds, catalogue, computedAt: now)
        } catch {
            if let known { entries.withLock { $0[windowSeconds]?.computedAt = known.computedAt } }
            throw error
        }
    }

    private func store(
        _ scored: [(productKey: Int64, score: Double)],
        _ windowSeconds: Int,
        _ catalogue: CatalogueSnapshot,
        computedAt: ContinuousClock.Instant
    ) -> [Ranked] {
        let ranked = scored.compactMap { productKey, score -> Ranked? in
            guard let position = catalogue.position(ofKey: productKey), catalogue.isSellable[position] else {
                return nil
            }
            return Ranked(position: position, score: Float(score))
        }
        entries.withLock { entries in
            if entries.count >= Self.maximumWindows, entries[windowSeconds] == nil { entries.removeAll() }
            entries[windowSeconds] = Entry(
                computedAt: computedAt,
                scored: scored,
                catalogue: catalogue,
                ranked: ranked
            )
        }
        return ranked
    }
}
