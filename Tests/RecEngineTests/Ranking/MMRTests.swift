import RecEngine
import Testing

@Suite("MMR")
struct MMRTests {
    /// Items 0 and 1 are the same, 2 is half like them, 3 is like nothing.
    private let vectors = CSRMatrix(
        rowCount: 4,
        columnCount: 3,
        indptr: [0, 1, 2, 4, 4],
        indices: [0, 0, 0, 1],
        values: [1, 1, 0.5, 0.8660254]
    )
    private let candidates = zip(Int32(0)..., [10, 9, 8, 4] as [Float]).map { ScoredItem(item: $0, score: $1) }

    @Test("the list worked by hand: a copy of the first item waits behind what differs")
    func byHand() {
        // λ = 0.5: item 0 first; then 1: 0.45 − 0.5, 2: 0.4 − 0.25, 3: 0.2 − 0 → 3;
        // then 1: −0.05, 2: 0.15 → 2; then 1.
        let list = MMR(lambda: 0.5).rerank(candidates, count: 4, vectors: vectors)
        #expect(list.map(\.item) == [0, 3, 2, 1])
        #expect(list.map(\.score) == [10, 4, 8, 9])
        #expect(MMR(lambda: 0.5).rerank(candidates, count: 2, vectors: vectors).map(\.item) == [0, 3, 1, 2])
    }

    @Test("lambda 1 keeps the order of scores, and equal values the better candidate")
    func extremes() {
        #expect(MMR(lambda: 1).rerank(candidates, count: 3, vectors: vectors) == candidates)
        // λ = 0: after item 0 only likeness counts: 3 (0), then 2 (0.5), then 1 (1).
        #expect(MMR(lambda: 0).rerank(candidates, count: 4, vectors: vectors).map(\.item) == [0, 3, 2, 1])
        #expect(MMR().rerank([], count: 3, vectors: vectors).isEmpty)
    }

    @Test("a lower lambda gives lists that are less alike")
    func trade() {
        let seed: UInt64 = 102
        print("MMR seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var builder = COOBuilder(rowCount: 60, columnCount: 8)
        for item in 0..<60 {
            builder.append(row: Int32(item), column: Int32(generator.below(8)), value: 1)
        }
        let vectors = builder.build(combining: .maximum)
        let candidates = (0..<60).map { ScoredItem(item: Int32($0), score: 1 / Float($0 + 1)) }
        func alike(_ all: [ScoredItem]) -> Int {
            let list = all.prefix(10)
            return list.indices.reduce(0) { sum, place in
                sum + list[..<place].count { vectors.indices[Int($0.item)] == vectors.indices[Int(list[place].item)] }
            }
        }
        let counts = [1, 0.7, 0.3].map { alike(MMR(lambda: $0).rerank(candidates, count: 10, vectors: vectors)) }
        #expect(counts[0] >= counts[1] && counts[1] >= counts[2] && counts[0] > counts[2])
    }

    @Test(
        "lists are those of the definition: every candidate compared with every item before it, equal values in list order"
    )
    func definition() {
        let seed: UInt64 = 103
        print("MMR seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for lambda in [0, 0.3, 0.7, 0.95] as [Float] {
            var builder = COOBuilder(rowCount: 60, columnCount: 12)
            for item in 0..<60 {
                // Few values, so that there are ties; some items without features.
                for _ in 0..<generator.below(5) {
                    builder.append(row: Int32(item), column: Int32(generator.below(12)), value: 0.5)
                }
            }
            let vectors = builder.build(combining: .maximum)
            let candidates = (0..<60).map { ScoredItem(item: Int32($0), score: Float(60 - $0 / 3)) }
            for count in [1, 20, 60, 70] {
                var left = candidates
                var chosen: [ScoredItem] = []
                while chosen.count < count, !left.isEmpty {
                    let values = left.map { candidate in
                        let likeness = chosen.map { product(vectors, Int($0.item), Int(candidate.item)) }.max() ?? 0
                        return lambda * candidate.score / candidates[0].score - (1 - lambda) * likeness
                    }
                    chosen.append(left.remove(at: values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }))
                }
                #expect(MMR(lambda: lambda).rerank(candidates, count: count, vectors: vectors) == chosen + left)
            }
        }
    }

    private func product(_ vectors: CSRMatrix, _ one: Int, _ other: Int) -> Float {
        vectors.entries(ofRow: one).reduce(0) { sum, entry in
            let match = vectors.entries(ofRow: other).first { vectors.indices[$0] == vectors.indices[entry] }
            return match.map { sum + vectors.values[entry] * vectors.values[$0] } ?? sum
        }
    }
}
