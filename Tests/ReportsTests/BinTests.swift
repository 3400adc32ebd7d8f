import Testing

@testable import Reports

@Suite("Bins of a histogram")
struct BinTests {
    @Test("few whole numbers have a bin each, with room beside a single one")
    func wholeNumbers() {
        let bins = BinDivision([1, 1, 2, 5, 5, 5, 9], bins: .linear(count: 30))
        #expect(bins.counts == [2, 1, 0, 0, 3, 0, 0, 0, 1])
        #expect(bins.name(4, format: .number) == "5")
        #expect(BinDivision([5], bins: .linear(count: 30)).counts == [0, 0, 1, 0, 0])
    }

    @Test("doubling bins hold 1, 2–3, 4–7 …")
    func doubling() {
        let bins = BinDivision([1, 1, 2, 3, 4, 7, 8, 15, 16], bins: .doubling)
        #expect(bins.counts == [2, 2, 2, 2, 1])
        #expect((0..<5).map { bins.name($0, format: .number) } == ["1", "2–3", "4–7", "8–15", "16–31"])
    }

    @Test("every value is in the bin whose edges hold it, for every kind and any range")
    func nothingIsLost() {
        let kinds: [Chart.Bins] = [.linear(count: 1), .linear(count: 30), .logarithmic(perDecade: 4), .doubling]
        let samples: [[Double]] = [
            [0.37], [3], [100], [0.001, 1000], [1, 10, 100, 1000], [0.1, 0.2, 0.3], [7, 7, 7], [1e-90, 1e90],
            [1e14, 1e14 + 1],
            (1...500).map { Double($0 * $0) / 7 },
        ]
        for kind in kinds {
            for sample in samples {
                let bins = BinDivision(sample, bins: kind)
                #expect(bins.counts.reduce(0, +) == sample.count)
                #expect(zip(bins.edges, bins.edges.dropFirst()).allSatisfy { $0 < $1 })
                var expected = [Int](repeating: 0, count: bins.counts.count)
                for value in sample {
                    let bin = bins.edges.lastIndex { $0 <= value }
                    #expect(bin != nil && bin != bins.edges.count - 1, "\(value) in \(kind)")
                    if let bin, bin < expected.count { expected[bin] += 1 }
                }
                #expect(bins.counts == expected, "\(kind) \(sample.prefix(4))")
            }
        }
    }
}
