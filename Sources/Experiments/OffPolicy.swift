/// What a policy would have earned, estimated from what another policy showed by chance (Horvitz, Thompson 1952; Swaminathan,
/// Joachims: The Self-Normalized Estimator for Counterfactual Learning, NIPS 2015).
package struct OffPolicyEstimate: Sendable, Equatable {
    /// One thing that was shown.
    package struct Shown: Sendable, Equatable {
        /// How likely the logging policy was to show it there, in 0…1 without 0.
        package var logged: Double
        /// How likely the candidate is to show it there.
        package var candidate: Double
        /// What came of it: 1 for a click.
        package var reward: Double

        package init(logged: Double, candidate: Double, reward: Double) {
            (self.logged, self.candidate, self.reward) = (logged, candidate, reward)
        }
    }

    /// Why there is no estimate.
    package enum Refusal: Error, Equatable, CustomStringConvertible {
        case tooFew(effective: Double, needed: Double)
        case notCovered(meanWeight: Double)

        package var description: String {
            switch self {
            case .tooFew(let effective, let needed):
                "the log is worth \(Int(effective)) impressions for this candidate; at least \(Int(needed)) are needed"
            case .notCovered(let meanWeight):
                "the log holds only \(Int((meanWeight * 100).rounded())) % of what the candidate would show, so that an estimate from it "
                    + "would be of another policy"
            }
        }
    }

    /// Impressions that the estimate needs, after weighting.
    package static let neededSize = 100.0
    /// The mean weight is 1 where the logging policy could show all that the candidate shows; less than this is refused.
    package static let neededWeight = 0.8

    package let impressions: Int
    /// Reward a shown thing of the logging policy.
    package let logged: Double
    /// Inverse propensity scoring: unbiased.
    package let ips: Interval
    /// Self-normalised: slightly biased and steadier. Its interval is by the delta method.
    package let snips: Interval
    /// Kish's effective sample size, (Σw)²/Σw².
    package let effectiveSize: Double

    /// - Parameter clusters: the shown things by user; intervals count a user's as one, because they depend on each other.
    /// - Throws: ``Refusal``.
    package init(_ clusters: [[Shown]]) throws {
        // Gain over the number of shown things, and over their weights.
        var perImpression = Moments()
        var perWeight = Moments()
        var (reward, squares) = (0.0, 0.0)
        for cluster in clusters where !cluster.isEmpty {
            var (gain, weight) = (0.0, 0.0)
            for shown in cluster {
                let ratio = shown.candidate / shown.logged
                gain += ratio * shown.reward
                weight += ratio
                squares += ratio * ratio
                reward += shown.reward
            }
            perImpression.add(gain, over: Double(cluster.count))
            perWeight.add(gain, over: weight)
        }
        impressions = Int(perImpression.sumY)
        effectiveSize = squares > 0 ? perWeight.sumY * perWeight.sumY / squares : 0
        guard effectiveSize >= Self.neededSize else {
            throw Refusal.tooFew(effective: effectiveSize, needed: Self.neededSize)
        }
        let meanWeight = perWeight.sumY / perImpression.sumY
        guard meanWeight >= Self.neededWeight else { throw Refusal.notCovered(meanWeight: meanWeight) }
        logged = reward / perImpression.sumY
        ips = Self.interval(perImpression)
        snips = Self.interval(perWeight)
    }

    /// The ratio with its interval of 95 %, for one look.
    private static func interval(_ moments: Moments) -> Interval {
        let ratio = moments.ratio ?? 0
        let error = ratio * ((moments.relativeVariance ?? 0) / Double(max(moments.users, 1))).squareRoot()
        return Interval(ratio, ratio - 1.96 * error, ratio + 1.96 * error)
    }
}
