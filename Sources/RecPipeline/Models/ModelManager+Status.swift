package import FoundationEssentials
import Synchronization

/// Which model answers in this process, which one should, and what stands between them.
package struct ModelStatus: Sendable, Equatable {
    /// Why the wanted version is not here.
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
    package var wanted: String?
    /// When this process was told.
    package var wantedSince: Date?
    package var isLoading: Bool
    /// Set while the wanted version could not be read.
    package var failure: Failure?
}

extension ModelManager {
    /// For readiness; costs a mutex.
    package var status: ModelStatus {
        state.withLock { state in
            var status = ModelStatus(
                serving: state.bundle?.version,
                wanted: state.wanted?.version,
                wantedSince: state.wanted?.since,
                isLoading: state.loading != nil
            )
            if let failure = state.failure, failure.error.version == status.wanted {
                status.failure = .init(
                    reason: failure.error.reason,
                    since: failure.since,
                    attempts: failure.attempts
                )
            }
            return status
        }
    }

    /// The model in memory, whatever its version.
    package var current: ModelBundle? { state.withLock { $0.bundle } }
}
