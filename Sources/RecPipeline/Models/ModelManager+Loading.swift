import FoundationEssentials
import Logging
import Shop
import Synchronization
import Threading

extension ModelManager {
    /// Reads a version and puts it in place, if it is still what is wanted or there is nothing else.
    func load(_ version: String) async {
        do {
            let bundle = try await read(version)
            let isPlaced = endLoading { state in
                if state.failure?.error.version == version { state.failure = nil }
                // Another one went live meanwhile and is here already: a late bundle must not take its place.
                guard state.bundle == nil || state.wanted?.version == version else { return false }
                state.bundle = bundle
                return true
            }
            logger.info(
                isPlaced ? "model loaded" : "model loaded too late, another one is live",
                metadata: ["model_version": "\(version)"]
            )
        } catch {
            let serving = endLoading { state in
                note(error, &state)
                return state.bundle?.version
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

    /// Reads a version from the store, whatever is live and however often it failed, and lends it to `body`: to check that
    /// it can be served before it goes live. Nothing else is read until `body` has ended.
    /// - Throws: `ModelLoadError`, or what `body` throws.
    package func withLoaded<T: Sendable>(
        _ version: String,
        _ body: (ModelBundle) async throws -> T
    ) async throws -> T {
        while let end = takeTurn(version) {
            for await _ in end {}
            try Task.checkCancellation()
        }
        defer { endLoading { _ in } }
        let bundle = try await withTaskExecutorPreference(compute) { try await read(version) }
        return try await body(bundle)
    }

    /// - Returns: `nil` when this caller may read, else what ends when it may ask again.
    private func takeTurn(_ version: String) -> AsyncStream<Never>? {
        state.withLock { state in
            guard state.loading == nil else { return endOfLoad(&state) }
            state.loading = version
            return nil
        }
    }

    private func read(_ version: String) async throws(ModelLoadError) -> ModelBundle {
        do {
            guard let record = try await models.find(version) else {
                throw ModelLoadError.unknown(version)
            }
            return try await store.load(record)
        } catch {
            throw ModelLoadError(error, version: version)
        }
    }

    /// Frees the turn, changes the state in the same moment and wakes who waits.
    @discardableResult
    private func endLoading<T: Sendable>(_ change: (inout State) -> T) -> T {
        let (result, waiters) = state.withLock { state in
            state.loading = nil
            defer { state.waiters = [] }
            return (change(&state), state.waiters)
        }
        for waiter in waiters { waiter.finish() }
        return result
    }

    private func note(_ error: ModelLoadError, _ state: inout State) {
        let previous = state.failure?.error.version == error.version ? state.failure : nil
        let attempts = (previous?.attempts ?? 0) + 1
        state.failure = Failure(
            error: error,
            attempts: attempts,
            since: previous?.since ?? Date(),
            until: options.now() + options.pause(after: attempts)
        )
    }
}
