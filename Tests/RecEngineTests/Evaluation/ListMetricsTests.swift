import RecEngine
import Testing

@Suite("What lists are like")
struct ListMetricsTests {
    /// Four users; items met by 4, 2, 1, 0 and 0 of them.
    private let train = smallLog(
        [(0, 0, 1), (1, 0, 1), (2, 0, 1), (3, 0, 1), (0, 1, 1), (1, 1, 1), (0, 2, 1)],
        users: 5,
        items: 5
    )
    private let test = smallLog([(2, 0, 2), (3, 0, 2)], users: 5, items: 5)

    private func metrics(_ lists: [[Int32]], features: CSRMatrix? = nil, k: Int = 3) -> ListMetrics {
        let split = DataSplit.given(train: train, test: test)
        let evaluator = Evaluator(split, options: .init(targets: .allItems, cutoffs: [k]), features: features)
        return evaluator.evaluate(lists: [[], []] + lists + [[]]).lists
    }

    @Test("coverage, novelty and popularity are those worked out by hand")
    func byHand() {
        let found = metrics([[0, 1, 2], [1]])
        #expect(found.catalogueCoverage == 3.0 / 5)
        // Bits: item 0 log2(4/4) = 0, item 1 log2(4/2) = 1, item 2 log2(4/1) = 2. Lists 1 and 1.
        #expect(isClose(found.novelty, 1))
        // Shares 1, 1/2, 1/4: lists 7/12 and 1/2.
        #expect(isClose(found.popularity, (7.0 / 12 + 0.5) / 2))
        #expect(found.meanLength == 2)
        #expect(found.diversity == nil)
    }

    @Test("an item nobody met is as new as one that one user met, and only the first k places count")
    func unmet() {
        #expect(isClose(metrics([[4], [3, 0]], k: 1).novelty, 2))
        #expect(metrics([[4], [3, 0]], k: 1).catalogueCoverage == 2.0 / 5)
    }

    @Test("Gini is 0 when all items are listed equally, and (n − 1) / n when one has all")
    func gini() {
        #expect(metrics([[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]], k: 5).gini == 0)
        #expect(isClose(metrics([[0], [0]]).gini, 0.8))
        // Exposure 0 0 0 1 1: (2·4 − 6 + 2·5 − 6) / (5 · 2).
        #expect(isClose(metrics([[0], [1]]).gini, 0.6))
        #expect(metrics([[], []]).gini == 0)
    }

    @Test("diversity is the mean of 1 − cosine over all pairs")
    func diversity() throws {
        let seed: UInt64 = 12
        print("seed \(seed)")
        let features = RandomInputs.matrix(users: 5, items: 8, density: 0.4, seed: seed)
        let rows = features.dense
        func cosine(_ a: Int32, _ b: Int32) -> Double {
            let product = zip(rows[Int(a)], rows[Int(b)]).reduce(0.0) { $0 + $1.0 * $1.1 }
            let lengths = [a, b].map { rows[Int($0)].reduce(0.0) { $0 + $1 * $1 }.squareRoot() }
            return lengths[0] * lengths[1] > 0 ? product / lengths[0] / lengths[1] : 0
        }
        let lists: [[Int32]] = [[0, 3, 4, 1], [2, 1]]
        let means = lists.map { list in
            var sum = 0.0
            for a in list { for b in list where a < b { sum += 1 - cosine(a, b) } }
            return sum / Double(list.count * (list.count - 1) / 2)
        }
        let found = try #require(metrics(lists, features: features, k: 4).diversity)
        #expect(isClose(found, (means[0] + means[1]) / 2, tolerance: 1e-9))
        // A list of one has no pair and takes no part.
        #expect(isClose(try #require(metrics([lists[0], [2]], features: features, k: 4).diversity), means[0]))
    }

    @Test("items without features are unlike each other, and equal items are not diverse at all")
    func featureless() {
        let features = CSRMatrix(
            rowCount: 5,
            columnCount: 2,
            indptr: [0, 0, 0, 2, 4, 4],
            indices: [0, 1, 0, 1],
            values: [1, 1, 2, 2]
        )
        #expect(metrics([[0, 1], []], features: features).diversity == 1)
        #expect(abs((metrics([[2, 3], []], features: features).diversity ?? 1)) < 1e-12)
    }
}
