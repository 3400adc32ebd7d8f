/// What an evaluation found: the metrics of every judged user at each cut-off, and their means.
public struct EvaluationResult: Sendable, Equatable {
    /// What was found at one cut-off.
    public struct Cutoff: Sendable, Equatable {
        /// How many places of each list count.
        public let k: Int
        /// Metrics of each judged user, in the order of ``EvaluationResult/users``.
        public let perUser: [RankingMetrics]
        /// Means over the judged users, all zero when there is none. The mean of average precision is MAP.
        public let mean: RankingMetrics
        /// What the lists are like, whatever turned out relevant.
        public let lists: ListMetrics

        init(k: Int, perUser: [RankingMetrics], lists: ListMetrics) {
            self.k = k
            self.perUser = perUser
            self.mean = RankingMetrics.mean(of: perUser)
            self.lists = lists
        }
    }

    /// Judged users, ascending.
    public let users: [Int32]
    /// One a cut-off, in the order of the evaluator's options; never empty.
    public let cutoffs: [Cutoff]

    /// The first cut-off, the one that models are compared by.
    public var k: Int { cutoffs[0].k }
    /// Metrics of each judged user at the first cut-off.
    public var perUser: [RankingMetrics] { cutoffs[0].perUser }
    /// Means at the first cut-off.
    public var mean: RankingMetrics { cutoffs[0].mean }
    /// What the lists are like at the first cut-off.
    public var lists: ListMetrics { cutoffs[0].lists }
    /// Number of judged users.
    public var usersJudged: Int { users.count }

    init(users: [Int32], cutoffs: [Cutoff]) {
        precondition(!cutoffs.isEmpty, "at least one cut-off is needed")
        self.users = users
        self.cutoffs = cutoffs
    }

    /// What was found at a cut-off; nil when it was not asked for.
    public func at(_ k: Int) -> Cutoff? {
        cutoffs.first { $0.k == k }
    }
}
