/// The profiles of all users, row by row in one array: what a batch reads and what a matrix is made of.
///
/// 16 bytes an entry. A user without interactions has an empty row.
public struct ProfileTable: Sendable, Equatable {
    /// Number of items the entries index into.
    public let itemCount: Int
    /// `count + 1` offsets into the entries.
    public let indptr: [Int]
    /// Entries of all rows, ascending by item within a row.
    public let entries: [ProfileEntry]

    /// Number of rows, one a user.
    public var count: Int { indptr.count - 1 }

    /// The profile of one user; shares the table's storage.
    public subscript(row: Int) -> Profile {
        Profile(sorted: entries[indptr[row]..<indptr[row + 1]])
    }

    /// Refuses a table with a time that is not finite.
    func checkTimes() throws(FitError) {
        for row in 0..<count where !self[row].entries.allSatisfy(\.time.isFinite) { throw .nonFinite(row: row) }
    }
}

extension ProfileTable {
    /// One row a user of the log: weights of repeated pairs are added, the latest time stays.
    ///
    /// Where times say nothing about what came first (``InteractionLog/isOrderedByRows``), a later row is later by a
    /// millionth of a second, so that models which go by order have one.
    ///
    /// Cost: O(users + items + rows) time; 8 bytes a log row besides the result while sorting.
    public init(_ log: InteractionLog) {
        let order = PairOrder(
            rows: log.users,
            columns: log.items,
            rowCount: log.userCount,
            columnCount: log.itemCount
        )
        // A double of today's seconds tells a fourth of this apart.
        let step = log.isOrderedByRows ? 0x1p-20 : 0
        var indptr = [Int](repeating: 0, count: log.userCount + 1)
        var entries: [ProfileEntry] = []
        entries.reserveCapacity(order.pairCount)
        order.forEachPair { user, item, places in
            var entry = ProfileEntry(item: item, weight: 0, time: -.infinity)
            for position in 0..<places.count {
                let row = Int(places[position])
                entry.weight += log.weights[row]
                let time = log.times[row] + step * Double(row)
                entry.time = position == 0 ? time : max(entry.time, time)
            }
            entries.append(entry)
            indptr[Int(user) + 1] += 1
        }
        for user in 0..<log.userCount { indptr[user + 1] += indptr[user] }
        self.init(itemCount: log.itemCount, indptr: indptr, entries: entries)
    }

    /// One row a row of a users × items matrix; times are 0.
    public init(_ matrix: CSRMatrix) {
        let entries = zip(matrix.indices, matrix.values).map { ProfileEntry(item: $0, weight: $1) }
        self.init(itemCount: matrix.columnCount, indptr: matrix.indptr, entries: entries)
    }

    /// The users × items matrix of the weights.
    public func matrix() -> CSRMatrix {
        CSRMatrix(
            rowCount: count,
            columnCount: itemCount,
            indptr: indptr,
            indices: entries.map(\.item),
            values: entries.map(\.weight)
        )
    }
}
