/// The best `k` neighbours of every item at once, each row as in ``TopK``, all in one flat array.
///
/// Rows are by rank, entries by original item, so that equal scores are ordered as everywhere else. What is kept does
/// not depend on the order of offers. 8 bytes a slot, of which a row has k and up to 64 more, and 8 an item.
struct TopKTable: Sendable {
    /// Entries to keep of a row.
    let k: Int
    /// Slots of a row.
    private let room: Int
    private var keys: [UInt64]
    /// Entries in each row.
    private var counts: [Int32]
    /// The score an entry of a row must reach: before a row's first selection the least positive number, because only
    /// positive similarities are neighbours.
    private(set) var thresholds: [Float]

    init(rows: Int, k: Int) {
        self.k = k
        room = k + TopK.slack(k)
        keys = [UInt64](repeating: 0, count: rows * room)
        counts = [Int32](repeating: 0, count: rows)
        thresholds = [Float](repeating: .leastNonzeroMagnitude, count: rows)
    }

    /// Entries put down in a row, the best k among them, in no particular order.
    func keys(ofRow row: Int) -> ArraySlice<UInt64> {
        keys[row * room..<row * room + Int(counts[row])]
    }

    /// The best k entries of a row in list order.
    func list(ofRow row: Int) -> [ScoredItem] {
        keys(ofRow: row).sorted(by: >).prefix(k)
            .map { ScoredItem(item: ListKey.item(of: $0), score: ListKey.score(of: $0)) }
    }

    /// Offers an entry that reaches the row's threshold.
    @inline(__always)
    mutating func insert(_ item: Int32, score: Float, row: Int) {
        let count = Int(counts[row])
        keys[row * room + count] = ListKey.make(item, score)
        counts[row] = Int32(truncatingIfNeeded: count + 1)
        if count + 1 == room { select(row) }
    }

    private mutating func select(_ row: Int) {
        let last = ListKey.selectLargest(k, in: &keys, base: row * room, count: room)
        thresholds[row] = ListKey.score(of: last)
        counts[row] = Int32(truncatingIfNeeded: k)
    }
}
