/// A users × items matrix laid out for the all-pairs kernel: items renumbered by popularity, each user's row in that
/// order, and for each item the places where it stands in the rows.
///
/// With rank 0 the most popular item, the part of a row *before* an item holds the more popular items of that user.
/// Working on these prefixes alone visits each pair of items once instead of twice, and most sums land on the low
/// ranks, a short stretch of memory that stays in the first-level cache.
struct RankedRows: Sendable {
    /// One element of a row.
    struct Element {
        /// Rank of the item.
        var rank: Int32
        /// Weighted value.
        var value: Float
    }

    /// One occurrence of an item: its row's elements from `start`, the item itself at `place`.
    struct Occurrence {
        var start: UInt32
        var place: UInt32
    }

    /// Original item of each rank.
    let items: [Int32]
    /// All rows, ranks ascending within a row.
    let elements: [Element]
    /// `items.count + 1` offsets into `occurrences`, by rank.
    let indptr: [Int]
    /// Occurrences of each item, users ascending: the order in which every sum is taken.
    let occurrences: [Occurrence]

    /// Cost: O(users + items + entries), two scattering passes over the entries; 16 bytes an entry.
    init(_ matrix: CSRMatrix, weight: EntryWeight) {
        precondition(matrix.nonZeroCount <= Int(UInt32.max), "more entries than 32-bit places")
        let counts = Self.columnCounts(matrix)
        let items = (0..<Int32(matrix.columnCount)).sorted { (counts[Int($1)], $0) < (counts[Int($0)], $1) }
        var ranks = [Int32](repeating: 0, count: items.count)
        var indptr = [Int](repeating: 0, count: items.count + 1)
        for (rank, item) in items.enumerated() {
            ranks[Int(item)] = Int32(truncatingIfNeeded: rank)
            indptr[rank + 1] = indptr[rank] + counts[Int(item)]
        }
        var occurrences = Self.columns(of: matrix, ranks: ranks, indptr: indptr, weight: weight)
        self.elements = Self.rows(of: &occurrences, rowOffsets: matrix.indptr, indptr: indptr)
        self.occurrences = occurrences
        self.items = items
        self.indptr = indptr
    }

    private static func columnCounts(_ matrix: CSRMatrix) -> [Int] {
        var counts = [Int](repeating: 0, count: matrix.columnCount)
        for index in matrix.indices { counts[Int(index)] += 1 }
        return counts
    }

    /// The entries grouped by rank, users ascending; for the moment `start` is the user and `place` the value's bits,
    /// so that the second pass can turn them into occurrences where they lie.
    private static func columns(
        of matrix: CSRMatrix,
        ranks: [Int32],
        indptr: [Int],
        weight: EntryWeight
    ) -> [Occurrence] {
        var next = indptr
        let indices = matrix.indices.span
        let values = matrix.values.span
        return [Occurrence](unsafeUninitializedCapacity: indices.count) { buffer, count in
            count = indices.count
            for row in 0..<matrix.rowCount {
                let range = matrix.entries(ofRow: row)
                let rowFactor = weight.rowFactor(of: range.count)
                for entry in range {
                    let column = Int(indices[entry])
                    let rank = Int(ranks[column])
                    let value = weight.value(values[entry], column: column) * rowFactor
                    buffer[next[rank]] = Occurrence(start: UInt32(truncatingIfNeeded: row), place: value.bitPattern)
                    next[rank] += 1
                }
            }
        }
    }

    /// The rows in order of rank: going through the ranks in order fills each row in order, without sorting.
    private static func rows(of columns: inout [Occurrence], rowOffsets: [Int], indptr: [Int]) -> [Element] {
        var fill = rowOffsets.map {
            Occurrence(start: UInt32(truncatingIfNeeded: $0), place: UInt32(truncatingIfNeeded: $0))
        }
        return [Element](unsafeUninitializedCapacity: columns.count) { buffer, count in
            count = columns.count
            for rank in 0..<(indptr.count - 1) {
                for entry in indptr[rank]..<indptr[rank + 1] {
                    let row = Int(columns[entry].start)
                    let place = fill[row].place
                    fill[row].place = place + 1
                    buffer[Int(place)] = Element(
                        rank: Int32(truncatingIfNeeded: rank),
                        value: Float(bitPattern: columns[entry].place)
                    )
                    columns[entry] = Occurrence(start: fill[row].start, place: place)
                }
            }
        }
    }
}
