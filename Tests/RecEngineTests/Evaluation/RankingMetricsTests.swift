import Testing

@testable import RecEngine

@Suite("Ranking metrics")
struct RankingMetricsTests {
    /// One over the logarithm to base 2 of rank + 1.
    private func gain(_ rank: Int) -> Double { logarithm(2) / logarithm(Double(rank) + 1) }

    @Test("the metrics of a list are those worked out by hand")
    func byHand() {
        // Relevant at ranks 2 and 4 of 5; three relevant items in all.
        let metrics = RankingMetrics(ranking: [9, 1, 8, 2, 7, 3], relevant: [1, 2, 3], k: 5)
        #expect(isClose(metrics.precision, 2.0 / 5))
        #expect(isClose(metrics.recall, 2.0 / 3))
        #expect(isClose(metrics.cappedRecall, 2.0 / 3))
        #expect(isClose(metrics.ndcg, (gain(2) + gain(4)) / (gain(1) + gain(2) + gain(3))))
        #expect(isClose(metrics.averagePrecision, (1.0 / 2 + 2.0 / 4) / 3))
        #expect(metrics.hitRate == 1)
        #expect(metrics.reciprocalRank == 0.5)
    }

    @Test("a perfect list has nDCG and average precision 1 even with more relevant items than places")
    func perfect() {
        let metrics = RankingMetrics(ranking: [1, 2, 3], relevant: [1, 2, 3, 4, 5], k: 3)
        #expect(metrics.ndcg == 1)
        #expect(metrics.averagePrecision == 1)
        #expect(metrics.precision == 1)
        #expect(metrics.recall == 0.6)
        #expect(metrics.cappedRecall == 1)
        #expect(metrics.reciprocalRank == 1)
    }

    @Test("an empty list has metrics of 0")
    func emptyList() {
        #expect(RankingMetrics(ranking: [], relevant: [1], k: 10) == RankingMetrics())
    }

    @Test("a hit below the cut-off is none")
    func belowCutoff() {
        #expect(RankingMetrics(ranking: [5, 6, 1], relevant: [1], k: 2) == RankingMetrics())
    }

    @Test("a relevant item that repeats in a list counts once")
    func repeats() {
        let metrics = RankingMetrics(ranking: [1, 1, 1], relevant: [1, 2], k: 3)
        #expect(isClose(metrics.precision, 1.0 / 3))
        #expect(metrics.recall == 0.5)
    }

    @Test("each metric's name gives and sets its value")
    func names() {
        let metrics = RankingMetrics(ranking: [9, 1, 8, 2, 7], relevant: [1, 2, 3], k: 5)
        let values = Metric.allCases.map { metrics[$0] }
        #expect(
            values == [
                metrics.precision, metrics.recall, metrics.cappedRecall, metrics.ndcg, metrics.averagePrecision,
                metrics.hitRate, metrics.reciprocalRank,
            ]
        )
        var copy = RankingMetrics()
        for metric in Metric.allCases { copy[metric] = metrics[metric] }
        #expect(copy == metrics)
    }

    @Test("the metrics of 200 random lists are those of an independent implementation")
    func independent() throws {
        let lines = MetricsFixture.text.split(separator: "\n", omittingEmptySubsequences: false)
        let cutoffs = MetricsFixture.cutoffs
        let step = 2 + cutoffs.count
        try #require(lines.count == 200 * step)
        for start in stride(from: 0, to: lines.count, by: step) {
            let ranking = lines[start].split(separator: " ").compactMap { Int32($0) }
            let relevant = Set(lines[start + 1].split(separator: " ").compactMap { Int32($0) })
            for (place, k) in cutoffs.enumerated() {
                let theirs = lines[start + 2 + place].split(separator: " ").compactMap { Double($0) }
                try #require(theirs.count == 6)
                let ours = RankingMetrics(ranking: ranking, relevant: relevant, k: k)
                // Theirs divides average precision by the number of relevant items, ours by at most k.
                let share = Double(relevant.count) / Double(min(k, relevant.count))
                let expected = [theirs[0], theirs[1], theirs[2], theirs[3] * share, theirs[4], theirs[5]]
                let found = [
                    ours.precision, ours.recall, ours.ndcg, ours.averagePrecision, ours.hitRate, ours.reciprocalRank,
                ]
                for (value, other) in zip(found, expected) {
                    #expect(abs(value - other) < 1e-9, "list \(start / step)")
                }
                #expect(abs(ours.cappedRecall - theirs[1] * share) < 1e-9)
            }
        }
    }
}

extension RankingMetrics {
    /// The metrics of a ranking. `relevant` must not be empty (precondition); a ranking shorter than k is legal, and an
    /// item that repeats counts at its first place only.
    init(ranking: some Sequence<Int32>, relevant: Set<Int32>, k: Int) {
        precondition(k > 0, "k must be positive")
        var left = relevant
        var hits: [Int] = []
        for (position, item) in ranking.prefix(k).enumerated() where left.remove(item) != nil {
            hits.append(position + 1)
        }
        self.init(hits: hits, relevantCount: relevant.count, k: k, discounts: Discounts(count: k))
    }
}
