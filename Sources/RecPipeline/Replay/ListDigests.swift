import AzureBlob
package import RecEngine
package import Shop
import TextFormats

/// A 64-bit digest of each customer's lists, in the job's order: enough to tell which lists differ.
package struct ListDigests: Sendable, Equatable {
    /// The job's customers in its order.
    package let users: KeyIndex
    /// One a customer; 0 where there is no such list, or it is not known yet.
    private var discover: [UInt64]
    private var buyAgain: [UInt64]

    package init(users: KeyIndex) {
        self.users = users
        discover = [UInt64](repeating: 0, count: users.count)
        buyAgain = discover
    }

    /// Those of a job whose chunks are done.
    /// - Throws: `BatchError` unless the chunks hold each customer once.
    init(users: KeyIndex, _ results: [ChunkResult]) throws {
        self.init(users: users)
        var next = 0
        for result in results {
            guard result.chunk.users.lowerBound == next, result.chunk.users.upperBound <= users.count,
                result.digests.count == 2 * result.chunk.users.count
            else { throw BatchError("the chunks do not hold each customer once: there is a fault at customer \(next)") }
            for (user, word) in zip(result.chunk.users, stride(from: 0, to: result.digests.count, by: 2)) {
                discover[user] = UInt64(bitPattern: result.digests[word])
                buyAgain[user] = UInt64(bitPattern: result.digests[word + 1])
            }
            next = result.chunk.users.upperBound
        }
        guard next == users.count else {
            throw BatchError("the chunks hold \(next) customers, the job has \(users.count)")
        }
    }

    /// Customers without a "discover" list: they are quarantined.
    var missing: Int { discover.count { $0 == 0 } }

    /// The digests of some customers' rows as a chunk stores them: two each, in their order.
    /// - Parameter rows: in the order of `users`.
    static func words(of rows: [CacheRow], users: some Sequence<Int64>) -> [Int64] {
        var words: [Int64] = []
        words.reserveCapacity(2 * rows.count)
        var rest = rows[...]
        for user in users {
            for list in [ListKind.discover, .buyAgain] {
                guard let row = rest.first, row.userKey == user, row.list == list else {
                    words.append(0)
                    continue
                }
                words.append(Int64(bitPattern: digest(row)))
                rest.removeFirst()
            }
        }
        return words
    }

    /// CRC-64 of the list's JSON.
    package static func digest(_ row: CacheRow) -> UInt64 { CRC64(row.payload).value }

    /// Adds a row as it was read: jsonb changes the blanks between values, so the list is encoded again first.
    package mutating func add(_ userKey: Int64, _ list: ListKind, _ payload: String) throws {
        self[userKey, list] = CRC64(try StoredList(json: Array(payload.utf8)).jsonBytes()).value
    }

    /// The digest of one list; 0 when there is none.
    package private(set) subscript(userKey: Int64, list: ListKind) -> UInt64 {
        get {
            guard let row = users.index(of: userKey) else { return 0 }
            return list == .discover ? discover[Int(row)] : buyAgain[Int(row)]
        }
        set {
            guard let row = users.index(of: userKey) else { return }
            switch list {
            case .discover: discover[Int(row)] = newValue
            case .buyAgain: buyAgain[Int(row)] = newValue
            }
        }
    }

    // MARK: - Archive

    /// `user_key`, `discover` and `buy_again`, in the order of `users`.
    package func archive() -> NPZArchive {
        NPZArchive([
            NPYArray(name: "user_key", users.keys),
            NPYArray(name: "discover", discover.map { Int64(bitPattern: $0) }),
            NPYArray(name: "buy_again", buyAgain.map { Int64(bitPattern: $0) }),
        ])
    }

    package init(archive: NPZArchive) throws {
        func digests(_ name: String) throws -> [UInt64] {
            try archive.integers(name).map { UInt64(bitPattern: Int64($0)) }
        }
        let keys = try archive.integers("user_key").map(Int64.init)
        discover = try digests("discover")
        buyAgain = try digests("buy_again")
        guard keys.count == discover.count, keys.count == buyAgain.count, keys.allSatisfy({ $0 > 0 }),
            Set(keys).count == keys.count
        else {
            throw ModelArtifactError(path: "lists.npz", reason: "holds no table of customers and digests")
        }
        users = KeyIndex(keys: keys)
    }
}
