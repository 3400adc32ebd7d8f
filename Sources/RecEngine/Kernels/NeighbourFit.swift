import CKernels

/// The all-pairs kernel of the neighbour models: similarities of items over their common users (or orders, or
/// sessions), each pair once, never dense.
///
/// For each item, from the most popular on, the products with the more popular items of its users are summed into a
/// vector as long as its rank; each sum then becomes a similarity for either side's row. A pair's sum is always taken
/// in the less popular item's turn and in the order of users, so it has the same bits whichever worker does it.
struct NeighbourFit: Sendable {
    let ranked: RankedRows
    let scoring: PairScoring
    let k: Int

    /// Similarities of a matrix's columns with the best `neighbours` of each.
    /// - Throws: ``FitError`` for a matrix without entries, a value that is not finite, or cancellation.
    static func similarity(
        _ matrix: CSRMatrix,
        weight: (CSRMatrix) -> EntryWeight = { EntryWeight(.binary, columnCount: $0.columnCount) },
        neighbours: Int,
        workers: Int,
        scoring: (RankedRows) -> PairScoring
    ) async throws(FitError) -> CSRMatrix {
        try matrix.checkFittable()
        let fit = await NeighbourFit(
            matrix,
            weight: weight(matrix),
            neighbours: neighbours,
            workers: workers,
            scoring: scoring
        )
        guard let fit, let similarity = await fit.run(workers: workers) else { throw .cancelled }
        return similarity
    }

    /// Lays the matrix out for the kernel; nil when cancelled.
    init?(
        _ matrix: CSRMatrix,
        weight: EntryWeight,
        neighbours: Int,
        workers: Int,
        scoring: (RankedRows) -> PairScoring
    ) async {
        guard let ranked = await RankedRows.make(matrix, weight: weight, workers: workers) else { return nil }
        self.ranked = ranked
        self.scoring = scoring(ranked)
        k = max(1, min(neighbours, matrix.columnCount - 1))
    }

    /// One worker's sums by rank and its best neighbours.
    struct Workspace: Sendable {
        var sums: SparseAccumulator
        var table: TopKTable
    }

    /// Similarities with the best `k` of each row, in original numbering; nil when cancelled.
    func run(workers: Int) async -> CSRMatrix? {
        let count = ranked.items.count
        let plan = StripePlan(offsets: costs(), rows: 0..<count, stripes: max(32, 16 * workers))
        let states = await runWorkers(
            stripes: plan.ranges.count,
            workers: workers,
            makeState: { Workspace(sums: SparseAccumulator(count: count), table: TopKTable(rows: count, k: k)) },
            body: { stripe, workspace in
                for rank in plan.ranges[stripe] { addPairs(of: rank, to: &workspace) }
            }
        )
        guard let states else { return nil }
        return await similarities(of: states.map(\.table), workers: workers)
    }

    /// Running cost of the ranks: multiplications of the item's turn plus the scan of its sums.
    private func costs() -> [Int] {
        ranked.withSpans { _, occurrences in
            var costs = [0]
            costs.reserveCapacity(ranked.items.count + 1)
            for rank in ranked.items.indices {
                var work = min(rank, 64)
                for entry in ranked.indptr[rank]..<ranked.indptr[rank + 1] {
                    work += 8 + Int(occurrences[entry].position - occurrences[entry].start)
                }
                costs.append(costs[rank] + work)
            }
            return costs
        }
    }
}

extension NeighbourFit {
    /// The best `k` of each item over all workers' tables, as a matrix in original numbering; nil when cancelled.
    ///
    /// An entry among the best of all is among the best of the table it is in, so merging loses nothing.
    /// Cost: O(items · workers · k), and sorting each row by item.
    func similarities(of tables: [TopKTable], workers: Int) async -> CSRMatrix? {
        let count = ranked.items.count
        var ranks = [Int](repeating: 0, count: count)
        for (rank, item) in ranked.items.enumerated() { ranks[Int(item)] = rank }
        let stripes = StripePlan(offsets: Array(0...count), rows: 0..<count, stripes: 8 * workers).ranges
        let parts = await runStripes(
            stripes.count,
            workers: workers,
            makeState: {},
            body: { [ranks] stripe, _ in
                Self.rows(stripes[stripe].map { ranks[$0] }, of: tables, k: k)
            }
        )
        guard let parts else { return nil }
        var all = CSRRows(rows: count, entries: parts.reduce(0) { $0 + $1.indices.count })
        for part in parts { all.append(part) }
        return all.matrix(columnCount: count)
    }

    /// The merged rows of one stripe.
    private static func rows(_ rows: [Int], of tables: [TopKTable], k: Int) -> CSRRows {
        var merged = CSRRows(rows: rows.count, entries: rows.count * k)
        var keys: [UInt64] = []
        for row in rows {
            keys.removeAll(keepingCapacity: true)
            for table in tables { keys += table.keys(ofRow: row) }
            if keys.count > k {
                _ = ListKey.selectLargest(k, in: &keys, count: keys.count)
                keys.removeLast(keys.count - k)
            }
            // Turned round, item above score, the order of numbers is that of items.
            for position in keys.indices {
                let item = UInt64(UInt32(bitPattern: ListKey.item(of: keys[position])))
                keys[position] = item << 32 | keys[position] >> 32
            }
            keys.sort()
            for key in keys {
                merged.append(
                    Int32(truncatingIfNeeded: key >> 32),
                    Float(bitPattern: UInt32(truncatingIfNeeded: key))
                )
            }
            merged.endRow()
        }
        return merged
    }
}

extension NeighbourFit {
    /// Sums the products of one item with all more popular ones and offers them to both sides' rows.
    func addPairs(of rank: Int, to workspace: inout Workspace) {
        let occurrences = ranked.indptr[rank]..<ranked.indptr[rank + 1]
        var work = 0
        for entry in occurrences {
            let occurrence = ranked.occurrences.read(entry)
            work += Int(occurrence.position - occurrence.start)
        }
        guard work > 0 else { return }
        // Where a good part of the sums is touched anyway, all are read and no mark is made.
        if work >= rank / 8 {
            sum(occurrences, into: &workspace.sums.values)
            workspace.sums.markAll(below: rank)
        } else {
            sum(occurrences, into: &workspace.sums.values, marks: &workspace.sums.marks)
        }
        offerAll(of: rank, &workspace.sums, to: &workspace.table)
    }

    /// Rows whose memory is asked for together. A user's row is a jump to a random place, and a single one waits about
    /// 300 cycles for it: more than half of the whole fit at 10 M entries. So many wait together.
    private static let group = 32
    /// Elements in a cache line of 64 bytes.
    private static let line = 64 / MemoryLayout<RankedRows.Element>.stride

    private func sum(_ entries: Range<Int>, into sums: inout [Float]) {
        ranked.withSpans { elements, occurrences in
            var sums = sums.mutableSpan
            var start = entries.lowerBound
            while start < entries.upperBound {
                let end = min(start + Self.group, entries.upperBound)
                Self.touch(elements, occurrences, start..<end)
                for entry in start..<end {
                    let occurrence = occurrences[entry]
                    let weight = elements[Int(occurrence.position)].value
                    for position in Int(occurrence.start)..<Int(occurrence.position) {
                        let element = elements[unchecked: position]
                        sums[unchecked: Int(element.rank)] += weight * element.value
                    }
                }
                start = end
            }
        }
    }

    /// Reads one element of each cache line of some rows, so that the lines are there when the rows are gone through.
    @inline(__always)
    private static func touch(
        _ elements: Span<RankedRows.Element>,
        _ occurrences: Span<RankedRows.Occurrence>,
        _ entries: Range<Int>
    ) {
        var ranks: Int32 = 0
        for entry in entries {
            var position = Int(occurrences[entry].start)
            let last = Int(occurrences[entry].position)
            while position < last {
                ranks |= elements[unchecked: position].rank
                position += line
            }
            ranks |= elements[unchecked: last].rank
        }
        // Always true, but the compiler does not know: it keeps the reads.
        precondition(ranks >= 0)
    }

    /// The same with a mark for each touched block.
    private func sum(_ entries: Range<Int>, into sums: inout [Float], marks: inout [UInt8]) {
        ranked.withSpans { elements, occurrences in
            var sums = sums.mutableSpan
            var marks = marks.mutableSpan
            for entry in entries {
                let occurrence = occurrences[entry]
                let weight = elements[Int(occurrence.position)].value
                for position in Int(occurrence.start)..<Int(occurrence.position) {
                    let element = elements[unchecked: position]
                    sums[unchecked: Int(element.rank)] += weight * element.value
                    marks[unchecked: Int(element.rank) >> 6] = 1
                }
            }
        }
    }

    /// Offers the sums of an item's turn to both sides and leaves them untouched.
    private func offerAll(of rank: Int, _ sums: inout SparseAccumulator, to table: inout TopKTable) {
        var found = ck_pairs()
        sums.drain { run, values in
            let end = min(run.upperBound, rank)
            var start = run.lowerBound
            while start < end {
                start = next(from: start, to: end, of: rank, values, table, &found)
                while found.mask != 0 {
                    let lane = found.mask.trailingZeroBitCount
                    found.mask &= found.mask - 1
                    let own = withUnsafeBytes(of: found.own) { $0.load(fromByteOffset: lane * 4, as: Float.self) }
                    let others = withUnsafeBytes(of: found.others) { $0.load(fromByteOffset: lane * 4, as: Float.self) }
                    offer(rank, start + lane, own: own, others: others, to: &table)
                }
                start += 16
            }
        }
    }

    @inline(__always)
    private func offer(_ rank: Int, _ other: Int, own: Float, others: Float, to table: inout TopKTable) {
        if own >= table.thresholds[rank] { table.insert(ranked.items[other], score: own, row: rank) }
        if others >= table.thresholds[other] { table.insert(ranked.items[rank], score: others, row: other) }
    }

    /// The next pairs of an item with more popular ones that either side asks for.
    @inline(__always)
    private func next(
        from start: Int,
        to end: Int,
        of rank: Int,
        _ sums: borrowing [Float],
        _ table: borrowing TopKTable,
        _ found: inout ck_pairs
    ) -> Int {
        precondition(start >= 0 && rank < scoring.rows.count && end <= min(rank, sums.count))
        let threshold = table.thresholds[rank]
        return sums.span.withUnsafeBufferPointer { products in
            scoring.rows.span.withUnsafeBufferPointer { rows in
                scoring.columns.span.withUnsafeBufferPointer { columns in
                    table.thresholds.span.withUnsafeBufferPointer { thresholds in
                        var scan = ck_pair_scan()
                        scan.products = products.baseAddress
                        scan.rows = rows.baseAddress
                        scan.columns = columns.baseAddress
                        scan.thresholds = thresholds.baseAddress
                        scan.row = rows[rank]
                        scan.column = columns[rank]
                        scan.shrinkage = scoring.shrinkage
                        scan.floor = scoring.floor
                        scan.is_jaccard = scoring.isJaccard ? 1 : 0
                        return ck_next_pairs(&scan, start, end, threshold, &found)
                    }
                }
            }
        }
    }
}

extension RankedRows {
    /// Reads rows and occurrences.
    @inline(__always)
    func withSpans<Result>(_ body: (Span<Element>, Span<Occurrence>) -> Result) -> Result {
        elements.withSpan { elements in occurrences.withSpan { occurrences in body(elements, occurrences) } }
    }
}
