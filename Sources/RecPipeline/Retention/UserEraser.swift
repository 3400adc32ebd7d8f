package import Shop

/// Stored files that hold somebody who was erased: folders of data sets, versions of models.
package struct StoredErasure: Sendable, Equatable {
    package var dataSets: [String] = []
    package var models: [String] = []
}

/// Erases a user everywhere: rows at once; data sets and models that were made with them at the next housekeeping, or at once too.
package struct UserEraser: Sendable {
    private let users: UserRepository
    private let retention: ArtifactRetention
    private let housekeeping: HousekeepingRepository

    package init(users: UserRepository, retention: ArtifactRetention, housekeeping: HousekeepingRepository) {
        self.users = users
        self.retention = retention
        self.housekeeping = housekeeping
    }

    /// - Parameter isImmediate: whether files are removed before this returns. What is served at the moment stays until the next
    ///   full run, which is due from now on.
    /// - Returns: what was removed and what is left, or nil when there is no such user.
    /// - Throws: `BlobStoreError` before anything is erased, when the store does not answer.
    package func erase(_ userID: String, isImmediate: Bool) async throws -> Erasure? {
        // While the store does not answer nothing is erased, and the request can be sent again.
        _ = try await retention.held()
        guard let rows = try await users.erase(userID) else { return nil }
        var erasure = Erasure(rows: rows)
        let held = try await retention.held()
        if isImmediate {
            _ = try await retention.removeErased()
            erasure.left = try await retention.held()
            erasure.removed = StoredErasure(
                dataSets: held.dataSets.filter { !erasure.left.dataSets.contains($0) },
                models: held.models.filter { !erasure.left.models.contains($0) }
            )
        } else {
            erasure.left = held
        }
        if erasure.left != StoredErasure() { try await housekeeping.request() }
        return erasure
    }

    /// What the erasure of a user did.
    package struct Erasure: Sendable, Equatable {
        package var rows: UserErasure
        package var removed = StoredErasure()
        /// Still there: removed by the next housekeeping, or after the next full run where it is served now.
        package var left = StoredErasure()
    }
}
