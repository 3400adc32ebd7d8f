/// What an evaluation found: the metrics of every judged user at each cut-off, and their means.
public struct EvaluationResult: Sendable, Equatable {
    /// What was found at one cut-off.
    public struct Cutoff: Sendable, Equatable {
        /// How many positions of each list count.
        public let k: Int
        /// Metrics of each judged user, in the order of ``EvaluationResult/users``.
        public let perUser: [RankingMetrics]
        /// Means over the judged users, all zero when there is none. The mean of average precision is MAP.
        public let mean: RankingMetrics
        /// What the lists are like, whatever turned out relevant.
        public let lists: ListMetrics

        init(k: Int, perUser: [RankingMetrics], lists: ListMetrics) {
            self.k = k
            self.perUser = perUser
            self.mean = RankingMetrics.mean(of: perUser)
            self.lists = lists
        }
    }

    /// Judged users, ascending.
    public let users: [Int32]
    /// One a cut-off, in the order of the evaluator's options; never empty.
    public let cutoffs: [Cutoff]

    /// The first cut-off, the one that models are compared by.
    public var k: Int { cutoffs[0].k }
    /// Metrics of each judged user at the first cut-off.
    public var perUser: [RankingMetrics] { cutoffs[0].perUser }
    /// Means at the first cut-off.
    public var mean: RankingMetrics { cutoffs[0].mean }
    /// What the lists are like at the first cut-off.
    public var lists: ListMetrics { cutoffs[0].lists }
    /// Number of judged users.
    public var usersJudged: Int { users.count }

    init(users: [Int32], cutoffs: [Cutoff]) {
        precondition(!cutoffs.isEmpty, "at least one cut-off is needed")
        self.users = users
        self.cutoffs = cutoffs
    }

    /// What was found at a cut-off; nil when it was not asked for.
    public func at(_ k: Int) -> Cutoff? {
        cutoffs.first { $0.k == k }
    }
}

extension EvaluationResult.Cutoff {
    /// The mean of each metric with its bootstrap interval over users; empty when nobody was judged.
    public func intervals(
        _ metrics: [Metric] = Metric.allCases,
        resampling: Resampling = Resampling()
    ) -> [Metric: ConfidenceInterval] {
        guard !perUser.isEmpty else { return [:] }
        let found = resampling.intervals(ofMeans: metrics.map(values))
        return Dictionary(uniqueKeysWithValues: zip(metrics, found))
    }

    /// The difference of each metric to that of a baseline judged on the same users (precondition on their number) at
    /// the same cut-off; empty when nobody was judged.
    public func compared(
        with baseline: EvaluationResult.Cutoff,
        _ metrics: [Metric] = Metric.allCases,
        resampling: Resampling = Resampling()
    ) -> [Metric: PairedComparison] {
        precondition(perUser.count == baseline.perUser.count && k == baseline.k, "not the same evaluation")
        guard !perUser.isEmpty else { return [:] }
        let found = resampling.compare(metrics.map(values), with: metrics.map(baseline.values))
        return Dictionary(uniqueKeysWithValues: zip(metrics, found))
    }

    /// The differences of one metric of several models to that of a baseline, in their order: the same figures as one by one up to
    /// the chance of the test, at the cost of one for each eight. Preconditions as for one; empty when nobody was judged.
    static func compared(
        _ others: [EvaluationResult.Cutoff],
        with baseline: EvaluationResult.Cutoff,
        _ metric: Metric,
        resampling: Resampling = Resampling()
    ) -> [PairedComparison] {
        precondition(
            others.allSatisfy { $0.perUser.count == baseline.perUser.count && $0.k == baseline.k },
            "not the same evaluation"
        )
        guard !baseline.perUser.isEmpty else { return [] }
        let values = baseline.values(of: metric)
        return resampling.compare(
            others.map { $0.values(of: metric) },
            with: [[Double]](repeating: values, count: others.count)
        )
    }

    /// One metric of each judged user, in the order of the users.
    public func values(of metric: Metric) -> [Double] {
        let path = RankingMetrics.path(metric)
        return perUser.map { $0[keyPath: path] }
    }
}

extension EvaluationResult {
    /// The differences of several models' nDCG to this one's at the first cut-off, in their order; empty when nobody was judged.
    /// All were judged on the same users (precondition). Cost: that of one comparison for each eight.
    public func comparisons(of others: [EvaluationResult]) -> [PairedComparison] {
        precondition(others.allSatisfy { $0.users == users }, "the models were judged on different users")
        return Cutoff.compared(others.map { $0.cutoffs[0] }, with: cutoffs[0], .ndcg)
    }

    /// The difference of each metric to that of a baseline at the first cut-off. Both come from evaluators with the same
    /// judged users and the same first cut-off (precondition).
    public func compared(
        with baseline: EvaluationResult,
        _ metrics: [Metric] = Metric.allCases,
        resampling: Resampling = Resampling()
    ) -> [Metric: PairedComparison] {
        precondition(users == baseline.users, "the models were judged on different users")
        return cutoffs[0].compared(with: baseline.cutoffs[0], metrics, resampling: resampling)
    }
}
