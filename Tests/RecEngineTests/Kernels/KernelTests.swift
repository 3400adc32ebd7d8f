import Testing

@testable import RecEngine

@Suite("Kernels")
struct KernelTests {
    @Test("the k best of a stream are those of a full sort, whatever the order", arguments: [UInt64(31), 32, 33, 34])
    func topK(seed: UInt64) {
        print("topK seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for k in [0, 1, 2, 7, 40, 100] {
            // Few distinct scores, so that ties are frequent.
            let items = (0..<60).map { ScoredItem(item: Int32($0), score: Float(generator.below(9))) }
            let expected = items.filter { $0.score > 0 }.sorted { $0.isBefore($1) }.prefix(k)
            var top = TopK()
            top.reset(capacity: k)
            for item in items.shuffled(using: &generator) { top.offer(item) }
            var list: [ScoredItem] = []
            top.drain(into: &list)
            #expect(list == Array(expected))
        }
    }

    @Test("a NaN score never enters a list")
    func topKWithoutNaN() {
        var top = TopK()
        top.reset(capacity: 3)
        top.offer(ScoredItem(item: 0, score: .nan))
        top.offer(ScoredItem(item: 1, score: 1))
        var list: [ScoredItem] = []
        top.drain(into: &list)
        #expect(list == [ScoredItem(item: 1, score: 1)])
    }

    @Test("a table of heaps keeps what single heaps keep", arguments: [UInt64(41), 42])
    func table(seed: UInt64) {
        print("table seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var table = TopKTable(rows: 5, k: 4)
        var offered = [[ScoredItem]](repeating: [], count: 5)
        for item in 0..<200 {
            let row = generator.below(5)
            let candidate = ScoredItem(item: Int32(item), score: Float(generator.below(20)))
            offered[row].append(candidate)
            if candidate.score >= table.thresholds[row] {
                table.insert(candidate.item, score: candidate.score, row: row)
            }
        }
        for row in 0..<5 {
            let expected = offered[row].filter { $0.score > 0 }.sorted { $0.isBefore($1) }.prefix(4)
            let kept = table.keys(ofRow: row).sorted(by: >).prefix(4)
            #expect(
                kept.map { ScoredItem(item: ListKey.item(of: $0), score: ListKey.score(of: $0)) } == Array(expected)
            )
        }
    }

    @Test("sums that cancel out are 0, and the vector is clean afterwards")
    func accumulator() {
        let rows = CSRMatrix(
            rowCount: 3,
            columnCount: 3,
            indptr: [0, 2, 4, 5],
            indices: [0, 2, 0, 1, 2],
            values: [1, 0, 1, 5, 2]
        )
        var sums = SparseAccumulator(count: 3)
        for _ in 0..<2 {
            // Item 0: 1 − 1 + 1; item 2: 0 · 1, then −0, then 2.
            sums.add(rows, row: 0, weight: 1)
            sums.add(rows, row: 1, weight: -1)
            sums.add(rows, row: 0, weight: -0.0)
            sums.add(rows, row: 1, weight: 1)
            sums.add(rows, row: 2, weight: 1)
            var visited: [Int: Float] = [:]
            sums.drain { run, values in
                for place in run where values[place] != 0 { visited[place] = values[place] }
            }
            #expect(visited == [0: 1, 2: 2])
        }
        sums.drain { _, _ in Issue.record("nothing was added") }
    }

    @Test("stripes cover all rows once, in order, whatever their cost", arguments: [1, 2, 7, 64, 1000])
    func stripes(count: Int) {
        let offsets = [0, 0, 5, 5, 5, 900, 901, 902, 903, 904, 904]
        for rows in [0..<10, 3..<7, 4..<4] {
            let ranges = StripePlan(offsets: offsets, rows: rows, stripes: count).ranges
            #expect(ranges.flatMap { Array($0) } == Array(rows))
            #expect(ranges.count <= count)
        }
    }
}
