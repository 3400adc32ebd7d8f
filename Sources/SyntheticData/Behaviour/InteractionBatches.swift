import RecEngine

/// The interactions of all users, user by user. Holds one user, one visit and one batch.
struct InteractionBatches: Sequence, IteratorProtocol, Sendable {
    private let market: Market
    private let calendar: ShoppingCalendar
    private let identifiers: RowIdentifiers
    private let seed: UInt64
    private let batchSize: Int
    private let total: Int

    private var users: Activity.Cursor
    private var random: SeededGenerator
    private var shopper: Shopper
    private var user: Int32 = 0
    /// Interactions that the user is still to have, those of the visit at hand not counted.
    private var left = 0
    private var times: VisitTimes
    private var visit = Visit()
    /// Events of the visit that have been handed out.
    private var handedOut = 0
    /// Interactions handed out in all.
    private var position = 0

    private static let meanVisitLength = 5.0

    init(
        catalogue: Catalogue,
        activity: Activity,
        calendar: ShoppingCalendar,
        identifiers: RowIdentifiers,
        seed: UInt64,
        batchSize: Int
    ) {
        precondition(batchSize > 0, "batch size must be positive")
        market = Market(catalogue)
        self.calendar = calendar
        self.identifiers = identifiers
        self.seed = seed
        self.batchSize = batchSize
        total = activity.interactions
        users = Activity.Cursor(activity)
        random = StreamPurpose.behaviour.generator(seed: seed)
        shopper = Shopper(market: market, taste: Taste(user: 0, seed: seed))
        times = VisitTimes(calendar: calendar, interests: shopper.interestByMonth, joiningAt: 0)
    }

    mutating func next() -> [SyntheticInteraction]? {
        guard position < total else { return nil }
        let end = position + Swift.min(batchSize, total - position)
        var batch: [SyntheticInteraction] = []
        batch.reserveCapacity(end - position)
        while position < end {
            if handedOut == visit.events.count { beginVisit() }
            let count = Swift.min(visit.events.count - handedOut, end - position)
            appendEvents(count, to: &batch)
        }
        return batch
    }

    private mutating func appendEvents(_ count: Int, to batch: inout [SyntheticInteraction]) {
        let first = position - handedOut
        let session = identifiers.session(first)
        let order = identifiers.order(first)
        for _ in 0..<count {
            let event = visit.events[handedOut]
            batch.append(
                SyntheticInteraction(
                    eventID: identifiers.event(position),
                    user: user,
                    product: event.product,
                    type: event.type,
                    value: event.value,
                    time: event.time,
                    sessionID: session,
                    orderID: event.type == .purchase || event.type == .rating ? order : nil
                )
            )
            handedOut += 1
            position += 1
        }
    }

    /// Makes the next visit of this user, or the first of the next user who has any.
    private mutating func beginVisit() {
        while left == 0 {
            // Counts add up to the total, so there is a user as long as interactions are missing.
            guard let next = users.next() else { preconditionFailure("users ended before their interactions") }
            left = next.count
            if left > 0 { beginUser(next.user) }
        }
        let visitsLeft = Swift.max(1, (Double(left) / Self.meanVisitLength).rounded())
        let (start, month) = times.next(visitsLeft: visitsLeft, using: &random)
        shopper.enter(month: month)
        visit.make(
            by: &shopper,
            catalogue: market.catalogue,
            start: start,
            end: calendar.endTime,
            limit: left,
            using: &random
        )
        left -= visit.events.count
        handedOut = 0
    }

    /// Most customers were there before the period began; two of five join during its first four fifths.
    private mutating func beginUser(_ index: Int) {
        user = Int32(index)
        random = StreamPurpose.behaviour.generator(seed: seed, index: index)
        shopper = Shopper(market: market, taste: Taste(user: index, seed: seed))
        let joining = random.uniform() < 0.6 ? 0 : 0.8 * random.uniform()
        times = VisitTimes(calendar: calendar, interests: shopper.interestByMonth, joiningAt: joining)
    }
}
