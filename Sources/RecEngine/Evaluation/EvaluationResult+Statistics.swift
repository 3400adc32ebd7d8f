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

    /// One metric of each judged user, in the order of the users.
    public func values(of metric: Metric) -> [Double] {
        let path = RankingMetrics.path(metric)
        return perUser.map { $0[keyPath: path] }
    }
}

extension EvaluationResult {
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
