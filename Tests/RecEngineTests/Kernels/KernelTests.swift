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

    @Test("selection moves the largest keys to the front, also of equal ones", arguments: [UInt64(35), 36, 37])
    func selection(seed: UInt64) {
        print("selection seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for count in [1, 2, 3, 10, 65, 200] {
            for distinct in [1, 5, 1_000_000] {
                let keys = (0..<count).map { _ in UInt64(generator.below(distinct)) }
                for k in Set([1, 2, count / 2, count - 1, count]) where (1...count).contains(k) {
                    var moved: [UInt64] = [.max, .max] + keys
                    let last = ListKey.selectLargest(k, in: &moved, base: 2, count: count)
                    let expected = keys.sorted(by: >)
                    #expect(last == expected[k - 1])
                    #expect(moved[2..<2 + k].sorted(by: >) == Array(expected.prefix(k)))
                    #expect(moved.sorted() == (keys + [.max, .max]).sorted())
                }
            }
        }
    }

    @Test("keys are in list order")
    func keys() {
        let items = [0, 1, 7, Int32.max].flatMap { item in
            [Float.leastNonzeroMagnitude, 0.5, 1, .infinity].map { ScoredItem(item: item, score: $0) }
        }
        for first in items {
            let key = ListKey.make(first.item, first.score)
            #expect(ScoredItem(item: ListKey.item(of: key), score: ListKey.score(of: key)) == first)
            for second in items {
                #expect((key > ListKey.make(second.item, second.score)) == first.isBefore(second))
            }
        }
    }

    @Test("the next value that reaches a threshold is found wherever it stands")
    func reaching() {
        for count in [0, 1, 15, 16, 17, 63, 64, 65, 200] {
            var values = [Float](repeating: .nan, count: count)
            for place in 0..<count where place % 3 == 0 { values[place] = 0.5 }
            for place in 0..<count {
                values[place] = 1
                for start in 0...place { #expect(values.span.next(from: start, to: count, reaching: 1) == place) }
                #expect(values.span.next(from: place + 1, to: count, reaching: 1) == count)
                #expect(values.span.next(from: 0, to: place, reaching: 1) == place)
                values[place] = 0
            }
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
