/// Sums over the users of one arm, from which a metric and its variance follow. The unit is the user, because the answers to one
/// user are not independent of each other.
///
/// A metric is a sum over a sum: clicks over impressions, or purchases over users, where the denominator is 1 a user. Its variance is
/// that of the linearised value x − R·y (Deng, Knoblich, Lu: Applying the Delta Method in Metric Analytics, KDD 2018).
package struct Moments: Sendable, Equatable {
    package var users: Int
    package var sumX: Double
    package var sumY: Double
    package var sumXX: Double
    package var sumXY: Double
    package var sumYY: Double
    /// Users whose numerator is not 0.
    package var positive: Int

    package init(
        users: Int = 0,
        sumX: Double = 0,
        sumY: Double = 0,
        sumXX: Double = 0,
        sumXY: Double = 0,
        sumYY: Double = 0,
        positive: Int = 0
    ) {
        (self.users, self.positive) = (users, positive)
        (self.sumX, self.sumY) = (sumX, sumY)
        (self.sumXX, self.sumXY, self.sumYY) = (sumXX, sumXY, sumYY)
    }

    /// Adds a user.
    package mutating func add(_ x: Double, over y: Double = 1) {
        users += 1
        if x != 0 { positive += 1 }
        sumX += x
        sumY += y
        sumXX += x * x
        sumXY += x * y
        sumYY += y * y
    }

    /// Another part of the same arm.
    package static func + (left: Moments, right: Moments) -> Moments {
        Moments(
            users: left.users + right.users,
            sumX: left.sumX + right.sumX,
            sumY: left.sumY + right.sumY,
            sumXX: left.sumXX + right.sumXX,
            sumXY: left.sumXY + right.sumXY,
            sumYY: left.sumYY + right.sumYY,
            positive: left.positive + right.positive
        )
    }

    /// The metric; nil without a denominator.
    package var ratio: Double? { sumY > 0 ? sumX / sumY : nil }

    /// Of one user's part in the metric, relative to the metric itself: the squared coefficient of variation. The variance of the
    /// metric's logarithm is this over the number of users. Nil where the metric is 0 or there are not two users.
    package var relativeVariance: Double? {
        guard users > 1, let ratio, ratio > 0 else { return nil }
        let count = Double(users)
        let mean = sumY / count
        let squares = sumXX - 2 * ratio * sumXY + ratio * ratio * sumYY
        // The mean of x − R·y is 0 by the choice of R.
        let variance = max(0, squares) / (count - 1)
        return variance / (ratio * mean * ratio * mean)
    }
}
