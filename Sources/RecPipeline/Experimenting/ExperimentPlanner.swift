import Experiments
package import Shop

/// What an experiment would take in this shop, from what its users did lately.
package struct PlannedExperiment: Sendable, Equatable {
    package var metric: Experiment.Metric
    /// 0.1 is 10 % more.
    package var lift: Double
    package var power: Double
    /// Of the second arm.
    package var share: Double
    package var windowDays: Int
    /// The metric as it is now; nil where nothing is known of it.
    package var baseline: Double?
    /// Different users within four weeks.
    package var usersInFourWeeks: Int
    /// In both arms; nil where the shop's data cannot say.
    package var users: Int?
    /// Nil when the shop's traffic never brings so many.
    package var days: Int?
    /// The plan in one sentence.
    package var words: String
}

/// Plans experiments from a shop's own traffic.
package struct ExperimentPlanner: Sendable {
    private let experiments: ExperimentRepository

    package init(experiments: ExperimentRepository) { self.experiments = experiments }

    /// Cost: reads the events of four weeks.
    package func plan(
        _ metric: Experiment.Metric,
        lift: Double,
        power: Double,
        share: Double,
        windowDays: Int
    ) async throws -> PlannedExperiment {
        let (figures, curve) = try await experiments.traffic(windowDays: windowDays)
        let moments = figures?.metrics[metric].map(Moments.init) ?? Moments()
        var planned = PlannedExperiment(
            metric: metric,
            lift: lift,
            power: power,
            share: share,
            windowDays: windowDays,
            baseline: moments.ratio,
            usersInFourWeeks: Int(curve.last?.users ?? 0),
            words: ""
        )
        guard let variance = moments.relativeVariance, variance > 0 else {
            planned.words = "Nothing can be planned: the last four weeks hold no \(metric.evidence)."
            return planned
        }
        let plan = ExperimentPlan(
            relativeVariance: variance,
            lift: lift,
            power: power,
            share: share,
            alpha: ExperimentResults.alpha,
            traffic: Traffic(curve)
        )
        guard let plan else {
            planned.words = "No number of users shows so small a difference."
            return planned
        }
        planned.users = plan.users
        let goal = "To see a difference of \(Int((lift * 100).rounded())) %"
        guard let days = plan.days, days < 3_650 else {
            planned.words = "\(goal) it takes \(plan.users) users; at this rate they never come."
            return planned
        }
        // Who comes last counts for the whole window too.
        planned.days = Int(days.rounded(.up)) + windowDays
        planned.words = "\(goal) you need \(planned.days ?? 0) days (\(plan.users) users)."
        return planned
    }
}

extension Experiment.Metric {
    /// What the metric is measured by.
    fileprivate var evidence: String {
        switch self {
        case .clickThrough: "impressions with clicks"
        case .addToCart: "products put into carts"
        case .conversion, .revenue: "purchases"
        }
    }
}
