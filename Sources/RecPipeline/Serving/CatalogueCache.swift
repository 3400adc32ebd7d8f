import RecEngine
package import Shop
import Synchronization

/// Hands out the catalogue snapshot. At most once a second one request reads the version row for all; the others use the
/// snapshot that is there. A new version replaces the old when it has been read to its end.
package final class CatalogueCache: Sendable {
    private struct State {
        var snapshot: CatalogueSnapshot?
        var checkedAt: ContinuousClock.Instant?
        var loading: Task<CatalogueSnapshot, any Error>?
    }

    private let products: ProductRepository
    private let state = Mutex(State())
    /// How old the answer to "is there a newer version" may be.
    private let checkInterval: Duration

    package init(products: ProductRepository, checkInterval: Duration = .seconds(1)) {
        self.products = products
        self.checkInterval = checkInterval
    }

    private enum Step {
        case use(CatalogueSnapshot)
        case check(CatalogueSnapshot)
        case wait(Task<CatalogueSnapshot, any Error>)
    }

    /// The current snapshot; the first call loads it.
    /// - Parameter isChecked: asks for the version however short ago it was asked: for a product that was added just now.
    package func current(isChecked: Bool = false) async throws -> CatalogueSnapshot {
        switch next(isChecked: isChecked) {
        case .use(let snapshot):
            return snapshot
        case .wait(let task):
            return try await task.value
        case .check(let snapshot):
            // While the database does not answer, the old catalogue serves; the next check is a second from now.
            guard let version = try? await products.catalogueVersion(), version != snapshot.version else {
                return snapshot
            }
            return try await load().value
        }
    }

    /// Reads the catalogue again after a change by this process, so that its next answers show it. While the database does not
    /// answer, the old one stays; the next check finds the change.
    package func refresh() async {
        guard let loading = state.withLock({ $0.loading }) else {
            _ = try? await load().value
            return
        }
        // What is being read may be from before the change.
        _ = try? await loading.value
        _ = try? await load().value
    }

    private func next(isChecked: Bool) -> Step {
        state.withLock { state in
            let now = ContinuousClock.now
            guard let snapshot = state.snapshot else { return .wait(startLoading(&state)) }
            if !isChecked, let checkedAt = state.checkedAt, now - checkedAt < checkInterval { return .use(snapshot) }
            state.checkedAt = now
            return .check(snapshot)
        }
    }

    private func load() -> Task<CatalogueSnapshot, any Error> {
        state.withLock { startLoading(&$0) }
    }

    private func startLoading(_ state: inout State) -> Task<CatalogueSnapshot, any Error> {
        if let loading = state.loading { return loading }
        let task = Task {
            defer { self.state.withLock { $0.loading = nil } }
            // The version first: a change between the two reads makes the snapshot newer than its number, never older.
            let version = try await products.catalogueVersion()
            let snapshot = CatalogueSnapshot(version: version, products: try await products.all())
            self.state.withLock { state in
                state.snapshot = snapshot
                state.checkedAt = .now
            }
            return snapshot
        }
        state.loading = task
        return task
    }
}

/// The catalogue in memory: all that a product card needs, immutable, replaced when the catalogue changes.
///
/// About 1 kB a product with its description left out of cards.
package final class CatalogueSnapshot: Sendable {
    /// The catalogue version this was read at or before.
    package let version: Int64
    /// In byte order of product ids.
    package let products: [Product]
    /// Whether the product at each position can be offered. Kept beside the products because reading a flag through them
    /// copies a product with its strings.
    package let isSellable: [Bool]
    /// Positions of the sellable products, most purchased first, equal ones by id.
    package let sellableByPurchases: [Int]
    private let index: KeyIndex

    package init(version: Int64, products: [Product]) {
        self.version = version
        self.products = products
        isSellable = products.map(\.isSellable)
        let purchases = products.map(\.purchaseCount)
        sellableByPurchases = products.indices.filter { products[$0].isSellable }.sorted { left, right in
            purchases[left] != purchases[right] ? purchases[left] > purchases[right] : left < right
        }
        index = KeyIndex(keys: products.map(\.key))
    }

    /// Position of a product in `products` by external id. Cost: O(log products).
    package func position(ofID productID: String) -> Int? {
        let found = products.indices.partition { products[$0].productID.utf8.lexicographicallyPrecedes(productID.utf8) }
        return found < products.count && products[found].productID == productID ? found : nil
    }

    /// Position of a product in `products` by internal key.
    package func position(ofKey key: Int64) -> Int? { index.index(of: key).map(Int.init) }
}
