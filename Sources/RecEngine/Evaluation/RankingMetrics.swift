import RealModule

/// The metrics of one ranked list against the items that turned out relevant, at a cut-off k. Sums are in `Double`.
public struct RankingMetrics: Sendable, Equatable {
    /// Relevant items among the first k, divided by k.
    public var precision: Double
    /// Relevant items among the first k, divided by the number of relevant items (not by min(k, relevant)).
    public var recall: Double
    /// Σ 1 / log2(rank + 1) over relevant items among the first k, divided by the same sum for an ideal list, which
    /// has min(k, relevant) of them in front.
    public var ndcg: Double
    /// Mean over min(k, relevant) of the precision at each relevant item's rank (average precision).
    public var averagePrecision: Double

    /// All zero.
    public init() {
        precision = 0
        recall = 0
        ndcg = 0
        averagePrecision = 0
    }

    /// The metrics of a ranking. `relevant` must not be empty (precondition); a ranking shorter than k is legal.
    public init(ranking: some Sequence<Int32>, relevant: Set<Int32>, k: Int) {
        precondition(k > 0, "k must be positive")
        precondition(!relevant.isEmpty, "metrics need at least one relevant item")
        var hits = 0
        var gain = 0.0
        var precisions = 0.0
        var rank = 0
        for item in ranking {
            rank += 1
            if rank > k { break }
            guard relevant.contains(item) else { continue }
            hits += 1
            gain += 1 / Double.log2(Double(rank) + 1)
            precisions += Double(hits) / Double(rank)
        }
        let ideal = min(k, relevant.count)
        let idealGain = (1...ideal).reduce(0.0) { $0 + 1 / Double.log2(Double($1) + 1) }
        precision = Double(hits) / Double(k)
        recall = Double(hits) / Double(relevant.count)
        ndcg = gain / idealGain
        averagePrecision = precisions / Double(ideal)
    }
}
