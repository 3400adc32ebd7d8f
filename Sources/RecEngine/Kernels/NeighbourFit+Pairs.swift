internal import CKernels

extension NeighbourFit {
    /// Sums the products of one item with all more popular ones and offers them to both sides' rows.
    func addPairs(of rank: Int, to workspace: inout Workspace) {
        let occurrences = ranked.indptr[rank]..<ranked.indptr[rank + 1]
        var work = 0
        for entry in occurrences {
            let occurrence = ranked.occurrences.read(entry)
            work += Int(occurrence.place - occurrence.start)
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
                    let weight = elements[Int(occurrence.place)].value
                    for place in Int(occurrence.start)..<Int(occurrence.place) {
                        let element = elements[unchecked: place]
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
            var place = Int(occurrences[entry].start)
            let last = Int(occurrences[entry].place)
            while place < last {
                ranks |= elements[unchecked: place].rank
                place += line
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
                let weight = elements[Int(occurrence.place)].value
                for place in Int(occurrence.start)..<Int(occurrence.place) {
                    let element = elements[unchecked: place]
                    sums[unchecked: Int(element.rank)] += weight * element.value
                    marks[unchecked: Int(element.rank) >> 6] = 1
                }
            }
        }
    }

    /// Offers the sums of an item's turn to both sides and leaves them untouched.
    private func offerAll(of rank: Int, _ sums: inout SparseAccumulator, to table: inout TopKTable) {
        sums.drain { run, values in
            let end = min(run.upperBound, rank)
            var other = run.lowerBound
            while let found = next(from: other, to: end, of: rank, values, table) {
                if found.own >= table.thresholds[rank] {
                    table.insert(ranked.items[found.other], score: found.own, row: rank)
                }
                if found.others >= table.thresholds[found.other] {
                    table.insert(ranked.items[rank], score: found.others, row: found.other)
                }
                other = found.other + 1
            }
        }
    }

    /// The next pair of an item with a more popular one that either side asks for, and both similarities.
    private func next(
        from start: Int,
        to end: Int,
        of rank: Int,
        _ sums: borrowing [Float],
        _ table: borrowing TopKTable
    ) -> (other: Int, own: Float, others: Float)? {
        precondition(start >= 0 && rank < scoring.rows.count && end <= min(rank, sums.count))
        let threshold = table.thresholds[rank]
        var scores: (own: Float, others: Float) = (0, 0)
        let other = withUnsafeMutableBytes(of: &scores) { scores in
            sums.span.withUnsafeBufferPointer { products in
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
                            let scores = scores.assumingMemoryBound(to: Float.self)
                            return ck_next_pair(&scan, start, end, threshold, scores.baseAddress)
                        }
                    }
                }
            }
        }
        return other < end ? (other, scores.own, scores.others) : nil
    }
}

extension RankedRows {
    /// Reads rows and occurrences.
    @inline(__always)
    func withSpans<Result>(_ body: (Span<Element>, Span<Occurrence>) -> Result) -> Result {
        elements.withSpan { elements in occurrences.withSpan { occurrences in body(elements, occurrences) } }
    }
}
