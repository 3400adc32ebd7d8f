/// The order that sorts (row, column) pairs by row, then column, then place of appearance.
///
/// Two stable counting sorts over positions: O(rows + columns + pairs) time, 8 bytes a pair while sorting and 4 after.
struct PairOrder {
    private let rows: [Int32]
    private let columns: [Int32]
    /// Positions in the original arrays, sorted.
    private let order: [Int32]
    /// Number of distinct pairs.
    let pairCount: Int

    init(rows: [Int32], columns: [Int32], rowCount: Int, columnCount: Int) {
        precondition(rows.count == columns.count && rows.count <= Int(Int32.max), "too many pairs for 32-bit positions")
        self.rows = rows
        self.columns = columns
        let identity = [Int32](unsafeUninitializedCapacity: rows.count) { buffer, count in
            for position in 0..<rows.count { buffer[position] = Int32(truncatingIfNeeded: position) }
            count = rows.count
        }
        let byColumn = Self.countingSort(identity, keys: columns, keyCount: columnCount)
        let sorted = Self.countingSort(byColumn, keys: rows, keyCount: rowCount)
        var distinct = 0
        for place in 0..<sorted.count {
            let this = Int(sorted[place])
            let previous = place == 0 ? -1 : Int(sorted[place - 1])
            if previous < 0 || rows[this] != rows[previous] || columns[this] != columns[previous] { distinct += 1 }
        }
        self.order = sorted
        self.pairCount = distinct
    }

    /// Visits each distinct pair once, in order, with the positions at which it appeared, ascending.
    func forEachPair(_ body: (_ row: Int32, _ column: Int32, _ positions: Span<Int32>) -> Void) {
        var start = 0
        while start < order.count {
            let row = rows[Int(order[start])]
            let column = columns[Int(order[start])]
            var end = start + 1
            while end < order.count, rows[Int(order[end])] == row, columns[Int(order[end])] == column { end += 1 }
            body(row, column, order.span.extracting(start..<end))
            start = end
        }
    }

    private static func countingSort(_ positions: [Int32], keys: [Int32], keyCount: Int) -> [Int32] {
        var offsets = [Int32](repeating: 0, count: keyCount + 1)
        var next = offsets.mutableSpan
        let keys = keys.span
        for place in 0..<keys.count { next[Int(keys[place]) + 1] += 1 }
        for key in 0..<keyCount { next[key + 1] += next[key] }
        var sorted = [Int32](repeating: 0, count: positions.count)
        var output = sorted.mutableSpan
        let positions = positions.span
        for place in 0..<positions.count {
            let position = positions[place]
            let key = Int(keys[Int(position)])
            output[Int(next[key])] = position
            next[key] += 1
        }
        return sorted
    }
}
