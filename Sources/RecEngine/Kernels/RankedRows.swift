/// A users × items matrix laid out for the all-pairs kernel: items renumbered by popularity, each user's row in that
/// order, and for each item the places where it stands in the rows.
///
/// With rank 0 the most popular item, the part of a row *before* an item holds the more popular items of that user.
/// Working on these prefixes alone visits each pair of items once instead of twice, and most sums land on the low
/// ranks, a short stretch of memory that stays in the first-level cache. 16 bytes an entry.
struct RankedRows: Sendable {
    /// One element of a row.
    struct Element: BitwiseCopyable {
        /// Rank of the item.
        var rank: Int32
        /// Weighted value.
        var value: Float
    }

    /// One occurrence of an item: its row's elements from `start`, the item itself at `position`.
    struct Occurrence: BitwiseCopyable {
        var start: UInt32
        var position: UInt32
    }

    /// Original item of each rank.
    let items: [Int32]
    /// All rows, ranks ascending within a row.
    let elements: RowStripes<Element>
    /// `items.count + 1` offsets into `occurrences`, by rank.
    let indptr: [Int]
    /// Occurrences of each item, users ascending: the order in which every sum is taken.
    let occurrences: RowStripes<Occurrence>

    /// Lays the matrix out in three passes, blocks of users at the same time; nil when cancelled.
    ///
    /// Cost: O(users + items · blocks + entries). What comes out does not depend on the blocks: each has its own
    /// places, known from counting first.
    static func make(_ matrix: CSRMatrix, weight: EntryWeight, workers: Int) async -> RankedRows? {
        precondition(matrix.nonZeroCount <= Int(UInt32.max), "more entries than 32-bit places")
        let blocks = StripePlan(offsets: matrix.indptr, rows: 0..<matrix.rowCount, stripes: 4 * workers).ranges
        let counts = await runStripes(
            blocks.count,
            workers: workers,
            makeState: {},
            body: { block, _ in matrix.columnCounts(ofRows: blocks[block]) }
        )
        guard let counts else { return nil }
        let order = RankOrder(counts)
        let occurrences = RowStripes<Occurrence>(count: matrix.nonZeroCount)
        let elements = RowStripes<Element>(count: matrix.nonZeroCount)
        let done: [Void]? = await runStripes(
            blocks.count,
            workers: workers,
            makeState: {},
            body: { block, _ in
                groupByRank(matrix, blocks[block], order.starts[block], order.ranks, weight, into: occurrences)
                fillRows(matrix, blocks[block], order.ranges(ofBlock: block), from: occurrences, into: elements)
            }
        )
        guard done != nil else { return nil }
        return RankedRows(items: order.items, elements: elements, indptr: order.indptr, occurrences: occurrences)
    }

    /// Puts a block's entries to their ranks, users ascending; for the moment `start` is the user and `position` the
    /// value's bits, so that the next pass can turn them into occurrences where they lie.
    private static func groupByRank(
        _ matrix: CSRMatrix,
        _ users: Range<Int>,
        _ starts: [Int],
        _ ranks: [Int32],
        _ weight: EntryWeight,
        into occurrences: RowStripes<Occurrence>
    ) {
        var next = starts
        let indices = matrix.indices.span
        let values = matrix.values.span
        for user in users {
            let range = matrix.entries(ofRow: user)
            let rowFactor = weight.rowFactor(of: values, range)
            for entry in range {
                let column = Int(indices[entry])
                let rank = Int(ranks[column])
                let bits = (weight.value(values[entry], column: column) * rowFactor).bitPattern
                occurrences.write(Occurrence(start: UInt32(truncatingIfNeeded: user), position: bits), at: next[rank])
                next[rank] += 1
            }
        }
    }

    /// Fills a block's rows: going through the ranks in order fills each row in order, without sorting.
    private static func fillRows(
        _ matrix: CSRMatrix,
        _ users: Range<Int>,
        _ entries: [Range<Int>],
        from occurrences: RowStripes<Occurrence>,
        into elements: RowStripes<Element>
    ) {
        var fill = users.map { user in
            let start = UInt32(truncatingIfNeeded: matrix.indptr[user])
            return Occurrence(start: start, position: start)
        }
        for (rank, range) in entries.enumerated() {
            for entry in range {
                let found = occurrences.read(entry)
                let row = Int(found.start) - users.lowerBound
                let position = fill[row].position
                fill[row].position = position + 1
                let value = Float(bitPattern: found.position)
                elements.write(Element(rank: Int32(truncatingIfNeeded: rank), value: value), at: Int(position))
                occurrences.write(Occurrence(start: fill[row].start, position: position), at: entry)
            }
        }
    }
}

/// Items by popularity, and where each block of users has its part of each rank.
private struct RankOrder: Sendable {
    /// Original item of each rank.
    let items: [Int32]
    /// Rank of each item.
    let ranks: [Int32]
    /// Offsets of the ranks.
    let indptr: [Int]
    /// For each block the place of its first entry of each rank.
    let starts: [[Int]]

    /// From the number of entries of each item in each block. Popularity is the number of users, ties by item.
    init(_ counts: [[Int32]]) {
        let itemCount = counts.first?.count ?? 0
        let totals = (0..<itemCount).map { item in counts.reduce(0) { $0 + Int($1[item]) } }
        let items = (0..<Int32(itemCount)).sorted { (totals[Int($1)], $0) < (totals[Int($0)], $1) }
        var ranks = [Int32](repeating: 0, count: itemCount)
        var indptr = [0]
        indptr.reserveCapacity(itemCount + 1)
        var starts = [[Int]](repeating: [Int](repeating: 0, count: itemCount), count: counts.count)
        for (rank, item) in items.enumerated() {
            ranks[Int(item)] = Int32(truncatingIfNeeded: rank)
            var position = indptr[rank]
            for block in counts.indices {
                starts[block][rank] = position
                position += Int(counts[block][Int(item)])
            }
            indptr.append(position)
        }
        self.items = items
        self.ranks = ranks
        self.indptr = indptr
        self.starts = starts
    }

    /// The places of a block's entries by rank.
    func ranges(ofBlock block: Int) -> [Range<Int>] {
        items.indices.map { rank in
            let end = block + 1 < starts.count ? starts[block + 1][rank] : indptr[rank + 1]
            return starts[block][rank]..<end
        }
    }
}

extension CSRMatrix {
    /// Entries of each column within some rows.
    fileprivate func columnCounts(ofRows rows: Range<Int>) -> [Int32] {
        var counts = [Int32](repeating: 0, count: columnCount)
        let indices = self.indices.span
        for entry in indptr[rows.lowerBound]..<indptr[rows.upperBound] { counts[Int(indices[entry])] += 1 }
        return counts
    }
}
