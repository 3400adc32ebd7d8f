/// What each person must not be shown, row by row as in a ``ProfileTable``: what they hid, and in a list of new items what
/// they have already.
///
/// Which items these are is the caller's business. 4 bytes an entry.
public struct HiddenItems: Sendable, Equatable {
    /// `count + 1` offsets into `items`.
    private let indptr: [Int]
    /// Items of all rows, ascending within a row.
    private let items: [Int32]

    /// Number of rows, one a user.
    public var count: Int { indptr.count - 1 }

    /// From any pairs of user and item; repeats count once. Cost: O(users + pairs) and the sorting of each row.
    public init(userCount: Int, _ pairs: some Collection<(user: Int32, item: Int32)>) {
        var ends = [Int](repeating: 0, count: userCount + 1)
        for pair in pairs {
            precondition(pair.user >= 0 && Int(pair.user) < userCount, "user out of range")
            ends[Int(pair.user) + 1] += 1
        }
        for user in 0..<userCount { ends[user + 1] += ends[user] }
        var items = [Int32](repeating: 0, count: pairs.count)
        var next = ends
        for pair in pairs {
            items[next[Int(pair.user)]] = pair.item
            next[Int(pair.user)] += 1
        }
        var indptr = [0]
        indptr.reserveCapacity(userCount + 1)
        var count = 0
        for user in 0..<userCount {
            let row = ends[user]..<ends[user + 1]
            items[row].sort()
            for position in row where position == row.lowerBound || items[position] != items[count - 1] {
                items[count] = items[position]
                count += 1
            }
            indptr.append(count)
        }
        items.removeLast(items.count - count)
        self.indptr = indptr
        self.items = items
    }

    /// The items of each user of a log that the user has met in a way that counts; replaced statements must be out of the
    /// log already.
    public init(metIn log: InteractionLog, _ isCounted: (Meeting) -> Bool = { $0 != .none }) {
        let rows = (0..<log.count).filter { isCounted(log.meetings.isEmpty ? .purchased : log.meetings[$0]) }
        self.init(userCount: log.userCount, rows.map { (user: log.users[$0], item: log.items[$0]) })
    }

    /// The rows of given users, in their order.
    func selecting(_ users: [Int32]) -> HiddenItems {
        let pairs = users.enumerated().flatMap { row, user in self[Int(user)].map { (user: Int32(row), item: $0) } }
        return HiddenItems(userCount: users.count, pairs)
    }

    /// The hidden items of one user, ascending.
    public subscript(row: Int) -> ArraySlice<Int32> { items[indptr[row]..<indptr[row + 1]] }
}
