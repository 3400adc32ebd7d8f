import FoundationEssentials
package import Logging
package import Shop
import Synchronization
package import Threading

/// Keeps the live model in memory: read at first need, replaced when another goes live, the old one kept until the new one
/// is whole and checked.
///
/// A reader takes a value under a mutex and never waits for a load while there is any model to answer with; the first ones
/// wait for the one load there is. One version is read at a time, so at most two bundles are in memory: the one that serves
/// and the one that is being read. Reading and checking runs on the compute pool.
package final class ModelManager: Sendable {
    struct State {
        var bundle: ModelBundle?
        /// What is live as far as this process was told, and since when.
        var wanted: (version: String, since: Date)?
        /// The version that is being read.
        var loading: String?
        /// Finished when the load in flight ends, well or not.
        var waiters: [AsyncStream<Never>.Continuation] = []
        var failure: Failure?
    }

    /// A version that could not be read.
    struct Failure {
        var error: ModelLoadError
        var attempts: Int
        var since: Date
        var until: ContinuousClock.Instant
    }

    let store: ModelStore
    let models: ModelRepository
    let compute: ComputePool
    let logger: Logger
    let options: ModelManagerOptions
    let state = Mutex(State())

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

    /// A bundle to answer with while `version` is live: that version's, or the one it follows for as long as it takes to
    /// read the new one beside it, or longer while the new one cannot be read. What scored is in the bundle's `version`.
    ///
    /// Waits only when there is no model at all; the wait ends when its task is cancelled, the load goes on.
    /// - Throws: `ModelLoadError` when there is none and the version cannot be read, without a new attempt until the pause
    ///   after the last one is over.
    package func bundle(for version: String) async throws -> ModelBundle {
        while true {
            switch step(towards: version) {
            case .use(let bundle): return bundle
            case .refuse(let error): throw error
            case .wait(let end):
                for await _ in end {}
                try Task.checkCancellation()
            }
        }
    }

    /// Says that a version is live: it is read in the background, unless it is in memory, on its way or failed just now.
    package func follow(_ version: String) {
        state.withLock { state in approach(version, &state) }
    }

    /// Puts a bundle that is known to be live in place: one that this process fitted, or that was checked before it went live.
    package func adopt(_ bundle: ModelBundle) {
        state.withLock { state in
            want(bundle.version, &state)
            state.bundle = bundle
            if state.failure?.error.version == bundle.version { state.failure = nil }
        }
    }

    // MARK: - Steps

    private enum Step {
        case use(ModelBundle)
        case wait(AsyncStream<Never>)
        case refuse(ModelLoadError)
    }

    private func step(towards version: String) -> Step {
        state.withLock { state in
            approach(version, &state)
            if let bundle = state.bundle { return .use(bundle) }
            guard state.loading == nil else { return .wait(endOfLoad(&state)) }
            // Not loading after all: the pause after a failure.
            guard let failure = state.failure else { return .wait(AsyncStream { $0.finish() }) }
            return .refuse(failure.error)
        }
    }

    private func want(_ version: String, _ state: inout State) {
        if state.wanted?.version != version { state.wanted = (version, Date()) }
    }

    /// Starts to read a version if it is not there, nothing else is being read and it may be tried.
    private func approach(_ version: String, _ state: inout State) {
        want(version, &state)
        guard state.bundle?.version != version, state.loading == nil else { return }
        if let failure = state.failure, failure.error.version == version, failure.until > options.now() { return }
        state.loading = version
        _ = Task(executorPreference: compute) { await self.load(version) }
    }

    /// Ends when the load in flight does.
    func endOfLoad(_ state: inout State) -> AsyncStream<Never> {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        state.waiters.append(continuation)
        return stream
    }
}

/// When a model that could not be read is tried again.
package struct ModelManagerOptions: Sendable {
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
