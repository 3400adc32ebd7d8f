/// What an evaluation found: the metrics of every judged user and their means.
public struct EvaluationResult: Sendable, Equatable {
    /// Cut-off of the metrics.
    public let k: Int
    /// Judged users, ascending.
    public let users: [Int32]
    /// Metrics of each judged user, so that intervals and paired tests can be made.
    public let perUser: [RankingMetrics]
    /// Means over the judged users, all zero when there is none. The mean of average precision is MAP.
    public let mean: RankingMetrics

    /// Number of judged users.
    public var usersJudged: Int { users.count }

    init(k: Int, users: [Int32], perUser: [RankingMetrics]) {
        self.k = k
        self.users = users
        self.perUser = perUser
        var sum = RankingMetrics()
        for metrics in perUser {
            sum.precision += metrics.precision
            sum.recall += metrics.recall
            sum.ndcg += metrics.ndcg
            sum.averagePrecision += metrics.averagePrecision
        }
        let count = Double(max(perUser.count, 1))
        sum.precision /= count
        sum.recall /= count
        sum.ndcg /= count
        sum.averagePrecision /= count
        self.mean = sum
    }
}
