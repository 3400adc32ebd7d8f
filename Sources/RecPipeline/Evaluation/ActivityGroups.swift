package import RecEngine

/// Judged customers by how often they came before the cut, so that a mean over all does not hide for whom a model works.
package struct ActivityGroups: Sendable, Equatable {
    package struct Group: Sendable, Equatable {
        /// Fewest and most days with an event of its members.
        package var days: ClosedRange<Int>
        /// Mean of the members' days.
        package var meanDays: Double
        /// Positions in the judged customers.
        package var members: [Int]

        /// `1 day`, `3–4 days`
        package var label: String {
            guard days.lowerBound < days.upperBound else {
                return "\(days.lowerBound) day\(days.lowerBound == 1 ? "" : "s")"
            }
            return "\(days.lowerBound)–\(days.upperBound) days"
        }
    }

    /// From the rarest visitors to the most frequent.
    package let groups: [Group]

    /// Groups that double, 1, 2, 3–4, 5–8 …; one with fewer members than `smallest` joins the next.
    /// - Parameters:
    ///   - users: the judged customers.
    ///   - days: of every customer, by number.
    package init(_ users: [Int32], days: [Int], smallest: Int = 30) {
        let order = users.indices.sorted { (days[Int(users[$0])], $0) < (days[Int(users[$1])], $1) }
        var parts: [[Int]] = []
        var last = -1
        for position in order {
            let step = Self.step(days[Int(users[position])])
            if step != last && (parts.last?.count ?? smallest) >= smallest { parts.append([]) }
            last = step
            parts[parts.count - 1].append(position)
        }
        if parts.count > 1, let tail = parts.last, tail.count < smallest {
            parts.removeLast()
            parts[parts.count - 1] += tail
        }
        groups = parts.map { members in
            let found = members.map { days[Int(users[$0])] }
            return Group(
                days: (found.first ?? 0)...(found.last ?? 0),
                meanDays: Double(found.reduce(0, +)) / Double(found.count),
                members: members.sorted()
            )
        }
    }

    /// 0 for 1, 1 for 2, 2 for 3 and 4, 3 for 5 to 8 …
    private static func step(_ days: Int) -> Int {
        days > 1 ? Int.bitWidth - (days - 1).leadingZeroBitCount : 0
    }

    /// Mean of one value a judged customer in each group, with its bootstrap interval.
    package func means(of values: [Double], resampling: Resampling = Resampling(resamples: 1_000))
        -> [ConfidenceInterval]
    {
        groups.flatMap { group in resampling.intervals(ofMeans: [group.members.map { values[$0] }]) }
    }
}
