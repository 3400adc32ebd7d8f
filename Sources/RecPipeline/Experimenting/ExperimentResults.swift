package import Experiments
package import FoundationEssentials
package import Shop

/// What an experiment has found so far, as figures and in words.
package struct ExperimentResults: Sendable {
    /// One metric in both arms.
    package struct Measured: Sendable, Equatable {
        package var metric: Experiment.Metric
        /// By arm; nil without anybody to measure.
        package var values: [Double?]
        /// Of the second arm over the first: 0.12 is 12 % more.
        package var lift: Interval?
        package var verdict: Comparison.Verdict
        package var words: String
    }

    /// Something that must not get worse while attention is on the metric.
    package struct Guardrail: Sendable, Equatable {
        package var name: String
        /// Nil where nothing is known.
        package var isKept: Bool?
        package var words: String
    }

    package let experiment: Experiment
    /// By arm.
    package let users: [Int]
    package let mixedUsers: Int
    /// The decision's metric first.
    package let metrics: [Measured]
    package let sampleRatio: SampleRatioCheck
    /// Of interleaved lists: who preferred which, and the second arm's margin of votes.
    package let preference: Preference?
    package let margin: Interval?
    package let verdict: Comparison.Verdict
    /// How much of the planned data there is, 0…1.
    package let progress: Double
    package let guardrails: [Guardrail]
    /// The result in one sentence.
    package let words: String
    package let asOf: Date

    /// 95 %: at any time at all, one experiment in twenty without an effect shows one.
    package static let alpha = 0.05

    /// - Parameter serving: nil where nothing was measured, as of a draft.
    package init(_ experiment: Experiment, _ figures: ExperimentFigures, serving: ServingChange? = nil) {
        self.experiment = experiment
        asOf = figures.asOf
        mixedUsers = figures.mixedUsers
        let sequence = ConfidenceSequence(alpha: Self.alpha, tightestAt: Int(experiment.plannedUsers))
        func moments(_ metric: Experiment.Metric, _ arm: Int) -> Moments {
            figures.arms.first { $0.arm == arm }?.metrics[metric].map(Moments.init) ?? Moments()
        }
        let isInterleaved = experiment.kind == .interleaving
        users =
            isInterleaved
            ? [figures.votes.first + figures.votes.second + figures.votes.ties]
            : [0, 1].map { moments(.conversion, $0).users }
        let total = users.reduce(0, +)
        progress = min(1, Double(total) / Double(experiment.plannedUsers))
        sampleRatio =
            isInterleaved
            ? SampleRatioCheck(0, 0, share: 0.5)
            : SampleRatioCheck(users[0], users[1], share: experiment.arms[0].share / experiment.arms.totalShare)
        let names = experiment.arms.map(\.name)
        let progress = self.progress
        if isInterleaved {
            let votes = Preference(
                first: figures.votes.first,
                second: figures.votes.second,
                ties: figures.votes.ties
            )
            // Votes come from a part of the users: the plan is for users, the sequence for votes.
            let margin = votes.margin(ConfidenceSequence(alpha: Self.alpha, tightestAt: Preference.tightestVotes))
            (preference, self.margin, metrics) = (votes, margin, [])
            verdict = Comparison.verdict(margin)
            words = Self.words(of: margin, verdict, names, progress, experiment.status)
        } else {
            let order = [experiment.metric] + Experiment.Metric.allCases.filter { $0 != experiment.metric }
            metrics = order.map { metric in
                let (control, treatment) = (moments(metric, 0), moments(metric, 1))
                let comparison = Comparison(control, treatment, sequence)
                return Measured(
                    metric: metric,
                    values: [control.ratio, treatment.ratio],
                    lift: comparison.lift,
                    verdict: comparison.verdict,
                    words: Self.words(of: comparison, metric, names, progress)
                )
            }
            (preference, margin) = (nil, nil)
            verdict = sampleRatio.isMismatch ? .undecided : metrics[0].verdict
            words =
                sampleRatio.isMismatch
                ? "The arms do not have the users that their shares say (\(users[0]) and \(users[1])): something is wrong, and no figure "
                    + "here can be trusted."
                : experiment.status == .draft ? "It has not been started." : metrics[0].words
        }
        guardrails = Self.guardrails(experiment, figures) + (serving?.guardrails ?? [])
    }

    // MARK: - Words

    private static func words(
        of comparison: Comparison,
        _ metric: Experiment.Metric,
        _ names: [String],
        _ progress: Double
    ) -> String {
        let tooFew = "Not enough data: \(percent(progress)) there."
        guard let lift = comparison.lift else { return tooFew }
        let range = "(\(percent(lift.lower)) to \(percent(lift.upper)))"
        let finding = metric.finding(names[1], percent(abs(lift.estimate)), isMore: lift.estimate >= 0)
        switch comparison.verdict {
        case .tooEarly: return tooFew
        case .better, .worse: return "\(finding) \(range)."
        case .undecided where progress < 1: return "\(tooFew) So far: \(finding) \(range)."
        case .undecided: return "No difference was found. \(finding) \(range)."
        }
    }

    private static func words(
        of margin: Interval?,
        _ verdict: Comparison.Verdict,
        _ names: [String],
        _ progress: Double,
        _ status: Experiment.Status
    ) -> String {
        guard status != .draft else { return "It has not been started." }
        guard let margin, verdict != .tooEarly else { return "Not enough data: \(percent(progress)) there." }
        // A margin of 0.2 is 60 of 100 votes.
        let share = percent((1 + margin.estimate) / 2)
        switch verdict {
        case .better: return "Customers prefer \(names[1]): it gets \(share) of the votes."
        case .worse: return "Customers prefer \(names[0]): \(names[1]) gets \(share) of the votes."
        case .undecided, .tooEarly:
            return progress < 1
                ? "Not enough data: \(percent(progress)) there. So far \(names[1]) gets \(share) of the votes."
                : "No preference was found: \(names[1]) gets \(share) of the votes."
        }
    }

    private static func percent(_ share: Double) -> String {
        let rounded = (share * 100).rounded()
        return "\(Int(max(-1e9, min(1e9, rounded)))) %"
    }

    /// Coverage that falls below nine tenths of the control's is a list that fewer customers have.
    private static func guardrails(_ experiment: Experiment, _ figures: ExperimentFigures) -> [Guardrail] {
        let names = experiment.arms.map(\.name)
        var guardrails: [Guardrail] = []
        if figures.coverage.count == 2, let control = figures.coverage[0], let treatment = figures.coverage[1] {
            guardrails.append(
                Guardrail(
                    name: "coverage",
                    isKept: treatment >= 0.9 * control,
                    words:
                        "Of the products, \(percent(control)) are in lists of \(names[0]) and \(percent(treatment)) in those of \(names[1])."
                )
            )
        } else {
            guardrails.append(
                Guardrail(
                    name: "coverage",
                    isKept: nil,
                    words: "Not every arm has lists yet; nobody is counted before."
                )
            )
        }
        let failed = figures.failedJobs.reduce(0, +)
        guardrails.append(
            Guardrail(
                name: "runs",
                isKept: failed == 0,
                words: failed == 0
                    ? "Every run of both arms has completed."
                    : "\(failed) runs failed since it was started: \(zip(names, figures.failedJobs).map { "\($0) \($1)" }.joined(separator: ", "))."
            )
        )
        if figures.mixedUsers > 0 {
            guardrails.append(
                Guardrail(
                    name: "mixed users",
                    isKept: false,
                    words: "\(figures.mixedUsers) users were shown lists of both arms and are not counted."
                )
            )
        }
        return guardrails
    }
}

extension Experiment.Metric {
    /// What more or less of the metric means: "B sells 12 % more".
    func finding(_ arm: String, _ amount: String, isMore: Bool) -> String {
        switch self {
        case .clickThrough: "\(arm) is clicked \(amount) \(isMore ? "more" : "less") often"
        case .addToCart: "With \(arm), \(amount) \(isMore ? "more" : "fewer") users fill a cart"
        case .conversion: "With \(arm), \(amount) \(isMore ? "more" : "fewer") users buy"
        case .revenue: "\(arm) sells \(amount) \(isMore ? "more" : "less")"
        }
    }
}

extension [Experiment.Arm] {
    /// Of what is stored; 1 but for rounding.
    fileprivate var totalShare: Double { reduce(0) { $0 + $1.share } }
}

extension Preference {
    /// Votes at about which the interval of an interleaving is narrowest.
    static let tightestVotes = 400
}

extension Moments {
    /// Of what the database has added up.
    init(_ sums: MetricSums) {
        self.init(
            users: sums.users,
            sumX: sums.sumX,
            sumY: sums.sumY,
            sumXX: sums.sumXX,
            sumXY: sums.sumXY,
            sumYY: sums.sumYY,
            positive: sums.positive
        )
    }
}
