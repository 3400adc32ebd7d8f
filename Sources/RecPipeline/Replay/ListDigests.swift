import AzureBlob
package import RecEngine
package import Shop
import TextFormats

/// A 64-bit digest of each customer's list, in the job's order: enough to tell which lists differ.
package struct ListDigests: Sendable, Equatable {
    /// The job's customers in its order.
    package let users: KeyIndex
    /// One a customer; nil until it is known.
    private var values: [UInt64?]

    package init(users: KeyIndex) {
        self.users = users
        values = [UInt64?](repeating: nil, count: users.count)
    }

    /// Whether every customer's digest is known.
    package var isComplete: Bool { values.allSatisfy { $0 != nil } }

    /// Adds rows as they are written.
    package mutating func add(_ rows: [CacheRow]) {
        for row in rows where row.list == .discover { set(row.userKey, Self.digest(row)) }
    }

    /// CRC-64 of the list's JSON.
    package static func digest(_ row: CacheRow) -> UInt64 { CRC64(row.payload).value }

    /// Adds a row as it was read: jsonb changes the blanks between values, so the list is encoded again first.
    package mutating func add(_ userKey: Int64, _ payload: String) throws {
        set(userKey, CRC64(try StoredList(json: Array(payload.utf8)).jsonBytes()).value)
    }

    /// The digest of one customer's list; nil when it is not known.
    package subscript(userKey: Int64) -> UInt64? {
        users.index(of: userKey).flatMap { values[Int($0)] }
    }

    private mutating func set(_ userKey: Int64, _ digest: UInt64) {
        if let row = users.index(of: userKey) { values[Int(row)] = digest }
    }

    // MARK: - Archive

    /// `user_key` and `digest`, 0 where it is not known, in the order of `users`.
    package func archive() -> NPZArchive {
        NPZArchive([
            NPYArray(name: "user_key", users.keys),
            NPYArray(name: "digest", values.map { Int64(bitPattern: $0 ?? 0) }),
        ])
    }

    package init(archive: NPZArchive) throws {
        let keys = try archive.integers("user_key").map(Int64.init)
        let digests = try archive.integers("digest").map { UInt64(bitPattern: Int64($0)) }
        guard keys.count == digests.count, keys.allSatisfy({ $0 > 0 }), Set(keys).count == keys.count else {
            throw ModelArtifactError(path: "lists.npz", reason: "holds no table of customers and digests")
        }
        self.init(users: KeyIndex(keys: keys))
        values = digests
    }
}
