package import FoundationEssentials
package import Logging
package import Shop
import Synchronization
package import Threading

/// Which model answers in this process, which one is live, and why the two differ.
package struct ModelStatus: Sendable, Equatable {
    /// Why the live version is not in memory.
    package struct Failure: Sendable, Equatable {
        /// In words for anybody: names no host, no account and no path outside the store.
        package var reason: String
        /// The first failure in a row.
        package var since: Date
        package var attempts: Int
    }

    /// The version in memory.
    package var serving: String?
    /// The version that is live, as far as this process was told.
    package var live: String?
    /// When this process was told.
    package var liveSince: Date?
    package var isLoading: Bool
    /// Set while the live version could not be read.
    package var failure: Failure?
}

/// Holds the live models in memory, one a variant: each is read at first need and left when another goes live in its stead; the
/// old one serves until the new one has been read and checked.
///
/// A reader takes a value under a mutex and never waits for a load while there is any model to answer with; the first ones
/// wait for the one load there is. One version is read at a time, and before it is read the least recently used ones leave
/// until it fits. Reading and checking runs on the compute pool.
package final class ModelManager: Sendable {
    private struct State {
        /// Most recently used first.
        var bundles: [ModelBundle] = []
        /// What is live as far as this process was told, for whom if that was said, and since when; most recently named first.
        var live: [(version: String, variant: Variant?, since: Date)] = []
        /// The version that is being read.
        var loading: String?
        /// Finished when the load in flight ends, with or without a bundle.
        var waiters: [AsyncStream<Never>.Continuation] = []
        var failures: [String: Failure] = [:]

        mutating func setLive(_ version: String, for variant: Variant? = nil) {
            var entry = (version, variant, since: Date())
            if let index = live.firstIndex(where: { $0.version == version }) {
                let known = live.remove(at: index)
                entry = (version, variant ?? known.variant, since: known.since)
            }
            live.insert(entry, at: 0)
        }

        /// Finds a bundle and makes it the most recently used one.
        mutating func use(_ version: String) -> ModelBundle? {
            guard let index = bundles.firstIndex(where: { $0.version == version }) else { return nil }
            if index > 0 { bundles.insert(bundles.remove(at: index), at: 0) }
            return bundles[0]
        }

        mutating func hold(_ bundle: ModelBundle, atMost capacity: Int) {
            bundles.removeAll { $0.version == bundle.version }
            bundles.insert(bundle, at: 0)
            failures[bundle.version] = nil
            if bundles.count > capacity { bundles.removeLast(bundles.count - capacity) }
        }

        func isLive(_ version: String) -> Bool { live.contains { $0.version == version } }

        /// Lets bundles leave that nothing serves any more. One stays to answer until every live one is here.
        mutating func dropRetired() {
            let missing = live.contains { entry in !bundles.contains { $0.version == entry.version } }
            let kept = bundles.filter { isLive($0.version) }
            if !kept.isEmpty, !missing { bundles = kept }
        }

        /// A stream that ends when the load in flight does.
        mutating func loadEnd() -> AsyncStream<Never> {
            let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
            waiters.append(continuation)
            return stream
        }
    }

    /// A version that could not be read.
    private struct Failure {
        var error: ModelLoadError
        var attempts: Int
        var since: Date
        /// No new attempt before.
        var until: ContinuousClock.Instant
    }

    private let store: ModelStore
    private let models: ModelRepository
    private let compute: ComputePool
    private let logger: Logger
    private let options: ModelManagerOptions
    private let state = Mutex(State())

    package init(
        store: ModelStore,
        models: ModelRepository,
        compute: ComputePool,
        logger: Logger,
        options: ModelManagerOptions = ModelManagerOptions()
    ) {
        self.store = store
        self.models = models
        self.compute = compute
        self.logger = logger
        self.options = options
    }

    /// A bundle to answer with while `version` is live: that version's, or the one that was used last for as long as it takes
    /// to read the new one beside it, or longer while the new one cannot be read. What scored is in the bundle's `version`.
    ///
    /// Waits only when there is no model at all; the wait ends when its task is cancelled, the load goes on.
    /// - Throws: `ModelLoadError` when there is none and the version cannot be read, without a new attempt until the pause
    ///   after the last one is over.
    package func bundle(for version: String) async throws -> ModelBundle {
        while true {
            switch nextStep(for: version) {
            case .use(let bundle): return bundle
            case .refuse(let error): throw error
            case .wait(let end):
                for await _ in end {}
                try Task.checkCancellation()
            }
        }
    }

    /// The bundle of `version` and no other, for work that must not mix models; waits while another load is in flight.
    /// - Throws: `ModelLoadError` when it cannot be read.
    package func exactBundle(for version: String) async throws -> ModelBundle {
        if let held = state.withLock({ $0.use(version) }) { return held }
        return try await withLoaded(version) { bundle in
            state.withLock { $0.hold(bundle, atMost: options.capacity) }
            return bundle
        }
    }

    /// Says that a version is live: it is read in the background, unless it is in memory, on its way or failed just now.
    package func setLive(version: String) {
        state.withLock { state in startLoadIfNeeded(version, &state) }
    }

    /// Says what is live, a version a variant and nothing else: the first one that is not in memory is read in the background,
    /// and bundles that are live no more leave.
    package func setLive(_ pointers: [LivePointer]) {
        let versions = Set(pointers.map(\.modelVersion))
        // The default variant's is named last: ``status`` is of that one.
        let ordered = pointers.filter { $0.variant != .default } + pointers.filter { $0.variant == .default }
        state.withLock { state in
            state.live.removeAll { !versions.contains($0.version) }
            state.failures = state.failures.filter { versions.contains($0.key) }
            for pointer in ordered {
                state.setLive(pointer.modelVersion, for: pointer.variant)
                startLoadIfNeeded(pointer.modelVersion, &state)
            }
            state.dropRetired()
        }
    }

    /// Says that a bundle is live for a variant and serves it: one that this process fitted, or that was checked before it went
    /// live. The one before it leaves.
    package func setLive(_ bundle: ModelBundle, for variant: Variant = .default) {
        state.withLock { state in
            state.live.removeAll { $0.version != bundle.version && ($0.variant ?? variant) == variant }
            state.setLive(bundle.version, for: variant)
            state.hold(bundle, atMost: options.capacity)
            state.dropRetired()
        }
    }

    /// Of the version that was last said to be live.
    package var status: ModelStatus { state.withLock { Self.status($0, of: $0.live.first?.version) } }

    /// For readiness; costs a mutex.
    package func status(of version: String) -> ModelStatus { state.withLock { Self.status($0, of: version) } }

    private static func status(_ state: State, of version: String?) -> ModelStatus {
        let isHeld = version.map { version in state.bundles.contains { $0.version == version } } ?? false
        var status = ModelStatus(
            serving: isHeld ? version : state.bundles.first?.version,
            live: version,
            liveSince: state.live.first { $0.version == version }?.since,
            isLoading: state.loading != nil
        )
        if let version, let failure = state.failures[version] {
            status.failure = .init(reason: failure.error.reason, since: failure.since, attempts: failure.attempts)
        }
        return status
    }

    /// Reads a version from the store, whatever is live and however often it failed, and lends it to `body`: to check that
    /// it can be served before it goes live. Nothing else is read until `body` has ended.
    /// - Throws: `ModelLoadError`, or what `body` throws.
    package func withLoaded<T: Sendable>(
        _ version: String,
        _ body: (ModelBundle) async throws -> T
    ) async throws -> T {
        while let end = beginLoad(version) {
            for await _ in end {}
            try Task.checkCancellation()
        }
        defer { endLoad { _ in } }
        let bundle = try await withTaskExecutorPreference(compute) { try await read(version) }
        return try await body(bundle)
    }

    // MARK: - Loads

    private enum Step {
        case use(ModelBundle)
        case wait(AsyncStream<Never>)
        case refuse(ModelLoadError)
    }

    private func nextStep(for version: String) -> Step {
        state.withLock { state in
            startLoadIfNeeded(version, &state)
            if let bundle = state.use(version) ?? state.bundles.first { return .use(bundle) }
            guard state.loading == nil else { return .wait(state.loadEnd()) }
            // No load was started: this is the pause after a failure.
            guard let failure = state.failures[version] else { return .wait(AsyncStream { $0.finish() }) }
            return .refuse(failure.error)
        }
    }

    /// Starts to read a version if it is not there, nothing else is being read and it may be tried.
    private func startLoadIfNeeded(_ version: String, _ state: inout State) {
        state.setLive(version)
        guard state.loading == nil, !state.bundles.contains(where: { $0.version == version }) else { return }
        if let failure = state.failures[version], failure.until > options.now() { return }
        state.loading = version
        _ = Task(executorPreference: compute) { await self.load(version) }
    }

    /// Reads a version and serves it, if it is still live or there is nothing else.
    private func load(_ version: String) async {
        do {
            let bundle = try await read(version)
            let isServed = endLoad { state in
                state.failures[version] = nil
                // Another one went live meanwhile and is here already: a late bundle is not worth its memory.
                guard state.bundles.isEmpty || state.isLive(version) else { return false }
                state.hold(bundle, atMost: options.capacity)
                return true
            }
            logger.info(
                isServed ? "model loaded" : "model loaded too late, another one is live",
                metadata: ["model_version": "\(version)"]
            )
        } catch {
            let serving = endLoad { state in
                note(error, &state)
                return state.bundles.first?.version
            }
            logger.error(
                "model not loaded",
                metadata: [
                    "model_version": "\(version)", "serving": "\(serving ?? "no model")",
                    "error": "\(error.underlying)",
                ]
            )
        }
    }

    /// - Returns: `nil` when this caller may read, else what ends when it may ask again.
    private func beginLoad(_ version: String) -> AsyncStream<Never>? {
        state.withLock { state in
            guard state.loading == nil else { return state.loadEnd() }
            state.loading = version
            return nil
        }
    }

    private func read(_ version: String) async throws(ModelLoadError) -> ModelBundle {
        do {
            guard let record = try await models.find(version) else {
                throw ModelLoadError.unknown(version)
            }
            return try await store.load(record) { bytes in
                state.withLock { state in
                    // The most recently used one stays: there is always something to answer with.
                    var held = state.bundles.reduce(0) { $0 + $1.manifest.memoryBytes }
                    while state.bundles.count > 1, held + bytes > options.memoryLimit {
                        held -= state.bundles.removeLast().manifest.memoryBytes
                    }
                }
            }
        } catch {
            throw ModelLoadError(error, version: version)
        }
    }

    /// Lets the next load begin, changes the state in the same moment and wakes the waiters.
    @discardableResult
    private func endLoad<T: Sendable>(_ change: (inout State) -> T) -> T {
        let (result, waiters) = state.withLock { state in
            state.loading = nil
            defer { state.waiters = [] }
            return (change(&state), state.waiters)
        }
        for waiter in waiters { waiter.finish() }
        return result
    }

    private func note(_ error: ModelLoadError, _ state: inout State) {
        let previous = state.failures[error.version]
        let attempts = (previous?.attempts ?? 0) + 1
        state.failures[error.version] = Failure(
            error: error,
            attempts: attempts,
            since: previous?.since ?? Date(),
            until: options.now() + options.pause(after: attempts)
        )
    }
}

/// How many models are held, and when one that could not be read is tried again.
package struct ModelManagerOptions: Sendable {
    /// Bundles held at the most: the default variant's, an experiment's, and the one that is being replaced.
    package var capacity = 3
    /// Bytes that the bundles may take together, by what their manifests say. The one that was used last stays whatever it takes.
    package var memoryLimit = InstanceMemory.limit
    /// The pause after the first failure; each further one doubles it.
    package var firstPause: Duration = .seconds(2)
    /// An outage of the store is noticed to be over within this time.
    package var longestPause: Duration = .seconds(60)
    /// The clock of the pauses.
    package var now: @Sendable () -> ContinuousClock.Instant = { .now }

    package init() {}

    /// The pause after so many failures in a row, at least one.
    func pause(after attempts: Int) -> Duration {
        min(longestPause, firstPause * (1 << min(attempts - 1, 20)))
    }
}
