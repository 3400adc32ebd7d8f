package import Shop
import Synchronization

/// Popular and trending products, computed from the events and reused for a minute: what newcomers get, and `GET /trending`.
package final class PopularProducts: Sendable {
    /// A product's position in the catalogue with its time-decayed score.
    package struct Ranked: Sendable, Equatable {
        package var position: Int
        /// Weights of events, halved with each quarter of the window; 0 for a product without events in it.
        package var score: Float
    }

    private struct Entry {
        var computedAt: ContinuousClock.Instant
        var ranked: [(productKey: Int64, score: Double)]
    }

    private let interactions: InteractionRepository
    private let options: ServingOptions
    private let entries = Mutex<[Int: Entry]>([:])

    /// Windows whose products are cached; callers that name more of them must not grow the table without bound.
    private static let maximumWindows = 16
    /// Products cached for each window.
    private static let depth = 1_000
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

    /// Only products with events in the window.
    package func trending(_ catalogue: CatalogueSnapshot, windowSeconds: Int) async throws -> [Ranked] {
        let now = ContinuousClock.now
        let known = entries.withLock { entries in
            entries[windowSeconds].flatMap { now - $0.computedAt < options.trendingTTL ? $0.ranked : nil }
        }
        let scored: [(productKey: Int64, score: Double)]
        if let known {
            scored = known
        } else {
            scored = try await interactions.trending(
                windowSeconds: windowSeconds,
                limit: Self.depth,
                weights: Self.weights
            )
            entries.withLock { entries in
                if entries.count >= Self.maximumWindows, entries[windowSeconds] == nil { entries.removeAll() }
                entries[windowSeconds] = Entry(computedAt: now, ranked: scored)
            }
        }
        return scored.compactMap { productKey, score in
            guard let position = catalogue.position(ofKey: productKey), catalogue.isSellable[position] else {
                return nil
            }
            return Ranked(position: position, score: Float(score))
        }
    }
}
