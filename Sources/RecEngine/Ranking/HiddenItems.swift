/// What each person does not want to see: items of negative feedback, row by row as in a ``ProfileTable``.
///
/// Bought or not, an item is hidden while the person's newest word on it is negative. 4 bytes an entry.
public struct HiddenItems: Sendable, Equatable {
    /// `count + 1` offsets into `items`.
    private let indptr: [Int]
    /// Items of all rows, ascending within a row.
    private let items: [Int32]

    /// Number of rows, one a user.
    public var count: Int { indptr.count - 1 }

    /// From any pairs of user and item; repeats count once. Cost: O(n · log n).
    public init(userCount: Int, _ pairs: some Sequence<(user: Int32, item: Int32)>) {
        let sorted = pairs.sorted { ($0.user, $0.item) < ($1.user, $1.item) }
        var indptr = [Int](repeating: 0, count: userCount + 1)
        var items: [Int32] = []
        var previous: (user: Int32, item: Int32) = (-1, -1)
        for pair in sorted where pair != previous {
            precondition(pair.user >= 0 && Int(pair.user) < userCount, "user out of range")
            items.append(pair.item)
            indptr[Int(pair.user) + 1] += 1
            previous = pair
        }
        for user in 0..<userCount { indptr[user + 1] += indptr[user] }
        self.indptr = indptr
        self.items = items
    }

    /// The hidden items of one user, ascending.
    public subscript(row: Int) -> ArraySlice<Int32> { items[indptr[row]..<indptr[row + 1]] }
}
