import RecEngine
import Shop

/// How much of what customers buy they have bought before, and after how long.
package struct Repeats: Sendable, Equatable {
    /// Whether purchases alone were counted; all events where there is no purchase.
    package var ofPurchases: Bool
    /// Distinct (customer, product, time): the same product twice in one order is one occasion.
    package var occasions: Int
    /// Occasions after the first of their pair.
    package var repeated: Int
    /// Days between each repeated occasion and the one before it.
    package var gaps: [Double]

    /// Share of the occasions that repeat a pair; 0 where there is none.
    package var share: Double { occasions > 0 ? Double(repeated) / Double(occasions) : 0 }

    package init(_ events: ShopEvents) {
        let log = events.log
        ofPurchases = events.types.contains(.purchase)
        (occasions, repeated, gaps) = (0, 0, [])
        let rows = (0..<log.count).filter { !ofPurchases || events.types[$0] == .purchase }
            .sorted { (log.users[$0], log.items[$0], log.times[$0]) < (log.users[$1], log.items[$1], log.times[$1]) }
        var previous: Int?
        for row in rows {
            let isSamePair =
                previous.map { log.users[$0] == log.users[row] && log.items[$0] == log.items[row] } ?? false
            let gap = previous.map { log.times[row] - log.times[$0] } ?? 0
            previous = row
            if isSamePair && gap == 0 { continue }
            occasions += 1
            guard isSamePair else { continue }
            repeated += 1
            gaps.append(gap / 86_400)
        }
    }
}
