import RecEngine

/// How many interactions each customer has: a Pareto law, and exactly the number asked for in all.
///
/// Customer u gets ⌊N · C(u + 1) / C⌋ − ⌊N · C(u) / C⌋ of N interactions, C(u) being the sum of the weights before u:
/// the differences add up to N without a list of them.
struct Activity: Sendable {
    let users: Int
    let interactions: Int
    private let seed: UInt64
    /// Sum of all weights; at most 10⁷ users · 6 · 10⁴.
    private let total: UInt64

    /// Cost: O(users).
    init(users: Int, interactions: Int, seed: UInt64) {
        self.users = users
        self.interactions = interactions
        self.seed = seed
        self.total = (0..<users).reduce(into: 0) { $0 += Self.weight(of: $1, seed: seed) }
    }

    /// Between 1,000 and 60,000. The busiest fifth of the customers does somewhat more than half of everything.
    private static func weight(of user: Int, seed: UInt64) -> UInt64 {
        var random = StreamPurpose.userActivity.generator(seed: seed, index: user)
        return UInt64(1_000 * min(random.pareto(shape: 1.3), 60))
    }

    /// Walks the users in order.
    struct Cursor: Sendable {
        /// The user next in turn.
        private(set) var user = 0
        private var weightBefore: UInt64 = 0
        private var countBefore = 0
        private let activity: Activity

        init(_ activity: Activity) {
            self.activity = activity
        }

        /// The next user and the user's number of interactions, possibly 0; nil after the last.
        mutating func next() -> (user: Int, count: Int)? {
            guard user < activity.users else { return nil }
            weightBefore += Activity.weight(of: user, seed: activity.seed)
            // The weight so far is at most the total, so the quotient is at most the number of interactions.
            let scaled = weightBefore.multipliedFullWidth(by: UInt64(activity.interactions))
            let count = Int(activity.total.dividingFullWidth(scaled).quotient)
            defer {
                user += 1
                countBefore = count
            }
            return (user, count - countBefore)
        }
    }
}
