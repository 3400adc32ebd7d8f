import RealModule

/// The metrics of a ranked list, by name, for tables and for tests over all of them.
public enum Metric: String, Sendable, Codable, CaseIterable {
    /// See ``RankingMetrics/precision``.
    case precision
    /// See ``RankingMetrics/recall``.
    case recall
    /// See ``RankingMetrics/cappedRecall``.
    case cappedRecall = "capped_recall"
    /// See ``RankingMetrics/ndcg``.
    case ndcg
    /// See ``RankingMetrics/averagePrecision``.
    case averagePrecision = "average_precision"
    /// See ``RankingMetrics/hitRate``.
    case hitRate = "hit_rate"
    /// See ``RankingMetrics/reciprocalRank``.
    case reciprocalRank = "reciprocal_rank"
}

/// The metrics of one ranked list against the items that turned out relevant, at a cut-off k. Sums are in `Double`.
public struct RankingMetrics: Sendable, Equatable, Codable {
    /// Relevant items among the first k, divided by k, however short the list.
    public var precision = 0.0
    /// Relevant items among the first k, divided by the number of relevant items (not by min(k, relevant)).
    public var recall = 0.0
    /// Relevant items among the first k, divided by min(k, relevant), so that 1 can be reached: the "recall" of papers
    /// that follow the protocol of variational autoencoders (Liang et al., WWW 2018).
    public var cappedRecall = 0.0
    /// Σ 1 / log2(rank + 1) over relevant items among the first k, divided by the same sum for an ideal list, which
    /// has min(k, relevant) of them in front (Järvelin and Kekäläinen, TOIS 2002, with binary gains).
    public var ndcg = 0.0
    /// Sum of the precisions at the rank of each relevant item among the first k, divided by min(k, relevant). Its mean
    /// over users is MAP@k. Some libraries divide by the number of relevant items instead.
    public var averagePrecision = 0.0
    /// 1 when one of the first k is relevant, else 0.
    public var hitRate = 0.0
    /// 1 / rank of the first relevant item among the first k, 0 when there is none. Its mean is MRR@k.
    public var reciprocalRank = 0.0

    /// All zero.
    public init() {}

    /// The metrics at k of a list whose relevant items are at the ranks `hits`, ascending from 1. Ranks above k do not
    /// count. Cost: O(hits).
    init(hits: [Int], relevantCount: Int, k: Int, discounts: Discounts) {
        precondition(relevantCount > 0, "metrics need at least one relevant item")
        self.init()
        var count = 0
        for rank in hits {
            if rank > k { break }
            count += 1
            ndcg += discounts.gain(rank)
            averagePrecision += Double(count) / Double(rank)
        }
        guard count > 0 else { return }
        let ideal = min(k, relevantCount)
        precision = Double(count) / Double(k)
        recall = Double(count) / Double(relevantCount)
        cappedRecall = Double(count) / Double(ideal)
        ndcg /= discounts.ideal(ideal)
        averagePrecision /= Double(ideal)
        hitRate = 1
        reciprocalRank = 1 / Double(hits[0])
    }

    /// The value of a metric.
    public subscript(_ metric: Metric) -> Double {
        get { self[keyPath: Self.path(metric)] }
        set { self[keyPath: Self.path(metric)] = newValue }
    }

    /// Means over lists, all zero when there is none.
    static func mean(of all: [RankingMetrics]) -> RankingMetrics {
        var mean = RankingMetrics()
        for metric in Metric.allCases {
            let path = path(metric)
            let sum = all.reduce(0.0) { $0 + $1[keyPath: path] }
            mean[keyPath: path] = sum / Double(max(all.count, 1))
        }
        return mean
    }

    static func path(_ metric: Metric) -> WritableKeyPath<RankingMetrics, Double> {
        switch metric {
        case .precision: \.precision
        case .recall: \.recall
        case .cappedRecall: \.cappedRecall
        case .ndcg: \.ndcg
        case .averagePrecision: \.averagePrecision
        case .hitRate: \.hitRate
        case .reciprocalRank: \.reciprocalRank
        }
    }
}

/// What a relevant item at each rank gains: 1 / log2(rank + 1), and the sums of the first so many, kept because every
/// list asks for the same ones.
struct Discounts: Sendable {
    private let gains: [Double]
    private let sums: [Double]

    init(count: Int) {
        gains = (0..<count).map { 1 / Double.log2(Double($0) + 2) }
        var sums = [0.0]
        for gain in gains { sums.append(sums[sums.count - 1] + gain) }
        self.sums = sums
    }

    func gain(_ rank: Int) -> Double { gains[rank - 1] }

    func ideal(_ count: Int) -> Double { sums[count] }
}
