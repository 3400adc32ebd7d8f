import Glibc

/// Two lists in one: in each round both teams, in an order that is drawn, add their best element that is not there yet (Radlinski,
/// Kurup, Joachims: How Does Clickthrough Data Reflect Retrieval Quality?, CIKM 2008). A click is to the credit of the team that
/// brought the element.
package enum TeamDraft {
    /// One place of the merged list.
    package struct Pick: Sendable, Equatable {
        /// In the team's own list.
        package let index: Int
        /// Whether the second list brought it.
        package let isSecond: Bool

        package init(index: Int, isSecond: Bool) { (self.index, self.isSecond) = (index, isSecond) }
    }

    /// - Parameter seed: decides who goes first in each round.
    /// - Returns: at most `count` picks, no element twice.
    package static func merge<Element: Hashable>(
        _ first: [Element],
        _ second: [Element],
        count: Int,
        seed: UInt64
    ) -> [Pick] {
        var generator = SplitMix64(seed: seed)
        var present: Set<Element> = []
        var picks: [Pick] = []
        var (nextFirst, nextSecond) = (0, 0)
        func pick(_ list: [Element], _ next: inout Int, _ isSecond: Bool) {
            guard picks.count < count else { return }
            while next < list.count, present.contains(list[next]) { next += 1 }
            guard next < list.count else { return }
            present.insert(list[next])
            picks.append(Pick(index: next, isSecond: isSecond))
            next += 1
        }
        while picks.count < count, nextFirst < first.count || nextSecond < second.count {
            if generator.next() >> 63 == 0 {
                pick(first, &nextFirst, false)
                pick(second, &nextSecond, true)
            } else {
                pick(second, &nextSecond, true)
                pick(first, &nextFirst, false)
            }
        }
        return picks
    }
}

/// Which of two interleaved lists users prefer: each user whose clicks went more to one team than to the other has one vote.
package struct Preference: Sendable, Equatable {
    package var first: Int
    package var second: Int
    /// Users with as many clicks on either side, none included.
    package var ties: Int

    package init(first: Int = 0, second: Int = 0, ties: Int = 0) {
        (self.first, self.second, self.ties) = (first, second, ties)
    }

    /// Adds a user by the clicks on each team's elements.
    package mutating func add(first: Int, second: Int) {
        if first > second { self.first += 1 } else if second > first { self.second += 1 } else { ties += 1 }
    }

    package var votes: Int { first + second }

    /// The second list's share of the votes less the first's, −1…1, with a confidence sequence over the votes. Nil for fewer votes than
    /// a normal approximation needs.
    package func margin(_ sequence: ConfidenceSequence) -> Interval? {
        guard votes >= Self.minimumVotes else { return nil }
        let count = Double(votes)
        let mean = Double(second - first) / count
        // Votes are −1 or 1. Not less than one vote to the contrary would give: a variance of 0 would decide too early.
        let contrary = max(Double(min(first, second)), 1) / count
        let variance = 4 * contrary * (1 - contrary)
        let half = (variance / count).squareRoot() * sequence.width(after: votes)
        return Interval(mean, max(-1, mean - half), min(1, mean + half))
    }

    package static let minimumVotes = 30

    /// The exact two-sided sign test for the votes as they are: valid when they are looked at once, at a number of votes fixed before.
    package var signTest: Double {
        guard votes > 0 else { return 1 }
        let count = Double(votes)
        func probability(_ successes: Int) -> Double {
            let k = Double(successes)
            return exp(lgamma(count + 1) - lgamma(k + 1) - lgamma(count - k + 1) - count * log(2.0))
        }
        let tail = (0...min(first, second)).reduce(0) { $0 + probability($1) }
        return min(1, 2 * tail)
    }
}
