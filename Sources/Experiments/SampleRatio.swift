import Glibc

/// Whether the arms have the users that their shares say. Where they have not, something loses users of one arm before they are
/// counted, and no figure of the experiment can be trusted (Fabijan et al.: Diagnosing Sample Ratio Mismatch, KDD 2019).
package struct SampleRatioCheck: Sendable, Equatable {
    /// A mismatch is reported below this probability: the check is looked at often.
    package static let threshold = 0.001

    /// Pearson's χ² with one degree of freedom.
    package let chiSquare: Double
    /// How likely so large a χ² is when nothing is wrong.
    package let probability: Double

    package var isMismatch: Bool { probability < Self.threshold }

    /// - Parameter share: of the first arm, between 0 and 1.
    package init(_ first: Int, _ second: Int, share: Double) {
        let total = Double(first + second)
        guard total > 0, share > 0, share < 1 else {
            (chiSquare, probability) = (0, 1)
            return
        }
        let distance = Double(first) - total * share
        chiSquare = distance * distance / (total * share * (1 - share))
        // χ² with one degree of freedom is the square of a normal variable.
        probability = erfc((chiSquare / 2).squareRoot())
    }
}
