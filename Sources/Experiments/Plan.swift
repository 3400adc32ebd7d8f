import Glibc

/// How many of a shop's users come within how many days.
package struct Traffic: Sendable, Equatable {
    /// Different users seen within the first so many days, ascending in both.
    package let points: [(days: Double, users: Double)]

    package init(_ points: [(days: Double, users: Double)]) {
        self.points = points.sorted { $0.days < $1.days }
    }

    package static func == (left: Traffic, right: Traffic) -> Bool {
        left.points.elementsEqual(right.points) { $0 == $1 }
    }

    /// Days until so many different users have come: between two points a straight line, after the last one as between the last two;
    /// nil when nobody new comes any more.
    package func days(until users: Double) -> Double? {
        var before = (days: 0.0, users: 0.0)
        var rate = 0.0
        for point in points where point.days > before.days {
            rate = max(0, point.users - before.users) / (point.days - before.days)
            if point.users >= users, rate > 0 { return before.days + (users - before.users) / rate }
            before = point
        }
        guard rate > 0 else { return nil }
        return before.days + (users - before.users) / rate
    }
}

/// What an experiment needs to see a lift.
package struct ExperimentPlan: Sendable, Equatable {
    /// In both arms together.
    package let users: Int
    /// Nil when the shop's traffic never brings so many.
    package let days: Double?

    /// The smallest number of users at which an effect of this size is outside the interval with the wanted probability. An
    /// experiment that is looked at all the time finds it earlier still, so the number is on the safe side.
    /// - Parameters:
    ///   - relativeVariance: ``Moments/relativeVariance`` of the metric in the shop's own traffic.
    ///   - lift: 0.2 is 20 % more; positive.
    ///   - power: the wanted probability.
    ///   - share: of the second arm.
    /// - Returns: nil where no number of users up to a billion is enough.
    package init?(
        relativeVariance: Double,
        lift: Double,
        power: Double = 0.8,
        share: Double = 0.5,
        alpha: Double = 0.05,
        traffic: Traffic
    ) {
        precondition(lift > 0 && share > 0 && share < 1 && power > 0 && power < 1)
        func finds(_ users: Int) -> Bool {
            let variance = relativeVariance / Double(users) * (1 / share + 1 / (1 - share))
            let width = ConfidenceSequence(alpha: alpha, tightestAt: users).width(after: users)
            return Self.normal(log(1 + lift) / variance.squareRoot() - width) >= power
        }
        let least = Int((Double(Comparison.minimumUsers) / min(share, 1 - share)).rounded(.up))
        guard let users = Self.smallest(from: least, to: 1_000_000_000, finds) else { return nil }
        self.users = users
        days = traffic.days(until: Double(users))
    }

    /// The smallest number that satisfies a condition which stays true once it is; nil when the last does not.
    private static func smallest(from first: Int, to last: Int, _ condition: (Int) -> Bool) -> Int? {
        guard condition(last) else { return nil }
        var (low, high) = (first, last)
        while low < high {
            let middle = low + (high - low) / 2
            if condition(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The distribution function of the standard normal distribution.
    static func normal(_ value: Double) -> Double { erfc(-value / 2.0.squareRoot()) / 2 }
}
