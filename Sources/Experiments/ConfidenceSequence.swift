import Glibc

/// Intervals that hold at all times at once: with probability 1 − α the truth is in every one of them, however often they are looked
/// at and whenever the experiment is stopped.
///
/// The normal-mixture asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central
/// limit theory and asymptotic confidence sequences" (arXiv 2103.06476, Annals of Statistics 2024), Theorem 2.2: after t users the
/// interval is the estimate ± its standard error times
/// √((tρ² + 1)/(tρ²) · (ln(tρ² + 1) − 2 ln α)). It is the interval of the mixture sequential ratio test (Johari, Pekelis, Walsh: Always
/// Valid Inference, arXiv 1512.04922) for a normal prior of variance ρ²σ². It is asymptotic as the central limit theorem is,
/// so nothing is said of fewer users than ``Comparison/minimumUsers``.
package struct ConfidenceSequence: Sendable, Equatable {
    /// How often a truth may lie outside at any time at all.
    package let alpha: Double
    private let rhoSquared: Double

    /// - Parameter users: for about how many users the intervals are to be narrowest (equation 10 of the paper); any number is valid,
    ///   as long as it was chosen before the experiment.
    package init(alpha: Double = 0.05, tightestAt users: Int) {
        precondition(alpha > 0 && alpha < 1 && users > 0)
        self.alpha = alpha
        let logs = -2 * log(alpha)
        rhoSquared = (logs + log(logs + 1)) / Double(users)
    }

    /// Standard errors on each side of the estimate after so many users; 1.96 would be that of an interval looked at once.
    package func width(after users: Int) -> Double {
        let scale = Double(max(users, 1)) * rhoSquared
        return ((scale + 1) / scale * (log(scale + 1) - 2 * log(alpha))).squareRoot()
    }
}

/// A number with its interval.
package struct Interval: Sendable, Equatable {
    package var estimate: Double
    package var lower: Double
    package var upper: Double

    package init(_ estimate: Double, _ lower: Double, _ upper: Double) {
        (self.estimate, self.lower, self.upper) = (estimate, lower, upper)
    }

    package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

/// How much larger a metric is in the second arm than in the first.
package struct Comparison: Sendable, Equatable {
    /// Below these, per arm, the normal approximation is not to be trusted and nothing is decided. Revenue is what needs so many: the
    /// prices of ten purchases say little about their spread.
    package static let minimumUsers = 100
    package static let minimumPositive = 30

    /// Relative: 0.12 is 12 % more. Nil while there is too little to say anything.
    package let lift: Interval?

    /// The lift is the ratio of the two metrics less one; its interval is made on the logarithm, where both arms count alike and which
    /// cannot fall below −100 %.
    package init(_ control: Moments, _ treatment: Moments, _ sequence: ConfidenceSequence) {
        guard Self.isEnough(control), Self.isEnough(treatment),
            let first = control.ratio, let second = treatment.ratio,
            let firstVariance = control.relativeVariance, let secondVariance = treatment.relativeVariance
        else {
            lift = nil
            return
        }
        let difference = log(second / first)
        let error = (firstVariance / Double(control.users) + secondVariance / Double(treatment.users)).squareRoot()
        let half = error * sequence.width(after: control.users + treatment.users)
        lift = Interval(exp(difference) - 1, exp(difference - half) - 1, exp(difference + half) - 1)
    }

    private static func isEnough(_ arm: Moments) -> Bool {
        arm.users >= minimumUsers && arm.positive >= minimumPositive
    }

    package enum Verdict: String, Sendable, CaseIterable {
        /// Too little to say anything.
        case tooEarly = "too_early"
        /// The interval holds 0.
        case undecided
        case better, worse
    }

    package var verdict: Verdict { Self.verdict(lift) }

    /// Of any effect where 0 means none.
    package static func verdict(_ effect: Interval?) -> Verdict {
        guard let effect else { return .tooEarly }
        if effect.lower > 0 { return .better }
        return effect.upper < 0 ? .worse : .undecided
    }
}
