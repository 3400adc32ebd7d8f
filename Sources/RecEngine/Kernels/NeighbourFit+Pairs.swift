extension NeighbourFit {
    /// Sums the products of one item with all more popular ones and offers them to both sides' heaps.
    func addPairs(of rank: Int, to workspace: inout Workspace) {
        let occurrences = ranked.indptr[rank]..<ranked.indptr[rank + 1]
        var work = 0
        for entry in occurrences {
            let occurrence = ranked.occurrences.read(entry)
            work += Int(occurrence.place - occurrence.start)
        }
        guard work > 0 else { return }
        // Reading all sums below the rank is worth it once a good part of them has been touched: the scan handles
        // several a nanosecond, keeping a list of touched places costs about as much as the multiplication itself.
        if work >= rank / 8 {
            sum(occurrences, into: &workspace.sums)
            offerAll(below: rank, sums: &workspace.sums, table: &workspace.table)
        } else {
            let count = sum(occurrences, into: &workspace.sums, touched: &workspace.touched)
            for place in 0..<count {
                let other = Int(workspace.touched[place])
                offer(rank, other, product: workspace.sums[other], table: &workspace.table)
                workspace.sums[other] = -0.0
            }
        }
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

    /// The same with a list of the touched places; returns how many there are.
    private func sum(_ entries: Range<Int>, into sums: inout [Float], touched: inout [Int32]) -> Int {
        ranked.withSpans { elements, occurrences in
            var sums = sums.mutableSpan
            var touched = touched.mutableSpan
            var count = 0
            for entry in entries {
                let occurrence = occurrences[entry]
                let weight = elements[Int(occurrence.place)].value
                for place in Int(occurrence.start)..<Int(occurrence.place) {
                    let element = elements[unchecked: place]
                    let before = sums[unchecked: Int(element.rank)]
                    // As in SparseAccumulator: always written, kept only at the first touch, and −0 means untouched.
                    touched[count] = element.rank
                    count += before.isUntouched ? 1 : 0
                    sums[unchecked: Int(element.rank)] = before + (weight * element.value + 0)
                }
            }
            return count
        }
    }

    /// Offers all sums below a rank, eight at a time: those that reach neither threshold, nearly all, cost no branch.
    private func offerAll(below rank: Int, sums: inout [Float], table: inout TopKTable) {
        let own = SIMD8<Float>(repeating: scales[rank])
        var start = 0
        while start + 8 <= rank {
            let bound = Self.load(sums, start) * own * Self.load(scales, start)
            let enters = (bound .>= table.thresholds[rank]) .| (bound .>= Self.load(table.thresholds, start))
            if any(enters) {
                for other in start..<start + 8 { offer(rank, other, product: sums[other], table: &table) }
            }
            Self.clear(&sums, start)
            start += 8
        }
        for other in start..<rank {
            offer(rank, other, product: sums[other], table: &table)
            sums[other] = -0.0
        }
    }

    @inline(__always)
    private static func load(_ array: borrowing [Float], _ start: Int) -> SIMD8<Float> {
        precondition(start >= 0 && start + 8 <= array.count)
        return array.span.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start * 4, as: SIMD8<Float>.self)
    }

    @inline(__always)
    private static func clear(_ array: inout [Float], _ start: Int) {
        var span = array.mutableSpan
        for place in start..<start + 8 { span[unchecked: place] = -0.0 }
    }

    @inline(__always)
    private func offer(_ rank: Int, _ other: Int, product: Float, table: inout TopKTable) {
        guard product > 0 else { return }
        let bound = product * scales[rank] * scales[other]
        guard bound >= min(table.thresholds[rank], table.thresholds[other]) else { return }
        let score = bound * (product / (product + shrinkage))
        if score >= table.thresholds[rank] {
            table.insert(ScoredItem(item: ranked.items[other], score: score), row: rank)
        }
        if score >= table.thresholds[other] {
            table.insert(ScoredItem(item: ranked.items[rank], score: score), row: other)
        }
    }
}

extension RankedRows {
    /// Reads rows and occurrences.
    @inline(__always)
    func withSpans<Result>(_ body: (Span<Element>, Span<Occurrence>) -> Result) -> Result {
        elements.withSpan { elements in occurrences.withSpan { occurrences in body(elements, occurrences) } }
    }

    /// 1 / Euclidean length of each item's vector, by rank, summed in double precision; 0 for an item without entries.
    func inverseNorms() -> [Float] {
        withSpans { elements, occurrences in
            var norms: [Float] = []
            norms.reserveCapacity(items.count)
            for rank in items.indices {
                var sum = 0.0
                for entry in indptr[rank]..<indptr[rank + 1] {
                    let value = Double(elements[Int(occurrences[entry].place)].value)
                    sum += value * value
                }
                norms.append(sum > 0 ? Float(1 / sum.squareRoot()) : 0)
            }
            return norms
        }
    }
}
