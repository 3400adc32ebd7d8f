/// The best `k` neighbours of every item at once, each row a bounded heap in one flat array.
///
/// Rows are by rank, entries by original item, so that equal scores are ordered as everywhere else. What is kept does
/// not depend on the order of offers. 8 bytes a slot and 8 an item.
struct TopKTable: Sendable {
    /// Slots of a row.
    let k: Int
    /// Heaps, `k` slots a row; the root is the worst entry.
    private var slots: [ScoredItem]
    /// Entries in each row.
    private var counts: [Int32]
    /// The score an entry of a row must reach: the root's score when the row is full, before that the least positive
    /// number, because only positive similarities are neighbours.
    private(set) var thresholds: [Float]

    init(rows: Int, k: Int) {
        self.k = k
        slots = [ScoredItem](repeating: ScoredItem(item: 0, score: 0), count: rows * k)
        counts = [Int32](repeating: 0, count: rows)
        thresholds = [Float](repeating: .leastNonzeroMagnitude, count: rows)
    }

    /// Entries kept in a row, in no particular order.
    func entries(ofRow row: Int) -> ArraySlice<ScoredItem> {
        slots[row * k..<row * k + Int(counts[row])]
    }

    /// Offers an entry that reaches the row's threshold.
    mutating func insert(_ candidate: ScoredItem, row: Int) {
        let base = row * k
        let count = Int(counts[row])
        if count < k {
            BoundedHeap.push(candidate, onto: &slots, base: base, count: count)
            counts[row] += 1
        } else if candidate.isBefore(slots[base]) {
            BoundedHeap.replaceRoot(by: candidate, in: &slots, base: base, count: k)
        }
        if count >= k - 1 { thresholds[row] = slots[base].score }
    }
}
