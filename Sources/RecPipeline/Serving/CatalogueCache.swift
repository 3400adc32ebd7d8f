import Logging
package import Shop
import Synchronization

/// Hands out the catalogue snapshot. The version row is asked at most once a second, by one request for all; the others go on
/// with what is there. A new version is read whole before it replaces the old.
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

    /// The current snapshot; loads it at first need.
    package func current() async throws -> CatalogueSnapshot {
        switch next() {
        case .use(let snapshot):
            return snapshot
        case .wait(let task):
            return try await task.value
        case .check(let snapshot):
            // While the database is away the old catalogue serves; the next check is a second from now.
            guard let version = try? await products.catalogueVersion(), version != snapshot.version else {
                return snapshot
            }
            return try await load().value
        }
    }

    private func next() -> Step {
        state.withLock { state in
            let now = ContinuousClock.now
            guard let snapshot = state.snapshot else { return .wait(startLoading(&state)) }
            if let checkedAt = state.checkedAt, now - checkedAt < checkInterval { return .use(snapshot) }
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
